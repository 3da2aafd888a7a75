"""Reads of cases: queues, one case for the person who may see it, what a complainant sees."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import DETERMINATION_QUEUE, VERIFICATION_QUEUE, CaseAct, CaseStatus
from portal.foundation.database import db
from portal.foundation.errors import NotFound

PER_PAGE = 30
#: Acts that make somebody a verifier of the case.
VERIFYING = frozenset({CaseAct.ACCEPT, CaseAct.VERIFY, CaseAct.REPORT})


def scope(person: Person) -> Select[Case]:
    """The cases that a person may see: officers those of their authority, determiners all (Art. 24)."""
    mine = permissions(person.role_set)
    query = select(Case)
    if Permission.DETERMINE in mine:
        return query
    if Permission.VERIFY in mine:
        return query.where(Case.authority_id == person.authority_id)
    return query.where(false())


def case_for(case_id: int, person: Person) -> Case:
    """One case for a person who may see it.

    Raises:
        NotFound: for everyone else; that it exists is nobody else's business.
    """
    query = scope(person).where(Case.id == case_id).options(*_whole()).execution_options(populate_existing=True)
    case = db.session.scalars(query).unique().one_or_none()
    if case is None:
        raise NotFound
    return case


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


def queue(person: Person, statuses: Collection[CaseStatus], status: CaseStatus | None, text: str) -> Pagination:
    """A page of a queue: what is due first stands first; cases without a promised date last."""
    wanted = [status] if status in statuses else list(statuses)
    query = (
        scope(person)
        .where(Case.status.in_(wanted))
        .options(joinedload(Case.authority))
        .order_by(Case.due_on.is_(None), Case.due_on, Case.id)
    )
    if text:
        query = query.where(
            Case.respondent_name.contains(text, autoescape=True) | Case.receipt.contains(text.upper(), autoescape=True)
        )
    return db.paginate(query, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)


def counts(person: Person, statuses: Collection[CaseStatus]) -> dict[CaseStatus, int]:
    """How many cases of a queue are in each state."""
    visible = scope(person).where(Case.status.in_(list(statuses))).subquery()
    rows = db.session.execute(select(visible.c.status, func.count()).group_by(visible.c.status))
    found = {CaseStatus(status): number for status, number in rows}
    return {status: found.get(status, 0) for status in statuses}


def waiting_for_verification(person: Person) -> int:
    """What an officer has on the desk; a determiner's are those that nobody verifies yet."""
    return sum(counts(person, VERIFICATION_QUEUE[:4]).values())


def waiting_for_determination(person: Person) -> int:
    """What a determiner has on the desk."""
    return sum(counts(person, DETERMINATION_QUEUE).values())


def unassigned(person: Person) -> Sequence[Case]:
    """Cases that reached the department because no authority was named; it assigns them."""
    query = scope(person).where(
        Case.authority_id == person.authority_id, Case.status.in_([CaseStatus.FILED, CaseStatus.SUPPLEMENT_REQUESTED])
    )
    return db.session.scalars(query.order_by(Case.id)).unique().all()


def took_part(case: Case, person: Person) -> bool:
    """Whether a person verified in this case."""
    return any(event.person_id == person.id and event.act in VERIFYING for event in case.events)


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
