"""Reads of objections: the queue, one for who may see it, what stands against candidates, whom one may object to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.authorities.models import Person
from portal.authorities.rules import permissions
from portal.content.models import Document
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import DomainError, NotFound
from portal.objections.models import Objection, ObjectionEvent
from portal.objections.rules import PENDING, STAFF, ObjectionStatus, check_time, hold_of
from portal.register.batches import queries as batches
from portal.register.batches.models import Candidate
from portal.register.batches.rules import Hold
from portal.register.queries import window_of

PER_PAGE = 30
QUEUE = (ObjectionStatus.FILED, ObjectionStatus.SUPPLEMENT_REQUESTED)


@dataclass(frozen=True)
class Target:
    """Whom an objection is about: a candidate, the notice that publicises it, and the last day of the window."""

    candidate: Candidate
    notice: Document
    last: date | None

    @property
    def refusal(self) -> DomainError | None:
        """Why no objection can be filed now; None where one can."""
        try:
            check_time(self.candidate.state, public=self.notice.is_public, last=self.last, today=clock.today())
        except DomainError as refused:
            return refused
        return None


def target(ref: str) -> Target | None:
    """The candidate of a public id such as ``c12`` with its notice; None where none was ever publicised under it."""
    candidate = batches.candidate_by_ref(ref)
    notice = candidate.batch.notice if candidate is not None else None
    if candidate is None or notice is None:
        return None
    window = window_of(notice.id)
    return Target(candidate, notice, window.last if window is not None else None)


def scope(person: Person) -> Select[Objection]:
    """The objections that a person may see: the department's determiners all, nobody else any."""
    query = select(Objection)
    return query if STAFF in permissions(person.role_set) else query.where(false())


def objection_for(objection_id: int, person: Person) -> Objection:
    """One objection for a person who may see it.

    Raises:
        NotFound: for everyone else.
    """
    query = scope(person).where(Objection.id == objection_id).options(*_whole())
    return _one(query.execution_options(populate_existing=True))


def objection_by_id(objection_id: int) -> Objection:
    """One objection for its objector, who has shown the secret.

    Raises:
        NotFound: where there is none.
    """
    return _one(select(Objection).where(Objection.id == objection_id).options(*_whole()))


def hold(objection_id: int) -> None:
    """Let the next act on an objection wait until this one has ended, so that it sees what came of it."""
    db.session.execute(select(Objection.id).where(Objection.id == objection_id).with_for_update(key_share=True))


def queue(person: Person, statuses: Collection[ObjectionStatus], text: str) -> Pagination:
    """A page of the queue: what is due first stands first; objections without a promised date last."""
    query = (
        scope(person)
        .where(Objection.status.in_(list(statuses)))
        .options(joinedload(Objection.notice))
        .order_by(Objection.due_on.is_(None), Objection.due_on, Objection.id)
    )
    if text:
        query = query.where(
            Objection.candidate_name.contains(text, autoescape=True)
            | Objection.receipt.contains(text.upper(), autoescape=True)
        )
    return db.paginate(query, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)


def counts(person: Person) -> dict[ObjectionStatus, int]:
    """How many objections are in each state."""
    visible = scope(person).subquery()
    rows = db.session.execute(select(visible.c.status, func.count()).group_by(visible.c.status))
    found = {ObjectionStatus(status): number for status, number in rows}
    return {status: found.get(status, 0) for status in ObjectionStatus}


def waiting(person: Person) -> int:
    """What a determiner has to decide."""
    found = counts(person)
    return sum(found[status] for status in QUEUE)


def others(objection: Objection) -> Sequence[Objection]:
    """Other objections against the same candidate, oldest first."""
    query = select(Objection).where(Objection.candidate_id == objection.candidate_id, Objection.id != objection.id)
    return db.session.scalars(query.order_by(Objection.id)).all()


def against(candidates: Sequence[Candidate]) -> Mapping[int, Sequence[Hold]]:
    """What objections do to candidates, by candidate id: each holds back or drops its own candidate and nobody else."""
    query = (
        select(Objection.candidate_id, Objection.status, Objection.ground)
        .where(Objection.candidate_id.in_([item.id for item in candidates]))
        .where(Objection.status.in_([*PENDING, ObjectionStatus.SUSTAINED]))
        .order_by(Objection.id)
    )
    found: dict[int, list[Hold]] = {}
    for candidate_id, status, ground in db.session.execute(query):
        stands = hold_of(status, ground)
        if stands is not None:
            found.setdefault(candidate_id, []).append(stands)
    return found


def _one(query: Select[Objection]) -> Objection:
    objection = db.session.scalars(query).unique().one_or_none()
    if objection is None:
        raise NotFound
    return objection


def _whole() -> tuple[ExecutableOption, ...]:
    return (
        selectinload(Objection.events).joinedload(ObjectionEvent.person),
        selectinload(Objection.events).joinedload(ObjectionEvent.authority),
        selectinload(Objection.evidence),
        joinedload(Objection.candidate),
        joinedload(Objection.notice),
    )
