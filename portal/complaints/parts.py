"""Who had which part in a case: from it follows what each person may do now."""

from __future__ import annotations

from portal.authorities.models import Person
from portal.authorities.rules import permissions
from portal.complaints.models import Case
from portal.complaints.rules import ANNOUNCED, CaseAct, Standing, acts_for


def done_by(case: Case, person: Person) -> frozenset[CaseAct]:
    """What a person did in a case."""
    return frozenset(event.act for event in case.events if event.person_id == person.id)


def was_extended(case: Case) -> bool:
    """Whether the time for verification was extended."""
    return any(event.act is CaseAct.EXTEND for event in case.events)


def awaits_announcement(case: Case) -> bool:
    """Whether what was determined takes effect only with an announcement that is still to come."""
    return case.outcome in ANNOUNCED and not any(event.act is CaseAct.ANNOUNCE for event in case.events)


def possible_acts(case: Case, person: Person) -> tuple[CaseAct, ...]:
    """What a person of the staff can do with a case as it stands."""
    standing = Standing(
        case.status, case.respondent_kind, case.taken_over, was_extended(case), awaits_announcement(case)
    )
    return acts_for(standing, permissions(person.role_set), done_by(case, person))
