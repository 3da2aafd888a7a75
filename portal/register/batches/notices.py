"""What a round does when its documents are published or withdrawn, and what it shows on their pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from portal.authorities.models import Person
from portal.content import hooks
from portal.content.models import Document
from portal.content.rules import DocumentType
from portal.register.batches import queries, services
from portal.register.batches.rules import CANDIDATE_LABELS
from portal.register.notices import publication_day
from portal.register.rules import CATEGORY_LABELS


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
    return {"candidates": found, "category_labels": CATEGORY_LABELS} if found else None


def _reconciliation(document: Document) -> Mapping[str, Any] | None:
    found = queries.lines(document.id)
    if not found:
        return None
    return {"lines": found, "outcome_labels": CANDIDATE_LABELS, "category_labels": CATEGORY_LABELS}
