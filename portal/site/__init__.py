"""What is composed of several features: the home page, the search page, the feed, what robots and watchers read."""

from __future__ import annotations

from flask import Flask

from portal.site import figures, health, public, robots, verifying


def install(app: Flask) -> None:
    """Bind the composed pages."""
    app.register_blueprint(public.blueprint)
    app.register_blueprint(figures.blueprint)
    app.register_blueprint(robots.blueprint)
    app.register_blueprint(health.blueprint)
    verifying.install(app)
