"""Style sheets, scripts and fonts that a browser keeps: their addresses change when their content does."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

YEAR, MONTH, FEW_MINUTES = 365 * 86400, 30 * 86400, 300


def install(app: Flask) -> None:
    """Put a digest into the addresses of static files, and let what has one be kept for ever."""
    app.url_defaults(_add_version)
    app.after_request(_let_be_kept)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    owner, _, name = endpoint.rpartition(".")
    if name != "static" or "filename" not in values or "v" in values:
        return
    folder = current_app.blueprints[owner].static_folder if owner else current_app.static_folder
    file = Path(folder or "") / values["filename"]
    if file.is_file():
        values["v"] = _digest(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=200)
def _digest(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _let_be_kept(response: Response) -> Response:
    if (request.endpoint or "").rpartition(".")[2] == "static" and response.status_code in {200, 304}:
        if "v" in request.args:
            kept = f"public, max-age={YEAR}, immutable"
        else:
            # A style sheet names its font without a digest.
            kept = f"public, max-age={MONTH if request.path.endswith('.woff2') else FEW_MINUTES}"
        response.headers["Cache-Control"] = kept
    return response
