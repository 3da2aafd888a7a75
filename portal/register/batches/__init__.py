"""Yearly rounds: recommendation, examination, publicity and announcement of the lists that the region itself announces."""

from __future__ import annotations

from flask import Flask

from portal.register.batches import desk, notices, public


def install(app: Flask) -> None:
    """Bind the desk, the public files and what follows a publication."""
    app.register_blueprint(public.blueprint)
    desk.install(app)
    notices.install(app)
