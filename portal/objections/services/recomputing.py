"""What a changed calendar does to the promised dates of objections."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import select

from portal.authorities.models import Person
from portal.filings import clocks, recomputing
from portal.objections.models import Objection
from portal.objections.rules import PENDING
from portal.rulebook import queries as rulebook


def on_calendar_changed(_app: Flask, by: Person | None = None, **_extra: object) -> None:
    """Answer the rulebook inside its transaction."""
    recompute(by)


def recompute(by: Person | None) -> Sequence[Objection]:
    """Set the promised dates of pending objections anew."""
    calendar, waiting = rulebook.calendar(), select(Objection).where(Objection.status.in_(PENDING))
    return recomputing.recompute(
        Objection,
        waiting,
        lambda objection: clocks.promised(objection, calendar),
        action="objections.objection.recomputed",
        by=by,
    )
