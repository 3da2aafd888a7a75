"""Keeping away from a case in which one has a stake; and what was declared by mistake, taken back by the department."""

from __future__ import annotations

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import queries
from portal.complaints.handling import diary
from portal.complaints.handling.models import CaseInterest
from portal.complaints.handling.rules import DeskAct, InterestStands, may_take_back_interest
from portal.complaints.models import Case
from portal.filings import sealing
from portal.filings.forms import REQUIRED
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, NotPermitted

#: What binds a reason to its place in the case's box.
INTEREST = "interest"


def declare_interest(case_id: int, reason: str, *, by: Person) -> Case:
    """Say that one has a stake in a case. From then on one can neither open it nor act on it, nor be given it.

    Raises:
        NotFound, InterestDeclared: no such case for this person, or declared before.
        Invalid: the reason is missing.
    """
    if not reason.strip():
        raise Invalid({"reason": REQUIRED})
    with transaction():
        queries.hold(case_id)
        case = queries.case_for(case_id, by)
        sealed = sealing.open_filing(case).seal_text(reason.strip(), INTEREST)
        db.session.add(CaseInterest(case_id=case.id, person_id=by.id, declared_at=clock.now(), sealed_reason=sealed))
        if case.assignee_id == by.id:
            case.assignee_id = None
        if case.resting_assignee_id == by.id:
            case.resting_assignee_id = None
        diary.write(case, DeskAct.DECLARE_INTEREST, by)
    return case


def take_back_interest(case_id: int, interest_id: int, reason: str, *, by: Person) -> Case:
    """Let a colleague who declared an interest by mistake see the case again, and be given it; the reason is written down.

    Raises:
        NotFound, InterestDeclared: no such case for this person, or no such interest in it.
        NotPermitted: only the department decides on that, and nobody for themselves.
        InterestStands: the colleague had acted on the case before.
        Invalid: the reason is missing.
    """
    if not reason.strip():
        raise Invalid({"reason": REQUIRED})
    with transaction():
        queries.hold(case_id)
        case = queries.case_for(case_id, by)
        found = db.session.get(CaseInterest, interest_id, with_for_update=True, populate_existing=True)
        if found is None or found.case_id != case.id or found.taken_back_at is not None:
            raise NotFound
        determines = Permission.DETERMINE in permissions(by.role_set)
        acted = any(event.person_id == found.person_id for event in case.events)
        if not may_take_back_interest(declared_by=found.person_id, by=by.id, determines=determines, acted=acted):
            raise InterestStands if acted and determines else NotPermitted
        found.taken_back_at, found.taken_back_by_id = clock.now(), by.id
        diary.write(case, DeskAct.TAKE_BACK_INTEREST, by, colleague_id=found.person_id, text=reason)
    return case
