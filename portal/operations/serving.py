"""The server, and what must hold before it starts."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from portal.authorities import queries
from portal.settings import ConfigurationError, Settings

WORKERS, THREADS, TIMEOUT = 2, 8, 120


def refuse_demo_accounts(app: Flask) -> None:
    """Keep production from starting while accounts exist whose passwords are public.

    Raises:
        ConfigurationError: where there are some.
    """
    settings: Settings = app.extensions["portal.settings"]
    if settings.is_production:
        with app.app_context():
            if queries.demo_accounts_exist():
                raise ConfigurationError("production refuses to start: the database holds demo accounts")


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with threads, so that a slow upload does not hold up the others."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Take the options over."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application."""
        return self._app


def serve(app: Flask, host: str, port: int, *, workers: int = WORKERS) -> None:
    """Serve until stopped. Access is not logged: addresses of citizens are nobody's business."""
    Server(
        app,
        {
            "bind": f"{host}:{port}",
            "worker_class": "gthread",
            "workers": workers,
            "threads": THREADS,
            "timeout": TIMEOUT,
            "graceful_timeout": 20,
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": "portal",
        },
    ).run()
