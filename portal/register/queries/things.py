"""One unit, one agency, and the ways in which others ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.foundation.database import db
from portal.foundation.identifiers import InvalidIdentifier, uscc
from portal.register.cleaning import name_key
from portal.register.models import Agency, Exclusion, ListEntry, PendingAct, RegisterEvent, Unit
from portal.register.queries.selection import LONGEST_NAME, Scope, named
from portal.register.rules import EntryStatus, PendingKind, PendingState, parse_public_id

PER_PAGE = 30
MOST_CHOICES = 20


@dataclass(frozen=True)
class AgencyLine:
    """An agency in the public register: reports behind entries in all, and behind those of the region."""

    agency: Agency
    reports: int
    in_region: int


def unit_by_ref(ref: str) -> Unit | None:
    """The unit of a credit code or a public id (``u12``), with its entries, names and authority; None for none."""
    query = select(Unit).options(
        selectinload(Unit.names),
        selectinload(Unit.entries).joinedload(ListEntry.agency),
        joinedload(Unit.authority),
    )
    if parsed := parse_public_id(ref):
        letter, number = parsed
        return db.session.scalars(query.where(Unit.id == number)).unique().one_or_none() if letter == "u" else None
    try:
        code = uscc(ref)
    except InvalidIdentifier:
        return None
    return db.session.scalars(query.where(Unit.uscc == code)).unique().one_or_none()


def agency_by_ref(ref: str) -> Agency | None:
    """The agency of a public id (``a7``); None for none."""
    parsed = parse_public_id(ref)
    return db.session.get(Agency, parsed[1]) if parsed and parsed[0] == "a" else None


def find_units(text: str, scope: Scope = Scope.REGION, limit: int = MOST_CHOICES) -> Sequence[Unit]:
    """Units that bear or bore a name like ``text``, or have it in their credit code; those of the region first."""
    query = select(Unit).where(named(text)).options(selectinload(Unit.names))
    if scope is Scope.REGION:
        query = query.where(Unit.authority_id.is_not(None))
    query = query.order_by(Unit.authority_id.is_(None), func.length(Unit.name), Unit.name_sound, Unit.id).limit(limit)
    return db.session.scalars(query).unique().all()


def find_agencies(text: str, limit: int = MOST_CHOICES) -> Sequence[Agency]:
    """Agencies with ``text`` in their names."""
    query = _agencies_named(select(Agency), text).order_by(func.length(Agency.name), Agency.name).limit(limit)
    return db.session.scalars(query).unique().all()


def respondent_choices(text: str = "", limit: int = 200) -> list[tuple[str, str]]:
    """Units of the region and agencies for a form, as (public id, name): all units of the region without a text."""
    if text.strip():
        found = [(unit.public_id, unit.name) for unit in find_units(text, Scope.REGION, limit)]
        return found + [(agency.public_id, agency.name) for agency in find_agencies(text, limit - len(found))]
    query = select(Unit).where(Unit.authority_id.is_not(None)).order_by(Unit.name_sound, Unit.id).limit(limit)
    return [(unit.public_id, unit.name) for unit in db.session.scalars(query).unique()]


def history(unit: Unit) -> Sequence[RegisterEvent]:
    """All that happened to a unit, newest first, for the desk; visitors read :func:`acts.timeline`."""
    query = select(RegisterEvent).where(RegisterEvent.unit_id == unit.id).options(joinedload(RegisterEvent.entry))
    return db.session.scalars(query.order_by(RegisterEvent.id.desc()).limit(200)).unique().all()


def agencies(text: str, page: int) -> tuple[list[AgencyLine], Pagination]:
    """A page of the agencies with the number of their reports, those with most for the region first."""
    in_region = func.count(Unit.authority_id)
    reports = func.count(ListEntry.id)
    counted = (
        select(ListEntry.agency_id, reports.label("reports"), in_region.label("in_region"))
        .join(ListEntry.unit)
        .group_by(ListEntry.agency_id)
        .subquery()
    )
    query = _agencies_named(select(Agency), text).outerjoin(counted, counted.c.agency_id == Agency.id)
    query = query.order_by(
        func.coalesce(counted.c.in_region, 0).desc(), func.coalesce(counted.c.reports, 0).desc(), Agency.id
    )
    found = db.paginate(query, page=max(page, 1), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    ids = [agency.id for agency in found.items]
    numbers = {
        row.agency_id: (row.reports, row.in_region)
        for row in db.session.execute(select(counted).where(counted.c.agency_id.in_(ids)))
    }
    return [AgencyLine(agency, *numbers.get(agency.id, (0, 0))) for agency in found.items], found


def agency_entries(agency: Agency, page: int) -> Pagination:
    """The entries that rest on an agency's reports, those of the region first."""
    query = (
        select(ListEntry)
        .join(ListEntry.unit)
        .where(ListEntry.agency_id == agency.id)
        .options(joinedload(ListEntry.unit))
        .order_by(Unit.authority_id.is_(None), ListEntry.year.desc(), ListEntry.id)
    )
    return db.paginate(query, page=max(page, 1), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)


def exclusions() -> Sequence[Exclusion]:
    """All exclusions, newest first."""
    query = select(Exclusion).options(joinedload(Exclusion.agency)).order_by(Exclusion.first_day.desc(), Exclusion.id)
    return db.session.scalars(query).unique().all()


def units_page(
    page: int, per_page: int, *, scope: Scope = Scope.ALL, text: str = "", authority_id: int | None = None
) -> Pagination:
    """Units with their names and entries, by id: for the API, and for the desk with a text."""
    query: Select[Any] = select(Unit).options(
        selectinload(Unit.names), selectinload(Unit.entries).joinedload(ListEntry.agency)
    )
    if scope is Scope.REGION:
        query = query.where(Unit.authority_id.is_not(None))
    if authority_id is not None:
        query = query.where(Unit.authority_id == authority_id)
    if text.strip():
        query = query.where(named(text))
    query = query.order_by(Unit.id)
    return db.paginate(query, page=max(page, 1), per_page=per_page, max_per_page=200, error_out=False)


def awaited_removal(unit: Unit) -> int | None:
    """The announcement (its document's id) that will end the entries of a unit; None where no draft exists yet."""
    query = select(PendingAct.document_id).where(
        PendingAct.unit_id == unit.id, PendingAct.kind == PendingKind.REMOVAL, PendingAct.state == PendingState.PENDING
    )
    return db.session.scalars(query.order_by(PendingAct.document_id.is_(None), PendingAct.id)).first()


def awaited_exclusion(agency: Agency) -> int | None:
    """The announcement (its document's id) that will exclude an agency; None where there is none."""
    query = select(PendingAct.document_id).where(
        PendingAct.agency_id == agency.id,
        PendingAct.kind == PendingKind.EXCLUSION,
        PendingAct.state == PendingState.PENDING,
    )
    return db.session.scalars(query.order_by(PendingAct.id)).first()


def all_dropped(document_id: int) -> bool:
    """Whether an announcement was drafted for decisions of which none is left."""
    states = db.session.scalars(select(PendingAct.state).where(PendingAct.document_id == document_id)).all()
    return bool(states) and set(states) == {PendingState.DROPPED}


def removable_entries(unit: Unit) -> list[ListEntry]:
    """The entries that the region may end itself: those of its own lists and of its prefectures, and national ones.

    A national entry is removed by the ministry; the region removes its own and reports (Art. 18, 19).
    """
    return [entry for entry in unit.entries if entry.status is EntryStatus.ACTIVE]


def _agencies_named(query: Select[Any], text: str) -> Select[Any]:
    key = name_key(text)
    if not text.strip():
        return query
    if not key or len(key) > LONGEST_NAME:
        return query.where(Agency.id.is_(None))
    return query.where(
        or_(Agency.name_key.contains(key, autoescape=True), Agency.uscc.contains(key.upper(), autoescape=True))
    )
