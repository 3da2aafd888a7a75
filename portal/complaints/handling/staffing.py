"""Who can work on which case, and who is there to be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from portal.authorities import queries as accounts
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import queries
from portal.complaints.handling.models import CaseInterest
from portal.complaints.handling.rules import at_the_department
from portal.complaints.models import Case
from portal.complaints.rules import OPEN
from portal.foundation.database import db
from portal.foundation.errors import NotPermitted

WORK = frozenset({Permission.VERIFY, Permission.DETERMINE})


def works_on_cases(person: Person) -> bool:
    """Whether a person's account is for work on cases at all."""
    return person.active and bool(permissions(person.role_set) & WORK)


def lies_with_the_department(case: Case) -> bool:
    """Whether the department has to act: it determines, or it verifies because nobody else may."""
    return at_the_department(case.status) or case.authority.is_department or bool(getattr(case, "taken_over", False))


def can_take(case: Case, person: Person) -> bool:
    """Whether a person can work on a case where it lies now, and has declared no interest in it."""
    return _fits(case, person) and not queries.has_interest(case.id, person.id)


def colleagues_for(case: Case) -> Sequence[Person]:
    """Everybody who can work on a case where it lies now."""
    query = select(CaseInterest.person_id).where(CaseInterest.case_id == case.id, CaseInterest.taken_back_at.is_(None))
    kept_away = set(db.session.scalars(query))
    return [person for person in accounts.staff() if person.id not in kept_away and _fits(case, person)]


def colleagues_of(person: Person) -> Sequence[Person]:
    """Everybody whose cases a person deals with: those of the same authority; for the department, all."""
    everywhere = Permission.DETERMINE in permissions(person.role_set)
    return [
        other
        for other in accounts.staff()
        if works_on_cases(other) and (everywhere or other.authority_id == person.authority_id)
    ]


def successors(person: Person) -> Sequence[Person]:
    """Who can take over what a colleague had: the others of the same authority."""
    return [
        other
        for other in accounts.staff()
        if other.id != person.id and other.authority_id == person.authority_id and works_on_cases(other)
    ]


def open_cases_of(person: Person) -> int:
    """How many open cases a person works on, or would again if they came back."""
    mine = or_(Case.assignee_id == person.id, Case.resting_assignee_id == person.id)
    return db.session.scalar(select(func.count()).select_from(Case).where(mine, Case.status.in_(OPEN))) or 0


def require_hand_over(person: Person, by: Person) -> None:
    """Let those pass who may hand over all cases of a person: their colleagues, the department, an administrator.

    Raises:
        NotPermitted: for everyone else.
    """
    mine = permissions(by.role_set)
    everywhere = mine & {Permission.DETERMINE, Permission.MANAGE_ACCOUNTS}
    same_desk = Permission.VERIFY in mine and by.authority_id == person.authority_id
    if not (by.active and (everywhere or same_desk)):
        raise NotPermitted


def _fits(case: Case, person: Person) -> bool:
    allowed = permissions(person.role_set)
    if not person.active:
        return False
    if lies_with_the_department(case):
        return Permission.DETERMINE in allowed
    return Permission.VERIFY in allowed and person.authority_id == case.authority_id
