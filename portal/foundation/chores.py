"""Work that returns with time: each chore is run by one worker at a time, as often as it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, UtcDateTime

_EXTENSION = "portal.chores"


class ChoreRun(Base):
    """When a chore is due next, and how it went last."""

    __tablename__ = "chore_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Until then the worker that has it in hand is believed to be alive.
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: How much it did when it last ran to its end.
    done: Mapped[int] = mapped_column(default=0)
    #: The type of the error that ended its last run; empty where it came to its end.
    last_error: Mapped[str] = mapped_column(String(80), default="")


@dataclass(frozen=True)
class Chore:
    """One chore; ``run`` gives how much it did, and may be ended at any instruction and run again."""

    name: str
    every: timedelta
    run: Callable[[], int]


def add_chore(app: Flask, name: str, every: timedelta, run: Callable[[], int]) -> None:
    """Have the worker do something again and again. Called by a feature when it is installed.

    Args:
        name: for ever the same, such as ``drafts.expire``.
        every: how long after its end it is due again.
        run: runs in the application's context, outside of a transaction. It takes its time from the portal's clock,
            finds by itself what there is to do, and does nothing when there is nothing.
    """
    chores(app)[name] = Chore(name, every, run)


def chores(app: Flask) -> dict[str, Chore]:
    """All chores by name."""
    known: dict[str, Chore] = app.extensions.setdefault(_EXTENSION, {})
    return known
