"""Reads of the desk around a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import defer, joinedload

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import queries
from portal.complaints.handling import diary, staffing
from portal.complaints.handling.diary import Line
from portal.complaints.handling.models import CaseInterest, IdentityRequest, ReplyTemplate, SavedView
from portal.complaints.handling.rules import RequestState
from portal.complaints.handling.services.consenting import REASON, opens_alone
from portal.complaints.handling.services.interests import INTEREST
from portal.complaints.models import Case
from portal.filings import sealing
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.vault.boxes import Box

MOST_RELATED = 50
MOST_OTHERS = 10


@dataclass(frozen=True)
class Request:
    """A request to open the identity, with its reason opened."""

    record: IdentityRequest
    reason: str


@dataclass(frozen=True)
class Interest:
    """A declared interest that keeps somebody away; its reason is opened for those who decide on it."""

    record: CaseInterest
    reason: str


@dataclass(frozen=True)
class Surroundings:
    """What stands beside a case at the desk."""

    diary: Sequence[Line]
    linked: Sequence[Case]
    others: Sequence[Case]
    interests: Sequence[Interest]
    requests: Sequence[Request]
    alone: bool
    colleagues: Sequence[Person]
    can_take: bool
    templates: Sequence[ReplyTemplate]


def surroundings(case: Case, person: Person) -> Surroundings:
    """Everything that the desk knows of a case beside its timeline."""
    box = sealing.open_filing(case)
    return Surroundings(
        diary.lines(case, box),
        linked(case, person),
        others(case, person),
        _interests(case, box, opened=Permission.DETERMINE in permissions(person.role_set)),
        [
            Request(item, box.open_text(item.sealed_reason, REASON))
            for item in _requests(IdentityRequest.case_id == case.id)
        ],
        opens_alone(case, person),
        staffing.colleagues_for(case),
        staffing.can_take(case, person),
        templates_of(person),
    )


def linked(case: Case, person: Person) -> Sequence[Case]:
    """The cases that belong together with one, as far as the person may see them."""
    if case.related_group is None:
        return []
    return _cases(person, and_(Case.related_group == case.related_group, Case.id != case.id), MOST_RELATED)


def others(case: Case, person: Person) -> Sequence[Case]:
    """Other cases on the same respondent that could be linked, the latest first."""
    if case.unit_id is not None:
        same = Case.unit_id == case.unit_id
    elif case.agency_id is not None:
        same = Case.agency_id == case.agency_id
    else:
        same = and_(Case.respondent_name == case.respondent_name, Case.unit_id.is_(None), Case.agency_id.is_(None))
    apart = Case.related_group.is_distinct_from(case.related_group) if case.related_group else Case.id.is_not(None)
    return _cases(person, and_(same, Case.id != case.id, apart), MOST_OTHERS)


def requests_waiting(person: Person) -> Sequence[IdentityRequest]:
    """Requests of others that this person may decide on."""
    waiting = and_(
        IdentityRequest.consented_at.is_(None),
        IdentityRequest.declined_at.is_(None),
        IdentityRequest.expires_at > clock.now(),
        IdentityRequest.asked_by_id != person.id,
        IdentityRequest.case_id.in_(select(Case.id).where(*queries.visible_to(person))),
    )
    return [item for item in _requests(waiting) if item.state is RequestState.WAITING]


def templates_of(person: Person) -> Sequence[ReplyTemplate]:
    """The texts of a person's authority, by name."""
    query = select(ReplyTemplate).where(ReplyTemplate.authority_id == person.authority_id)
    return db.session.scalars(query.order_by(ReplyTemplate.name)).all()


def template(template_id: int, person: Person) -> ReplyTemplate:
    """One text of a person's authority.

    Raises:
        NotFound: where there is none.
    """
    found = db.session.get(ReplyTemplate, template_id)
    if found is None or found.authority_id != person.authority_id:
        raise NotFound
    return found


def views_of(person: Person, queue: str) -> Sequence[SavedView]:
    """The views that a person keeps of a queue, by name."""
    query = select(SavedView).where(SavedView.person_id == person.id, SavedView.queue == queue)
    return db.session.scalars(query.order_by(SavedView.name)).all()


def _cases(person: Person, condition: ColumnElement[bool], most: int) -> Sequence[Case]:
    query = queries.scope(person).where(condition).order_by(Case.id.desc()).limit(most)
    return db.session.scalars(query.options(defer(Case.sealed_statement), defer(Case.sealed_identity))).unique().all()


def _interests(case: Case, box: Box, *, opened: bool) -> Sequence[Interest]:
    query = (
        select(CaseInterest)
        .where(CaseInterest.case_id == case.id, CaseInterest.taken_back_at.is_(None))
        .options(joinedload(CaseInterest.person))
    )
    found = db.session.scalars(query.order_by(CaseInterest.id)).unique()
    return [Interest(item, box.open_text(item.sealed_reason, INTEREST) if opened else "") for item in found]


def _requests(condition: ColumnElement[bool]) -> Sequence[IdentityRequest]:
    query = (
        select(IdentityRequest)
        .where(condition)
        .options(
            joinedload(IdentityRequest.asked_by),
            joinedload(IdentityRequest.decided_by),
            joinedload(IdentityRequest.case),
        )
        .order_by(IdentityRequest.id.desc())
        .limit(MOST_OTHERS)
    )
    return db.session.scalars(query).unique().all()
