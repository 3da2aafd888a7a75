"""Reads of removals and changes: what waits for which announcement, and what the department has to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.content.models import Document
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.register.changes import rules
from portal.register.changes.models import ChangeAnnouncement, ChangeEvidence, ChangeStatement, HigherReport
from portal.register.changes.rules import (
    GROUND_RULES,
    OPEN_STATES,
    AnnouncementState,
    ChangeState,
    ReportState,
    Timing,
)
from portal.register.cleaning import name_key, tidy
from portal.register.models import Agency, Exclusion, ListEntry, PendingAct, Unit
from portal.register.rules import EntryStatus, Level, PendingState, RemovalGround
from portal.rulebook.queries import listed

MOST_DONE = 50
DEPARTMENT = frozenset({Permission.DETERMINE, Permission.KEEP_REGISTER})


@dataclass(frozen=True)
class Drafted:
    """A drafted announcement with what takes effect when it is published."""

    document: Document
    acts: Sequence[PendingAct]
    statements: Sequence[ChangeStatement]
    #: Whether it was drafted for decisions of this desk, and can be taken back here.
    ours: bool


def held(person: Person, authority_id: int | None = None) -> frozenset[Permission]:
    """What a person may do at an authority (None: at their own)."""
    everywhere = person.authority.is_department
    if not everywhere and authority_id is not None and authority_id != person.authority_id:
        return frozenset()
    return permissions(person.role_set)


def may_see(statement: ChangeStatement, person: Person) -> bool:
    """Whether a statement is this person's business: their authority's, or the department's."""
    return person.authority.is_department or statement.authority_id == person.authority_id


def grounds_for(timing: Timing, on: date) -> tuple[RemovalGround, ...]:
    """The grounds on which an entry may be removed on a day, by the rulebook (Art. 18, 19)."""
    return rules.grounds(listed(GROUND_RULES[timing], on))


def statement_for(statement_id: int, person: Person) -> ChangeStatement:
    """One statement with its evidence and timeline.

    Raises:
        NotFound: there is none, or it is another authority's.
    """
    query = select(ChangeStatement).where(ChangeStatement.id == statement_id).options(*_whole())
    found = db.session.scalars(query).unique().one_or_none()
    if found is None or not may_see(found, person):
        raise NotFound
    return found


def statements_of(unit: Unit) -> Sequence[ChangeStatement]:
    """The statements of a unit, newest first."""
    query = select(ChangeStatement).where(ChangeStatement.unit_id == unit.id).options(*_whole())
    return db.session.scalars(query.order_by(ChangeStatement.id.desc())).unique().all()


def statement_of(unit: Unit, statement_id: int) -> ChangeStatement:
    """One statement of a unit.

    Raises:
        NotFound: there is none, or it is another unit's.
    """
    query = select(ChangeStatement).where(ChangeStatement.id == statement_id, ChangeStatement.unit_id == unit.id)
    found = db.session.scalars(query.options(*_whole())).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def evidence_for(statement_id: int, evidence_id: int, person: Person) -> ChangeEvidence:
    """A file behind a statement.

    Raises:
        NotFound: there is none, or it is another authority's.
    """
    statement = statement_for(statement_id, person)
    found = next((item for item in statement.evidence if item.id == evidence_id), None)
    if found is None:
        raise NotFound
    return found


def statements(person: Person, *, is_open: bool) -> Sequence[ChangeStatement]:
    """The statements of a person's authority, all of them for the department; of those done only the latest."""
    query = select(ChangeStatement).options(joinedload(ChangeStatement.unit), joinedload(ChangeStatement.document))
    states = OPEN_STATES if is_open else frozenset(ChangeState) - OPEN_STATES
    query = query.where(ChangeStatement.state.in_(states))
    if not person.authority.is_department:
        query = query.where(ChangeStatement.authority_id == person.authority_id)
    query = query.order_by(ChangeStatement.id if is_open else ChangeStatement.id.desc())
    return db.session.scalars(query.limit(None if is_open else MOST_DONE)).unique().all()


def act(act_id: int) -> PendingAct:
    """One decision.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(PendingAct, act_id)
    if found is None:
        raise NotFound
    return found


def waiting_removals() -> Sequence[PendingAct]:
    """The removals that were decided and stand in no announcement yet, by unit."""
    query = _pending().where(PendingAct.document_id.is_(None)).order_by(PendingAct.unit_id, PendingAct.id)
    return db.session.scalars(query).unique().all()


def drafted() -> list[Drafted]:
    """The drafted announcements that something waits for, oldest first."""
    acts = db.session.scalars(_pending().where(PendingAct.document_id.is_not(None)).order_by(PendingAct.id)).unique()
    by_document: dict[int, tuple[Document, list[PendingAct], list[ChangeStatement]]] = {}
    for item in acts:
        if item.document is not None:
            by_document.setdefault(item.document.id, (item.document, [], []))[1].append(item)
    query = select(ChangeStatement).where(ChangeStatement.state == ChangeState.DRAFTED).order_by(ChangeStatement.id)
    query = query.options(joinedload(ChangeStatement.unit), joinedload(ChangeStatement.document))
    for statement in db.session.scalars(query).unique():
        if statement.document is not None:
            by_document.setdefault(statement.document.id, (statement.document, [], []))[2].append(statement)
    ours = set(
        db.session.scalars(
            select(ChangeAnnouncement.document_id).where(ChangeAnnouncement.state == AnnouncementState.OPEN)
        )
    )
    return [Drafted(*by_document[number], number in ours) for number in sorted(by_document)]


def announcement_of(document_id: int) -> Drafted:
    """A drafted announcement.

    Raises:
        NotFound: where nothing waits for it.
    """
    found = next((item for item in drafted() if item.document.id == document_id), None)
    if found is None:
        raise NotFound
    return found


def acts_in(document_id: int) -> Sequence[PendingAct]:
    """The decisions that wait for one announcement."""
    query = select(PendingAct).where(PendingAct.document_id == document_id, PendingAct.state == PendingState.PENDING)
    return db.session.scalars(query.order_by(PendingAct.id).with_for_update(of=PendingAct)).all()


def statements_in(document_id: int) -> Sequence[ChangeStatement]:
    """The changes that wait for one announcement."""
    query = select(ChangeStatement).where(
        ChangeStatement.document_id == document_id, ChangeStatement.state == ChangeState.DRAFTED
    )
    query = query.order_by(ChangeStatement.id).with_for_update(of=ChangeStatement)
    return db.session.scalars(query).unique().all()


def reports_due(*conditions: ColumnElement[bool]) -> Sequence[HigherReport]:
    """What the ministry has not been told yet, oldest first."""
    query = select(HigherReport).where(HigherReport.state == ReportState.DUE, *conditions)
    query = query.options(joinedload(HigherReport.entry).joinedload(ListEntry.unit), joinedload(HigherReport.statement))
    return db.session.scalars(query.order_by(HigherReport.id)).unique().all()


def reports_told() -> Sequence[HigherReport]:
    """What the ministry was told, newest first."""
    query = select(HigherReport).where(HigherReport.state == ReportState.TOLD)
    query = query.options(joinedload(HigherReport.entry).joinedload(ListEntry.unit))
    return db.session.scalars(query.order_by(HigherReport.told_on.desc(), HigherReport.id).limit(MOST_DONE)).all()


def reports_of(statement: ChangeStatement) -> Sequence[HigherReport]:
    """What the ministry is to be told, or was, of a change."""
    query = select(HigherReport).where(HigherReport.statement_id == statement.id)
    return db.session.scalars(query.order_by(HigherReport.id)).all()


def standing_above(unit_id: int) -> Sequence[ListEntry]:
    """A unit's entries on the ministry's list."""
    query = select(ListEntry).where(
        ListEntry.unit_id == unit_id, ListEntry.level == Level.NATIONAL, ListEntry.status != EntryStatus.REMOVED
    )
    return db.session.scalars(query.order_by(ListEntry.id)).all()


def bearer(name: str, unit: Unit) -> Unit | None:
    """Another unit of the same province that bears a name; None for none."""
    query = select(Unit).where(
        Unit.name_key == name_key(tidy(name)), Unit.province == unit.province, Unit.id != unit.id
    )
    return db.session.scalars(query).unique().first()


def resting_on_excluded(today: date) -> Sequence[tuple[ListEntry, Exclusion]]:
    """The region's entries that rest on a report of an agency that is excluded now (Art. 22)."""
    query = (
        select(ListEntry, Exclusion)
        .join(ListEntry.agency)
        .join(Exclusion, Exclusion.agency_id == Agency.id)
        .join(ListEntry.unit)
        .where(*_excluded_now(today))
        .options(joinedload(ListEntry.unit), joinedload(ListEntry.agency))
        .order_by(Exclusion.first_day.desc(), Agency.id, ListEntry.year.desc(), ListEntry.id)
    )
    return [(entry, exclusion) for entry, exclusion in db.session.execute(query).unique().all()]


def waiting(person: Person) -> int:
    """How much waits for this person: statements to examine; for the department what waits for an announcement."""
    mine = permissions(person.role_set)
    if Permission.VERIFY in mine:
        query = select(func.count(ChangeStatement.id)).where(
            ChangeStatement.state == ChangeState.STATED, ChangeStatement.authority_id == person.authority_id
        )
        return db.session.scalar(query) or 0
    changes = select(func.count(ChangeStatement.id)).where(ChangeStatement.state == ChangeState.CONFIRMED)
    removals = select(func.count(PendingAct.id)).where(
        PendingAct.state == PendingState.PENDING, PendingAct.document_id.is_(None)
    )
    reports = select(func.count(HigherReport.id)).where(HigherReport.state == ReportState.DUE)
    return sum(db.session.scalar(query) or 0 for query in (changes, removals, reports))


def _pending() -> Select[PendingAct]:
    return (
        select(PendingAct)
        .where(PendingAct.state == PendingState.PENDING)
        .options(
            joinedload(PendingAct.entry).joinedload(ListEntry.unit),
            joinedload(PendingAct.agency),
            joinedload(PendingAct.document),
        )
    )


def _excluded_now(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Exclusion.first_day <= today,
        Exclusion.last_day >= today,
        ListEntry.status != EntryStatus.REMOVED,
        Unit.authority_id.is_not(None),
    )


def _whole() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(ChangeStatement.unit),
        joinedload(ChangeStatement.document),
        selectinload(ChangeStatement.evidence),
        selectinload(ChangeStatement.events),
        selectinload(ChangeStatement.removals),
    )
