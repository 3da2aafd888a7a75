"""Read-only open data: units, lists, documents and search as JSON, with their OpenAPI description."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider

from portal.api import docs, openapi, problems, public
from portal.foundation.web import add_error_form

PREFIX = "/api/"
#: Anybody's page may read open data. There is no session, no cookie and nothing to write here.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset",
    "Access-Control-Max-Age": "86400",
}


def install(app: Flask) -> None:
    """Bind the addresses of the API, their description and the form of their errors."""
    if isinstance(app.json, DefaultJSONProvider):
        # Readable as it comes: Chinese and Tibetan as they are written, keys in the order that is promised.
        app.json.ensure_ascii = False
        app.json.sort_keys = False
    openapi.install(app, public.blueprint)
    app.register_blueprint(docs.blueprint)
    add_error_form(app, PREFIX, problems.answer)
    app.after_request(_open_to_all)


def _open_to_all(response: Response) -> Response:
    if request.path.startswith(PREFIX):
        response.headers.update(CORS)
    return response
