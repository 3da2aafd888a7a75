"""The complainant's request that the department look at a refusal or a result once more."""

from __future__ import annotations

from portal.complaints import clocks, queries
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import WORKFLOW, CaseAct, NothingToReview, Reviewed, reviewable
from portal.complaints.services.filing import COMPLAINANT
from portal.filings import receipts, sealing
from portal.filings.forms import REQUIRED
from portal.foundation import audit, clock
from portal.foundation.database import transaction
from portal.foundation.errors import Invalid


def review_offered(case: Case) -> Reviewed | None:
    """What the complainant may ask to be reviewed today; None where there is nothing, or not any more."""
    wanted = reviewable(case.status, case.outcome, [event.act for event in case.events])
    last = clocks.review_until(case)
    return wanted if last is None or clock.today() <= last else None


def request_review(case_id: int, reasons: str) -> Case:
    """Ask the department to review a refusal or a result, each once and within the time that the rulebook gives.

    Raises:
        NotFound: there is no such case.
        NothingToReview: nothing can be reviewed, or not any more.
        Invalid: the reasons are missing.
    """
    with transaction():
        queries.hold(case_id)
        case = queries.case_by_id(case_id)
        wanted = review_offered(case)
        if wanted is None:
            raise NothingToReview
        if not reasons.strip():
            raise Invalid({"reasons": REQUIRED})
        what = CaseAct.REQUEST_REVIEW
        target = WORKFLOW.target(what, case.status)
        box = sealing.open_filing(case)
        note = sealing.seal_note(box, reasons)
        case.events.append(CaseEvent(act=what, at=clock.now(), public=True, sealed_note=note))
        receipts.issue(case, box, reasons.strip(), ())
        clocks.move(case, what, target)
        case.status = target
        audit.record(f"complaints.case.{what}", case.subject, COMPLAINANT, {"reviewed": str(wanted)})
    return case
