"""What the register does when a document is published or withdrawn, and what it shows on a notice's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, exists

from portal.authorities.models import Person
from portal.content import hooks
from portal.content.models import Document
from portal.content.rules import DocumentType
from portal.foundation import clock
from portal.foundation.workdays import DateNotCovered, Step
from portal.register import services
from portal.register.models import PublicityWindow
from portal.register.queries import window_of, windows_of
from portal.rulebook import hooks as rulebook_hooks
from portal.rulebook import queries as rulebook


def install(app: Flask) -> None:
    """Follow publications, and show the window on notices and in their list."""
    hooks.document_published.connect(_on_published)
    hooks.document_withdrawn.connect(_on_withdrawn)
    rulebook_hooks.calendar_changed.connect(_on_calendar_changed)
    hooks.add_panel(app, DocumentType.PUBLICITY, "register/window_panel.html", _panel, hooks.Place.ABOVE)
    hooks.add_list_note(app, DocumentType.PUBLICITY, "register/window_note.html", _notes)
    hooks.add_list_order(app, DocumentType.PUBLICITY, _open_first)


def publication_day(document: Document, by: Person | None) -> date:
    """The day from which a publication counts.

    What a person publishes becomes public now, whatever date it carries; a document taken over from elsewhere was
    public on its own date.
    """
    if by is None and document.published_on is not None:
        return document.published_on
    return clock.local_day(document.published_at or clock.now())


def _on_published(_app: Flask, document: Document, by: Person | None = None, **_extra: object) -> None:
    day = publication_day(document, by)
    if document.type is DocumentType.PUBLICITY:
        services.open_window(document, day, by)
    services.take_effect(document, day, by)


def _on_withdrawn(_app: Flask, document: Document, by: Person | None = None, **_extra: object) -> None:
    services.drop(document, by)


def _on_calendar_changed(_app: Flask, by: Person | None = None, **_extra: object) -> None:
    services.recompute_windows(by)


def _panel(document: Document) -> Mapping[str, Any] | None:
    # A draft that is looked at before its publication has no window yet, and says nothing of one.
    if not document.is_public:
        return None
    window = window_of(document.id)
    return {"window": window, "today": clock.today(), "steps": _steps(window)}


def _steps(window: PublicityWindow | None) -> tuple[Step, ...]:
    """How the window's last day was counted; nothing where the calendar says otherwise than what was promised."""
    if window is None or not window.days:
        return ()
    first_counts = window.days[0] == window.first.isoformat()
    try:
        steps = rulebook.calendar().explain(window.first, len(window.days), first_day_counts=first_counts)
    except DateNotCovered:
        return ()
    return steps if steps[-1].day == window.last else ()


def _notes(documents: Sequence[Document]) -> Mapping[int, Mapping[str, Any]]:
    windows = windows_of([document.id for document in documents])
    return {number: {"window": window, "today": clock.today()} for number, window in windows.items()}


def _open_first() -> ColumnElement[Any]:
    today = clock.today()
    is_open = exists().where(
        PublicityWindow.document_id == Document.id, PublicityWindow.first <= today, PublicityWindow.last >= today
    )
    return is_open.desc()
