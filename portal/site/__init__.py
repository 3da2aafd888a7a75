"""What is composed of several features: the home page, the search page, the feed, what robots read."""

from __future__ import annotations

from flask import Flask

from portal.site import public


def install(app: Flask) -> None:
    """Bind the composed pages."""
    app.register_blueprint(public.blueprint)
