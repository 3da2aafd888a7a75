"""What a changed calendar does to the promised dates of complaints."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from sqlalchemy import select

from portal.authorities.models import Person
from portal.complaints import clocks
from portal.complaints.models import Case
from portal.complaints.rules import OPEN
from portal.filings import recomputing


def on_calendar_changed(_app: Flask, by: Person | None = None, **_extra: object) -> None:
    """Answer the rulebook inside its transaction."""
    recompute(by)


def recompute(by: Person | None) -> Sequence[Case]:
    """Set the promised dates of open cases anew."""
    waiting = select(Case).where(Case.status.in_(OPEN), Case.clock_days.is_not(None))
    return recomputing.recompute(Case, waiting, clocks.promised, action="complaints.case.recomputed", by=by)
