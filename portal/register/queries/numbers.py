"""The register in numbers, and the publicity windows that are open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.authorities.models import Authority
from portal.content.models import Document
from portal.content.rules import DocumentState
from portal.foundation.database import db
from portal.register.models import ListEntry, PublicityWindow, Unit
from portal.register.rules import Category, EntryStatus, Level


@dataclass(frozen=True)
class Numbers:
    """The region's units and entries on the lists today, and all entries kept for reference."""

    units: int
    entries: int
    by_level: Mapping[Level, int]
    by_category: Mapping[Category, int]
    by_authority: Mapping[str, int]
    all_entries: int


@dataclass(frozen=True)
class OpenWindow:
    """A publicity notice that anybody may still object to, with its days."""

    document: Document
    window: PublicityWindow


def numbers() -> Numbers:
    """What stands on the lists of the region now; a pending removal still stands."""
    here = (ListEntry.status != EntryStatus.REMOVED) & Unit.authority_id.is_not(None)
    query = (
        select(ListEntry.level, ListEntry.category, Authority.code, func.count())
        .select_from(ListEntry)
        .join(ListEntry.unit)
        .join(Unit.authority)
        .where(here)
        .group_by(ListEntry.level, ListEntry.category, Authority.code)
    )
    rows = db.session.execute(query).all()
    by_level: dict[Level, int] = dict.fromkeys(Level, 0)
    by_category: dict[Category, int] = dict.fromkeys(Category, 0)
    by_authority: dict[str, int] = {}
    for level, category, code, number in rows:
        by_level[level] += number
        by_category[category] += number
        by_authority[code] = by_authority.get(code, 0) + number
    units = select(func.count(func.distinct(ListEntry.unit_id))).join(ListEntry.unit).where(here)
    return Numbers(
        units=db.session.scalar(units) or 0,
        entries=sum(by_level.values()),
        by_level=by_level,
        by_category=by_category,
        by_authority=by_authority,
        all_entries=db.session.scalar(select(func.count(ListEntry.id))) or 0,
    )


def open_windows(today: date) -> Sequence[OpenWindow]:
    """The windows of published notices that are open on a day, the one that ends first in front."""
    query = (
        select(Document, PublicityWindow)
        .join(PublicityWindow, PublicityWindow.document_id == Document.id)
        .where(
            Document.state == DocumentState.PUBLISHED,
            PublicityWindow.first <= today,
            PublicityWindow.last >= today,
        )
        .order_by(PublicityWindow.last, Document.id)
    )
    return [OpenWindow(document, window) for document, window in db.session.execute(query).unique().all()]


def windows_of(document_ids: Collection[int]) -> dict[int, PublicityWindow]:
    """The windows of notices by document; a document without one is not among them."""
    if not document_ids:
        return {}
    query = select(PublicityWindow).where(PublicityWindow.document_id.in_(document_ids))
    return {window.document_id: window for window in db.session.scalars(query)}


def window_of(document_id: int) -> PublicityWindow | None:
    """The window of a notice; None where the calendar does not know its days."""
    return db.session.scalars(select(PublicityWindow).where(PublicityWindow.document_id == document_id)).one_or_none()
