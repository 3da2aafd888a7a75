"""What a round does when its documents are published or withdrawn, and what it shows on their pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app

from portal.authorities.models import Person
from portal.content import hooks
from portal.content.models import Document
from portal.content.rules import DocumentType
from portal.foundation import clock
from portal.register.batches import queries, services
from portal.register.batches.rules import CANDIDATE_LABELS, is_over
from portal.register.notices import publication_day
from portal.register.queries import window_of
from portal.register.rules import CATEGORY_LABELS

#: The page of the package above that takes objections.
OBJECTION_FORM = "objections.new"


def install(app: Flask) -> None:
    """Follow publications, and show candidates on notices and the reconciliation on announcements."""
    hooks.document_published.connect(_on_published)
    hooks.document_withdrawn.connect(_on_withdrawn)
    hooks.add_panel(app, DocumentType.PUBLICITY, "register/batches/candidates_panel.html", _candidates)
    hooks.add_panel(app, DocumentType.ANNOUNCEMENT, "register/batches/reconciliation_panel.html", _reconciliation)


def _on_published(_app: Flask, document: Document, by: Person | None = None, **_extra: object) -> None:
    day = publication_day(document, by)
    if document.type is DocumentType.PUBLICITY:
        services.publicise(document, day, by)
    elif document.type is DocumentType.ANNOUNCEMENT:
        services.announce(document, day, by)


def _on_withdrawn(_app: Flask, document: Document, by: Person | None = None, **_extra: object) -> None:
    if document.type is DocumentType.PUBLICITY:
        services.notice_withdrawn(document, by)


def _candidates(document: Document) -> Mapping[str, Any] | None:
    found = queries.publicised(document.id)
    if not found:
        return None
    return {"candidates": found, "category_labels": CATEGORY_LABELS, "objection_form": _objection_form(document)}


def _objection_form(document: Document) -> str | None:
    """Where to object to a candidate; None before publication, after the window, and while there is no such form."""
    known = window_of(document.id)
    is_open = document.is_public and not is_over(known.last if known is not None else None, clock.today())
    return OBJECTION_FORM if is_open and OBJECTION_FORM in current_app.view_functions else None


def _reconciliation(document: Document) -> Mapping[str, Any] | None:
    found = queries.lines(document.id)
    if not found:
        return None
    return {"lines": found, "outcome_labels": CANDIDATE_LABELS, "category_labels": CATEGORY_LABELS}
