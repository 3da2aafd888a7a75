"""Publicity windows: five official working days from the publication of a notice (Art. 13)."""

from __future__ import annotations

import logging
from datetime import date

from portal.authorities.models import Person
from portal.authorities.services import SYSTEM
from portal.content.models import Document
from portal.foundation import audit
from portal.foundation.database import db, transaction
from portal.foundation.workdays import Calendar, DateNotCovered, Window
from portal.register.models import PublicityWindow
from portal.register.queries import window_of
from portal.rulebook import queries as rulebook
from portal.rulebook.rules import Rule

log = logging.getLogger(__name__)


def window_from(day: date, calendar: Calendar | None = None) -> Window:
    """The window of a notice published on a day, by the numbers of the rulebook that hold on that day.

    Raises:
        DateNotCovered: where no official calendar is known for the days that count.
    """
    first_counts = bool(rulebook.value(Rule.PUBLICITY_FIRST_DAY_COUNTS, day))
    days = rulebook.value(Rule.PUBLICITY_DAYS, day)
    return (calendar or rulebook.calendar()).window(day, days, first_day_counts=first_counts)


def open_window(document: Document, day: date, by: Person | None) -> PublicityWindow | None:
    """Open the window of a notice; None where the calendar does not know its days, which stops no publication.

    A notice that is published again gets a window of its own from that day: who reads it then has the full time.
    """
    try:
        computed = window_from(day)
    except DateNotCovered as unknown:
        log.warning("No publicity window for document %s: the calendar does not cover %s.", document.id, unknown.day)
        return None
    with transaction():
        window = window_of(document.id) or PublicityWindow(document_id=document.id, first=computed.first)
        window.first, window.last = computed.first, computed.last
        window.days = [item.isoformat() for item in computed.days]
        db.session.add(window)
        db.session.flush()
        audit.record(
            "register.window.opened",
            f"document:{document.id}",
            by.actor if by else SYSTEM,
            {"first": window.first.isoformat(), "last": window.last.isoformat(), "days": window.days},
        )
    return window
