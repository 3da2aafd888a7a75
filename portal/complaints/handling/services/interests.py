"""Keeping away from a case in which one has a stake."""

from __future__ import annotations

from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.handling import diary
from portal.complaints.handling.models import CaseInterest
from portal.complaints.handling.rules import DeskAct
from portal.complaints.models import Case
from portal.filings import sealing
from portal.filings.forms import REQUIRED
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid

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
