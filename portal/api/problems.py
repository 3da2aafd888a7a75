"""Errors as problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from flask import json, make_response, request
from flask.typing import ResponseReturnValue

from portal.foundation.errors import Invalid

MEDIA_TYPE = "application/problem+json"


def answer(status: int, message: object, error: Exception | None) -> ResponseReturnValue:
    """The problem document of an error: what it is, in words for a person, and which parameters are at fault.

    Its type is ``about:blank``: the status says all there is to say of its kind.
    """
    faults = _faults(error)
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(Invalid.message if faults else message),
        "instance": request.path,
    }
    if faults:
        problem["errors"] = faults
    response = make_response(json.dumps(problem, ensure_ascii=False), status)
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Cache-Control"] = "no-store"
    return response


def _faults(error: Exception | None) -> dict[str, list[str]]:
    """The parameters that were refused, each with the reasons."""
    data = getattr(error, "data", None)
    messages = data.get("messages", {}) if isinstance(data, dict) else {}
    faults: dict[str, list[str]] = {}
    for fields in messages.values():
        if isinstance(fields, dict):
            faults |= {str(name): _flat(reasons) for name, reasons in fields.items()}
    return faults


def _flat(reasons: object) -> list[str]:
    """The reasons of a field; a list's are kept by position."""
    if isinstance(reasons, dict):
        return [text for part in reasons.values() for text in _flat(part)]
    return [str(reason) for reason in reasons] if isinstance(reasons, list) else [str(reasons)]
