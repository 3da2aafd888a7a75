"""Running the portal: demo data, server, accounts, keys, checks."""

from __future__ import annotations

from flask import Flask

from portal.operations import commands


def install(app: Flask) -> None:
    """Add the commands that need the application."""
    commands.install(app)
