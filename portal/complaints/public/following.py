"""The complainant's status page, and what can be done there beside what every filing's page allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities import queries as authorities
from portal.authorities.models import Authority
from portal.complaints import clocks, queries, services
from portal.complaints.models import Case
from portal.complaints.public.forms import ReasonsForm
from portal.complaints.public.frame import blueprint
from portal.complaints.rules import CaseStatus
from portal.extensions import limiter
from portal.filings.drafts import holding
from portal.filings.drafts.models import FilingDraft
from portal.filings.following import Following, followed
from portal.filings.rules import DraftKind
from portal.filings.taking import Files
from portal.filings.trying import Refused, attempt
from portal.foundation import clock
from portal.register.rules import EXCLUSION_LABELS, REMOVAL_LABELS

#: Where a case stands on its way, for somebody who looks at it from outside.
STAGES: tuple[LazyString, ...] = (
    _l("Received"),
    _l("Accepted or refused"),
    _l("Verification"),
    _l("Determination"),
    _l("Result"),
)
STAGE_OF: Mapping[CaseStatus, int] = {
    CaseStatus.FILED: 1,
    CaseStatus.SUPPLEMENT_REQUESTED: 1,
    CaseStatus.REFUSED: 1,
    CaseStatus.REFUSAL_UNDER_REVIEW: 1,
    CaseStatus.ACCEPTED: 2,
    CaseStatus.UNDER_VERIFICATION: 2,
    CaseStatus.REPORTED: 3,
    CaseStatus.OUTCOME_UNDER_REVIEW: 3,
    CaseStatus.DETERMINED: 4,
    CaseStatus.UNDER_RECTIFICATION: 4,
    CaseStatus.CLOSED: 4,
}


GROUNDS: Mapping[str, LazyString] = {
    str(ground): label for labels in (REMOVAL_LABELS, EXCLUSION_LABELS) for ground, label in labels.items()
}


def desk_of(case: Case) -> Authority | None:
    """Who has to act now; None where the complainant has, or nobody any more."""
    if not case.is_open or case.status is CaseStatus.SUPPLEMENT_REQUESTED:
        return None
    return authorities.department() if case.status in clocks.AT_THE_DEPARTMENT else case.authority


def facts(case: Case) -> Mapping[str, Any]:
    """What the status page shows of a case."""
    due = clocks.due(case)
    return {
        "due": due,
        "overdue": due is not None and due < clock.today(),
        "steps": clocks.steps(case),
        "left": clocks.days_until(case, clock.today()),
        "stages": STAGES,
        "stage": STAGE_OF[case.status],
        "desk": desk_of(case),
        "grounds": GROUNDS.get(case.ground),
        "reply_draft": reply_draft(case),
        "review": services.review_offered(case),
        "review_until": clocks.review_until(case),
        "review_form": ReasonsForm(formdata=None),
    }


def reply_draft(case: Case) -> FilingDraft | None:
    """What this browser has begun to send to a case."""
    draft = holding.held_or_none(DraftKind.REPLY)
    return draft if draft is not None and draft.receipt == case.receipt else None


def add_reply(case_id: int, text: str, files: Files) -> Case:
    """Take a message with its files, those too that were sent in pieces before."""
    case = services.add_reply(case_id, text, files, reply_draft(queries.case_by_id(case_id)))
    holding.let_go(DraftKind.REPLY)
    return case


FOLLOWING = Following(
    "complaints",
    "followed_case",
    services.follow,
    add_reply,
    facts,
    queries.case_by_id,
    services.renew_secret,
    "complaints/status_form.html",
    "complaints/status.html",
)
FOLLOWING.bind(blueprint)


@blueprint.post("/status/review")
@limiter.limit("30 per hour")
@followed
def review(following: Following[Case], case_id: int) -> ResponseReturnValue:
    """The request that the department look at a refusal or a result once more."""
    form = ReasonsForm()
    asked = attempt(lambda: services.request_review(case_id, form.reasons.data or ""), form)
    if isinstance(asked, Refused):
        return following.page(case_id, code=422, review_form=form)
    return following.back(sent=1)
