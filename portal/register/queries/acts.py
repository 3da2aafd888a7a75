"""The acts of the ledger as others read them: a unit's timeline, all that are public, and what is new since somebody last looked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.content import queries as content_queries
from portal.content.models import Document
from portal.foundation import clock
from portal.foundation.database import db
from portal.register.models import ListEntry, RegisterEvent, Unit
from portal.register.replay import OF_A_LIST
from portal.register.rules import ANNOUNCED_EVENTS, DATA_EVENTS, PUBLIC_EVENTS, EventKind

MOST_IN_A_TIMELINE = 200


@dataclass(frozen=True)
class Happening:
    """An act with the published document behind it, and for a correction the act that it corrects."""

    event: RegisterEvent
    day: date
    document: Document | None
    corrected: RegisterEvent | None


@dataclass(frozen=True)
class Changes:
    """Public acts after a point of the ledger, oldest first; ``next`` is the point to ask from the next time."""

    happenings: Sequence[Happening]
    total: int
    next: int


def timeline(unit: Unit) -> list[Happening]:
    """What happened to a unit as the public may know it, the latest day first."""
    query = (
        select(RegisterEvent)
        .where(RegisterEvent.unit_id == unit.id, _is_public())
        .options(joinedload(RegisterEvent.entry))
        .order_by(RegisterEvent.id.desc())
        .limit(MOST_IN_A_TIMELINE)
    )
    found = _told(db.session.scalars(query).unique().all())
    return sorted(found, key=lambda item: (item.day, item.event.id), reverse=True)


def public_events() -> Iterator[RegisterEvent]:
    """The acts of the ledger that visitors may know, in the order in which they were recorded, read in portions."""
    query = select(RegisterEvent).where(_is_public()).options(joinedload(RegisterEvent.entry))
    yield from db.session.scalars(query.order_by(RegisterEvent.id).execution_options(yield_per=500))


def changes_since(point: int, limit: int) -> Changes:
    """What was recorded after a point of the ledger, which is the id of an act; 0 for everything."""
    conditions = (RegisterEvent.id > point, RegisterEvent.kind.in_(DATA_EVENTS))
    query = _with_things().where(*conditions).order_by(RegisterEvent.id).limit(limit)
    events = db.session.scalars(query).unique().all()
    total = db.session.scalar(select(func.count(RegisterEvent.id)).where(*conditions)) or 0
    return Changes(_told(events), total, events[-1].id if events else point)


def latest_changes(limit: int) -> Sequence[Happening]:
    """What was recorded last, newest first."""
    query = _with_things().where(RegisterEvent.kind.in_(DATA_EVENTS)).order_by(RegisterEvent.id.desc()).limit(limit)
    return _told(db.session.scalars(query).unique().all())


def _is_public() -> ColumnElement[bool]:
    announced = RegisterEvent.kind.in_(ANNOUNCED_EVENTS) & RegisterEvent.document_id.is_not(None)
    return RegisterEvent.kind.in_(PUBLIC_EVENTS) | announced


def _with_things() -> Select[RegisterEvent]:
    return select(RegisterEvent).options(
        joinedload(RegisterEvent.entry).joinedload(ListEntry.agency),
        joinedload(RegisterEvent.unit).options(selectinload(Unit.names)),
        joinedload(RegisterEvent.agency),
    )


def _told(events: Sequence[RegisterEvent]) -> list[Happening]:
    ids = {event.document_id for event in events if event.document_id}
    documents = {document.id: document for document in content_queries.public_by_ids(ids)} if ids else {}
    cited = {event.data.get("corrects") for event in events if event.kind is EventKind.CORRECTED} - {None}
    query = select(RegisterEvent).where(RegisterEvent.id.in_(cited))
    corrected = {event.id: event for event in db.session.scalars(query).unique()} if cited else {}
    return [
        Happening(
            event, _day(event), documents.get(event.document_id or 0), corrected.get(event.data.get("corrects", 0))
        )
        for event in events
    ]


def _day(event: RegisterEvent) -> date:
    """The day from which an act counts; the last day of its year for a published list that names none."""
    if event.effective_on is not None:
        return event.effective_on
    year = event.data.get("year") if event.kind in OF_A_LIST else None
    return date(int(year), 12, 31) if year else clock.local_day(event.recorded_at)
