"""The description of the API: what it can be asked, what it answers, how it fails."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app
from flask_smorest import Api, Blueprint
from flask_smorest.utils import prepare_response
from marshmallow import Schema

from portal.api.problems import MEDIA_TYPE
from portal.api.schemas import Problem

EXTENSION = "portal.api"
RATE = "120 per minute"
DESCRIPTION = f"""Green manufacturing lists of the Tibet Autonomous Region and what is published about them, read only.

Everything here is public and may be used freely with its source named. Nothing is changed by asking; the one POST asks about many units at once. Units of other provinces stand here for
reference. Answers carry an ETag: send it back as If-None-Match and an unchanged answer is 304 without a body. Pages
of any origin may read (CORS). An address may ask {RATE}; after that the answer is 429 with Retry-After. Errors are
problem documents (RFC 9457)."""

_TEXT = {"schema": {"type": "string"}}
SUCCESS_HEADERS = {
    "ETag": {"description": "Changes whenever the answer does.", **_TEXT},
    "Cache-Control": {"description": "How long any cache may keep the answer.", **_TEXT},
}
_ERRORS: dict[int, str] = {
    400: "What was sent is no JSON.",
    404: "There is no such thing.",
    410: "It was published once, and withdrawn.",
    422: "A parameter is not valid; `errors` says which.",
    429: "Too many requests. Wait as many seconds as Retry-After says.",
    500: "The server made an error.",
}


class OpenApi(Api):  # type: ignore[misc]  # the library has no types
    """The library's API, with the portal's own form of errors."""

    ERROR_SCHEMA = Problem
    #: Every answer is described by its status; there is no other.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Errors become answers in one place of the portal, not here for the pages of people too."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": _ERRORS.get(status, status.phrase)}
            if status >= HTTPStatus.BAD_REQUEST:
                response |= {"schema": self.ERROR_SCHEMA, "example": _example(status)}
            if status is HTTPStatus.TOO_MANY_REQUESTS:
                response["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
            prepare_response(response, self.spec, MEDIA_TYPE)
            self.spec.components.response(status.name, response, lazy=True)


def install(app: Flask, blueprint: Blueprint) -> None:
    """Bind the addresses of ``blueprint`` and describe them."""
    app.config.update(
        API_TITLE="Open data of the Tibet green manufacturing portal",
        API_VERSION="1.0",
        OPENAPI_VERSION="3.0.3",
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION}, "servers": [{"url": "/"}]},
    )
    api = OpenApi(app)
    api.register_blueprint(blueprint)
    app.extensions[EXTENSION] = api


def description() -> dict[str, Any]:
    """The OpenAPI document of the application at work."""
    document: dict[str, Any] = current_app.extensions[EXTENSION].spec.to_dict()
    return document


def in_path(name: str, meaning: str, example: str) -> dict[str, Any]:
    """A part of an address, described."""
    return {"in": "path", "name": name, "description": meaning, "required": True, "example": example} | _TEXT


def answers(
    blueprint: Blueprint, schema: type[Schema], example: object, *errors: int, kept: bool = True
) -> Callable[[Any], Any]:
    """Describe what a view answers: ``schema`` as in ``example``, that nothing changed, or one of ``errors``.

    Args:
        kept: whether copies may be kept and asked about again.
    """

    def describe(view: Any) -> Any:
        for status in (*errors, 429, 500):
            view = blueprint.alt_response(status, response=HTTPStatus(status).name)(view)
        if not kept:
            return blueprint.response(200, schema, example=example)(view)
        view = blueprint.alt_response(304, response=HTTPStatus.NOT_MODIFIED.name)(view)
        return blueprint.response(200, schema, example=example, headers=SUCCESS_HEADERS)(view)

    return describe


def _example(status: HTTPStatus) -> dict[str, Any]:
    example = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": _ERRORS.get(status, status.phrase),
        "instance": "/api/v1/units",
    }
    if status is HTTPStatus.UNPROCESSABLE_ENTITY:
        example["errors"] = {"page": ["Not a valid integer."]}
    return example
