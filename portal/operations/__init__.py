"""Running the portal: demo data, server, accounts, keys, checks."""

from __future__ import annotations

from flask import Flask

# The worker's tables belong to the portal's from the start, whoever puts the first message.
from portal.foundation import chores, outbox
from portal.operations import commands, keeping, rotating, telling, worker
from portal.operations.outbox import desk

__all__ = ["chores", "install", "outbox"]


def install(app: Flask) -> None:
    """Add the commands that need the application, the worker's chores, and the administrators' page of the outbox."""
    commands.install(app)
    worker.install(app)
    keeping.install(app)
    rotating.install(app)
    telling.install(app)
    desk.install(app)
