"""Publicity windows: five official working days from the publication of a notice (Art. 13)."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, select

from portal.authorities.models import Person
from portal.authorities.services import SYSTEM
from portal.content.models import Document
from portal.content.rules import DocumentState, DocumentType
from portal.foundation import audit, clock
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
    first_counts = bool(rulebook.number(Rule.PUBLICITY_FIRST_DAY_COUNTS, day))
    days = rulebook.number(Rule.PUBLICITY_DAYS, day)
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


def recompute_windows(by: Person | None) -> list[PublicityWindow]:
    """Follow a changed calendar: open windows become longer where a day fell out of them, and never shorter.

    A notice whose days were not known when it was published gets its window now. A window that is over stays as it was.
    """
    with transaction():
        running = select(PublicityWindow).where(PublicityWindow.last >= clock.today()).order_by(PublicityWindow.id)
        windows = db.session.scalars(running.with_for_update()).all()
        extended = [window for window in windows if _extend(window, by)]
        for document in db.session.scalars(_without_window()).unique().all():
            open_window(document, _publication_day(document), by)
    return extended


def _extend(window: PublicityWindow, by: Person | None) -> bool:
    try:
        computed = window_from(window.first)
    except DateNotCovered:
        return False
    if computed.last <= window.last:
        return False
    before = window.last
    window.last, window.days = computed.last, [item.isoformat() for item in computed.days]
    db.session.flush()
    audit.record(
        "register.window.extended",
        f"document:{window.document_id}",
        by.actor if by else SYSTEM,
        {"from": before.isoformat(), "last": window.last.isoformat(), "days": window.days},
    )
    return True


def _without_window() -> Select[Any]:
    has_window = exists().where(PublicityWindow.document_id == Document.id)
    return select(Document).where(
        Document.type == DocumentType.PUBLICITY, Document.state == DocumentState.PUBLISHED, ~has_window
    )


def _publication_day(document: Document) -> date:
    """The day on which a notice became public: its own date where it was taken over from elsewhere."""
    if document.author_id is None and document.published_on is not None:
        return document.published_on
    return clock.local_day(document.published_at or clock.now())
