"""What a code answers, asked of the register at the moment of the question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.authorities.models import Person
from portal.content import queries as content_queries
from portal.content.models import Document
from portal.credentials.models import ListCode, RevocationPlace
from portal.credentials.rules import Standing, standing
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.identifiers import InvalidIdentifier, normalize_list_code
from portal.register.models import ListEntry, RegisterEvent, Unit
from portal.register.rules import EntryStatus, EventKind

S = TypeVar("S", bound=Select[Any])


@dataclass(frozen=True)
class Answer:
    """What a code says at a moment. Of a code that is not ours nothing else is known.

    ``document`` made public what holds now, the listing or the removal; ``again`` are codes of the same unit, category
    and level that are in force, where this one is not.
    """

    standing: Standing
    as_of: datetime
    code: str = ""
    entry: ListEntry | None = None
    since: date | None = None
    document: Document | None = None
    again: Sequence[ListCode] = ()

    @property
    def unit(self) -> Unit | None:
        """The unit under its name of today."""
        return self.entry.unit if self.entry else None


def code_of(text: str) -> ListCode | None:
    """The code that somebody typed or scanned, with its entry and unit; None where it was never issued."""
    try:
        code = normalize_list_code(text)
    except InvalidIdentifier:
        return None
    return db.session.scalars(_whole().where(ListCode.code == code)).unique().one_or_none()


def answer(text: str) -> Answer:
    """One of three answers to a code, as of now."""
    found = code_of(text)
    if found is None:
        return Answer(Standing.NOT_OURS, clock.now())
    entry, says = found.entry, standing(found.entry.status)
    ended = says is Standing.NOT_IN_FORCE
    return Answer(
        says,
        clock.now(),
        found.code,
        entry,
        entry.removed_on if ended else entry.listed_on,
        _document(entry, ended=ended),
        _again(found) if ended else (),
    )


def codes_of(unit: Unit) -> Mapping[int, ListCode]:
    """The codes of a unit by the id of their entries."""
    query = select(ListCode).where(ListCode.unit_id == unit.id).order_by(ListCode.id)
    return {code.entry_id: code for code in db.session.scalars(query).unique()}


def codes_of_units(units: Collection[int]) -> Mapping[int, Sequence[ListCode]]:
    """The codes of units by the id of the unit, with their entries."""
    query = _whole().where(ListCode.unit_id.in_(sorted(units))).order_by(ListCode.id)
    found: dict[int, list[ListCode]] = {unit: [] for unit in units}
    for code in db.session.scalars(query).unique() if units else ():
        found[code.unit_id].append(code)
    return found


def revoked_places() -> tuple[Sequence[int], int]:
    """The places whose bit is set, and the highest place there is."""
    query = select(RevocationPlace.id).where(RevocationPlace.revoked_on.is_not(None)).order_by(RevocationPlace.id)
    return db.session.scalars(query).all(), db.session.scalar(select(func.max(RevocationPlace.id))) or 0


def _whole() -> Select[ListCode]:
    return select(ListCode).options(
        joinedload(ListCode.entry)
        .joinedload(ListEntry.unit)
        .options(joinedload(Unit.authority), selectinload(Unit.names))
    )


def _document(entry: ListEntry, *, ended: bool) -> Document | None:
    """The published document behind the listing or the removal; None for lists that were published elsewhere."""
    kinds = (EventKind.REMOVED,) if ended else (EventKind.LISTED,)
    query = (
        select(RegisterEvent.document_id)
        .where(
            RegisterEvent.entry_id == entry.id,
            RegisterEvent.kind.in_(kinds),
            RegisterEvent.document_id.is_not(None),
        )
        .order_by(RegisterEvent.id.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    return next(iter(content_queries.public_by_ids([found])), None) if found else None


def _again(code: ListCode) -> Sequence[ListCode]:
    query = (
        _whole()
        .join(ListCode.entry)
        .where(
            ListCode.unit_id == code.unit_id,
            ListEntry.category == code.entry.category,
            ListEntry.level == code.entry.level,
            ListEntry.status != EntryStatus.REMOVED,
        )
        .order_by(ListEntry.year.desc())
    )
    return db.session.scalars(query).unique().all()


def of_authority(query: S, person: Person) -> S:
    """What a person at a desk may see of a query that goes through units: its authority's, all for the department."""
    return query if person.authority.is_department else query.where(Unit.authority_id == person.authority_id)
