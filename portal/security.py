"""The configuration of the web framework and the headers that keep a page from being misused."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request

from portal import extensions
from portal.settings import ROOT, Settings

#: No inline code and nothing from elsewhere, so that a cached page needs no nonce.
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "base-uri": "'none'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": ["'self'", "data:"],
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
}
IDLE_LIMIT = timedelta(minutes=45)
SHEETS_AND_SCRIPTS = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}


def flask_configuration(settings: Settings) -> dict[str, Any]:
    """The framework's configuration that follows from the portal's settings."""
    # A request may carry all files that a complaint may have, and its texts; a little more is told in the page itself.
    together = max(settings.max_evidence_total_mb, settings.max_evidence_mb) + settings.max_evidence_mb
    largest_request = (min(settings.max_evidence_mb * settings.max_evidence_files, together) + 4) * 1024**2
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "MAX_CONTENT_LENGTH": largest_request,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024**2,
        "MAX_FORM_PARTS": 200,
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "BOOTSTRAP_SERVE_LOCAL": True,
        "PERMANENT_SESSION_LIFETIME": IDLE_LIMIT,
        "SESSION_COOKIE_NAME": "portal",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_production,
        "WTF_CSRF_TIME_LIMIT": None,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        "COMPRESS_MIN_SIZE": 600,
        "COMPRESS_STREAMS": False,
    }


def _engine_options(settings: Settings) -> dict[str, Any]:
    # A statement that fails goes to the log; what was in it is nobody's business there.
    options: dict[str, Any] = {"hide_parameters": True}
    return options if settings.database.startswith("sqlite") else options | {"pool_pre_ping": True}


def install(app: Flask) -> None:
    """Set the protecting headers; transport security is forced where real data may be."""
    settings: Settings = app.extensions["portal.settings"]
    extensions.talisman.init_app(
        app,
        force_https=settings.is_production,
        strict_transport_security=settings.is_production,
        session_cookie_secure=settings.is_production,
        content_security_policy=CONTENT_SECURITY_POLICY,
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "()", "camera": "()", "microphone": "()"},
    )
    # Runs before the compression, which was set up earlier.
    app.after_request(_hold_small_files)


def _hold_small_files(response: Response) -> Response:
    """Take a style sheet or script into memory: the compression passes streams by, since evidence is one too."""
    endpoint = (request.endpoint or "").rpartition(".")[2]
    if endpoint == "static" and response.status_code == HTTPStatus.OK and response.mimetype in SHEETS_AND_SCRIPTS:
        response.direct_passthrough = False
        response.get_data()
    return response
