"""Where higher packages join in: what happens to a document, and what they show on its page and in its list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from blinker import Namespace
from flask import Flask, current_app
from sqlalchemy import ColumnElement

from portal.content.models import Document
from portal.content.rules import DocumentType

_signals = Namespace()

#: Sent inside the transaction with ``document`` and ``by`` (a person, or None for the system); the sender is the
#: application. A receiver that raises refuses the act, and nothing has happened.
document_published = _signals.signal("document-published")
document_withdrawn = _signals.signal("document-withdrawn")


class Place(StrEnum):
    """Where on the page of a document a panel stands."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True)
class Panel:
    """A feature's part of a document's page."""

    place: Place
    template: str
    context: Callable[[Document], Mapping[str, Any] | None]


@dataclass(frozen=True)
class ListNote:
    """A feature's part of each row of a list; ``contexts`` is asked once for all rows and answers by document id."""

    template: str
    contexts: Callable[[Sequence[Document]], Mapping[int, Mapping[str, Any]]]


@dataclass
class Contributions:
    """What the features above contribute to one type of document."""

    panels: list[Panel] = field(default_factory=list)
    notes: list[ListNote] = field(default_factory=list)
    orders: list[Callable[[], ColumnElement[Any]]] = field(default_factory=list)


def add_panel(
    app: Flask,
    doc_type: DocumentType,
    template: str,
    context: Callable[[Document], Mapping[str, Any] | None],
    place: Place = Place.BELOW,
) -> None:
    """Show ``template`` on the public page of every document of a type, with ``document`` and what ``context`` gives.

    A context of None leaves the panel out. ``place`` is above or below the body.
    """
    _of(app, doc_type).panels.append(Panel(place, template, context))


def add_list_note(
    app: Flask,
    doc_type: DocumentType,
    template: str,
    contexts: Callable[[Sequence[Document]], Mapping[int, Mapping[str, Any]]],
) -> None:
    """Show ``template`` in the rows of a type's list: in those of the documents for whose id ``contexts`` answers."""
    _of(app, doc_type).notes.append(ListNote(template, contexts))


def add_list_order(app: Flask, doc_type: DocumentType, order: Callable[[], ColumnElement[Any]]) -> None:
    """Put ``order`` before the order by date in a type's list, such as open publicity windows first."""
    _of(app, doc_type).orders.append(order)


def panels_of(document: Document) -> dict[Place, list[tuple[str, Mapping[str, Any]]]]:
    """The panels of a document's page by place, each as template and context."""
    found: dict[Place, list[tuple[str, Mapping[str, Any]]]] = {place: [] for place in Place}
    for panel in contributions(document.type).panels:
        context = panel.context(document)
        if context is not None:
            found[panel.place].append((panel.template, context))
    return found


def notes_of(documents: Sequence[Document]) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    """The notes in the rows of a list, by document id, each as template and context."""
    found: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
    for doc_type in {document.type for document in documents}:
        rows = [document for document in documents if document.type is doc_type]
        for note in contributions(doc_type).notes:
            for document_id, context in note.contexts(rows).items():
                found.setdefault(document_id, []).append((note.template, context))
    return found


def list_orders(doc_types: Iterable[DocumentType]) -> list[ColumnElement[Any]]:
    """What the features put before the order by date."""
    return [order() for doc_type in doc_types for order in contributions(doc_type).orders]


def contributions(doc_type: DocumentType) -> Contributions:
    """What was contributed to one type in the application at work."""
    return _of(current_app, doc_type)


def _of(app: Flask, doc_type: DocumentType) -> Contributions:
    by_type: dict[DocumentType, Contributions] = app.extensions.setdefault("portal.content.contributions", {})
    return by_type.setdefault(doc_type, Contributions())
