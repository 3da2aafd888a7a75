"""Reads of cases: queues, one case for the person who may see it, what a complainant sees."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints.handling.models import CaseInterest
from portal.complaints.handling.rules import InterestDeclared
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import DECIDING, VERIFYING, CaseStatus
from portal.foundation.database import db
from portal.foundation.errors import NotFound

#: So many cases that wait for an authority are named above the queue.
MOST_UNASSIGNED = 20


def scope(person: Person) -> Select[Case]:
    """The cases that a person may see: officers those of their authority, determiners all (Art. 24)."""
    return select(Case).where(*visible_to(person))


def visible_to(person: Person) -> list[ColumnElement[bool]]:
    """What holds of the cases that a person may see; those in which they declared an interest are not among them."""
    mine = permissions(person.role_set)
    kept_from = select(CaseInterest.case_id).where(
        CaseInterest.person_id == person.id, CaseInterest.taken_back_at.is_(None)
    )
    if Permission.DETERMINE in mine:
        return [Case.id.not_in(kept_from)]
    if Permission.VERIFY in mine:
        return [Case.authority_id == person.authority_id, Case.id.not_in(kept_from)]
    return [false()]


def case_for(case_id: int, person: Person) -> Case:
    """One case for a person who may see it.

    Raises:
        NotFound: for everyone else; that it exists is nobody else's business.
        InterestDeclared: for whoever said that they have a stake in it.
    """
    query = scope(person).where(Case.id == case_id).options(*_whole()).execution_options(populate_existing=True)
    case = db.session.scalars(query).unique().one_or_none()
    if case is None:
        if has_interest(case_id, person.id):
            raise InterestDeclared
        raise NotFound
    return case


def has_interest(case_id: int, person_id: int) -> bool:
    """Whether a person declared an interest in a case."""
    query = select(CaseInterest.id).where(
        CaseInterest.case_id == case_id, CaseInterest.person_id == person_id, CaseInterest.taken_back_at.is_(None)
    )
    return db.session.scalars(query).first() is not None


def hold(case_id: int) -> None:
    """Let the next act on a case wait until this one has ended, so that it sees what came of it."""
    db.session.execute(select(Case.id).where(Case.id == case_id).with_for_update(key_share=True))


def case_by_id(case_id: int) -> Case:
    """One case for its complainant, who has shown the secret.

    Raises:
        NotFound: where there is none.
    """
    case = db.session.scalars(select(Case).where(Case.id == case_id).options(*_whole())).unique().one_or_none()
    if case is None:
        raise NotFound
    return case


def unassigned(person: Person) -> Sequence[Case]:
    """Cases that reached the department because no authority was named; it assigns them."""
    query = scope(person).where(
        Case.authority_id == person.authority_id,
        Case.taken_over.is_(False),
        Case.status.in_([CaseStatus.FILED, CaseStatus.SUPPLEMENT_REQUESTED]),
    )
    return db.session.scalars(query.order_by(Case.id).limit(MOST_UNASSIGNED)).unique().all()


def took_part(case: Case, person: Person) -> bool:
    """Whether a person verified in this case."""
    return any(event.person_id == person.id and event.act in VERIFYING for event in case.events)


def cannot_review(case: Case, person: Person) -> bool:
    """Whether a case is under review and a person may not review it, having made the decision."""
    decided = any(event.person_id == person.id and event.act in DECIDING for event in case.events)
    return decided and case.status in {CaseStatus.REFUSAL_UNDER_REVIEW, CaseStatus.OUTCOME_UNDER_REVIEW}


def _whole() -> tuple[ExecutableOption, ...]:
    return (
        selectinload(Case.events).joinedload(CaseEvent.person),
        selectinload(Case.events).joinedload(CaseEvent.authority),
        selectinload(Case.evidence),
        joinedload(Case.unit),
        joinedload(Case.agency),
        joinedload(Case.evaluated_unit),
        joinedload(Case.document),
    )
