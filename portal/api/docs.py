"""The description of the API, for programs and for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from portal.api import openapi
from portal.extensions import limiter
from portal.foundation import languages

blueprint = Blueprint("api_docs", __name__)
limiter.shared_limit(openapi.RATE, scope="api")(blueprint)


@dataclass(frozen=True)
class Operation:
    """One address of the API as its page shows it; ``example`` is an answer as JSON."""

    method: str
    path: str
    summary: str
    parameters: list[dict[str, Any]]
    example: str
    answers: list[tuple[str, str]]


@blueprint.get("/api/v1/openapi.json")
def machine() -> ResponseReturnValue:
    """The OpenAPI document."""
    return jsonify(openapi.description())


@blueprint.get("/api/docs")
def human() -> ResponseReturnValue:
    """The same for people: plain HTML, nothing from elsewhere, in the reader's language as far as it goes."""
    if wanted := languages.parse(request.args.get("lang")):
        g.language = wanted
    document = openapi.description()
    page = render_template("api/docs.html", operations=list(_operations(document)), rate=openapi.RATE)
    response = Response(page)
    response.vary.add("Accept-Language")
    return response


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method in (name for name in ("get", "post") if name in methods):
            told = methods[method]
            content = told["responses"]["200"]["content"]["application/json"]
            yield Operation(
                method=method.upper(),
                path=path,
                summary=told["summary"],
                parameters=[*methods.get("parameters", []), *told.get("parameters", [])],
                example=json.dumps(content["example"], ensure_ascii=False, indent=2),
                answers=[(status, _describe(document, answer)) for status, answer in sorted(told["responses"].items())],
            )


def _describe(document: dict[str, Any], answer: dict[str, Any]) -> str:
    """The words of an answer, which may stand under a name of their own."""
    reference = answer.get("$ref", "").rpartition("/")[2]
    found = document["components"]["responses"][reference] if reference else answer
    return str(found["description"])
