"""The way of a complaint as tables: what may follow what, who waits for it, which clock runs.

Art. 24 names no time limits; the numbers come from the rulebook and are the department's own promise.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.complaints.rules.states import CaseAct, CaseStatus, Outcome, Reviewed
from portal.foundation.workflow import Transition, Workflow
from portal.rulebook.rules import Rule

S, A = CaseStatus, CaseAct
ENDS = frozenset({S.REFUSED, S.CLOSED})
OPEN = frozenset(S) - ENDS
#: Before the verification is reported, the department may hand a case to another authority or take it over.
BEFORE_REPORT = frozenset({S.FILED, S.SUPPLEMENT_REQUESTED, S.ACCEPTED, S.UNDER_VERIFICATION})
VERIFIABLE = frozenset({S.ACCEPTED, S.UNDER_VERIFICATION})
REVIEWED: Mapping[CaseStatus, Reviewed] = {
    S.REFUSAL_UNDER_REVIEW: Reviewed.REFUSAL,
    S.OUTCOME_UNDER_REVIEW: Reviewed.OUTCOME,
}
WORKFLOW: Workflow[CaseStatus, CaseAct] = Workflow(
    (
        Transition(A.ACCEPT, frozenset({S.FILED}), S.ACCEPTED, "24"),
        Transition(A.REQUEST_SUPPLEMENT, frozenset({S.FILED}), S.SUPPLEMENT_REQUESTED, "24"),
        Transition(A.REFUSE, frozenset({S.FILED, S.SUPPLEMENT_REQUESTED}), S.REFUSED, "24"),
        Transition(A.SUPPLEMENT, frozenset({S.SUPPLEMENT_REQUESTED}), S.FILED, "24"),
        Transition(A.VERIFY, VERIFIABLE, S.UNDER_VERIFICATION, "24"),
        Transition(A.RECORD_ON_SITE, VERIFIABLE, S.UNDER_VERIFICATION, "24"),
        Transition(A.RECORD_ON_SITE, frozenset({S.UNDER_RECTIFICATION}), None, "24"),
        Transition(A.EXTEND, VERIFIABLE, None),
        Transition(A.REPORT, frozenset({S.UNDER_VERIFICATION}), S.REPORTED, "24"),
        Transition(A.RETURN, frozenset({S.REPORTED}), S.UNDER_VERIFICATION, "24"),
        Transition(A.FIND_UNSUBSTANTIATED, frozenset({S.REPORTED}), S.DETERMINED, "24"),
        Transition(A.ORDER_RECTIFICATION, frozenset({S.REPORTED}), S.UNDER_RECTIFICATION, "24"),
        Transition(A.REMOVE, frozenset({S.REPORTED}), S.DETERMINED, "24, 18"),
        Transition(A.EXCLUDE, frozenset({S.REPORTED}), S.DETERMINED, "24, 22"),
        Transition(A.PRINT_ORDER, frozenset({S.UNDER_RECTIFICATION}), None),
        Transition(A.ANSWER_RECTIFICATION, frozenset({S.UNDER_RECTIFICATION}), None, "24"),
        Transition(A.EXTEND_RECTIFICATION, frozenset({S.UNDER_RECTIFICATION}), None),
        Transition(A.CONFIRM_RECTIFICATION, frozenset({S.UNDER_RECTIFICATION}), S.CLOSED, "24"),
        Transition(A.FAIL_RECTIFICATION, frozenset({S.UNDER_RECTIFICATION}), S.REPORTED, "24"),
        Transition(A.ANNOUNCE, frozenset({S.DETERMINED, S.CLOSED}), None, "18, 22"),
        Transition(A.TAKE_BACK, frozenset({S.DETERMINED, S.CLOSED}), S.REPORTED, "24"),
        Transition(A.CLOSE, frozenset({S.DETERMINED}), S.CLOSED, "24"),
        Transition(A.REQUEST_REVIEW, frozenset({S.REFUSED}), S.REFUSAL_UNDER_REVIEW),
        Transition(A.REQUEST_REVIEW, frozenset({S.CLOSED}), S.OUTCOME_UNDER_REVIEW),
        Transition(A.UPHOLD, frozenset({S.REFUSAL_UNDER_REVIEW}), S.REFUSED),
        Transition(A.UPHOLD, frozenset({S.OUTCOME_UNDER_REVIEW}), S.CLOSED),
        Transition(A.REOPEN, frozenset({S.REFUSAL_UNDER_REVIEW}), S.ACCEPTED, "24"),
        Transition(A.REOPEN, frozenset({S.OUTCOME_UNDER_REVIEW}), S.UNDER_VERIFICATION, "24"),
        Transition(A.ASSIGN, BEFORE_REPORT, None, "24"),
        Transition(A.TAKE_OVER, BEFORE_REPORT, None, "24"),
        Transition(A.ESCALATE, OPEN, None),
        Transition(A.MESSAGE, OPEN, None),
        Transition(A.REPLY, OPEN, None),
        Transition(A.OPEN_IDENTITY, frozenset(S), None),
    )
)
VERIFICATION_QUEUE = (S.FILED, S.SUPPLEMENT_REQUESTED, S.ACCEPTED, S.UNDER_VERIFICATION, S.UNDER_RECTIFICATION)
DETERMINATION_QUEUE = (S.REPORTED, S.DETERMINED, S.REFUSAL_UNDER_REVIEW, S.OUTCOME_UNDER_REVIEW)
#: The work of finding out what happened (Art. 24): whoever did any of it neither determines nor reviews.
VERIFYING = frozenset({A.ACCEPT, A.VERIFY, A.RECORD_ON_SITE, A.REPORT, A.CONFIRM_RECTIFICATION, A.FAIL_RECTIFICATION})
DETERMINING = frozenset({A.RETURN, A.FIND_UNSUBSTANTIATED, A.ORDER_RECTIFICATION, A.REMOVE, A.EXCLUDE, A.TAKE_BACK})
REVIEWING = frozenset({A.UPHOLD, A.REOPEN})
OUTCOMES: Mapping[CaseAct, Outcome] = {
    A.FIND_UNSUBSTANTIATED: Outcome.NOT_SUBSTANTIATED,
    A.ORDER_RECTIFICATION: Outcome.RECTIFICATION,
    A.REMOVE: Outcome.REMOVAL,
    A.EXCLUDE: Outcome.EXCLUSION,
}
#: What is reviewed when a review is asked for: whoever decided it first cannot review it.
DECIDING = frozenset({A.REFUSE, *OUTCOMES})
#: A complainant contests what is less than they asked for. A removal or an exclusion leaves nothing to ask for.
CONTESTABLE = frozenset({Outcome.NOT_SUBSTANTIATED, Outcome.RECTIFICATION})
#: These take effect when they are announced, and can be taken back until then.
ANNOUNCED = frozenset({Outcome.REMOVAL, Outcome.EXCLUSION})
#: The clock that runs in a state. A state without one has no promised date.
CLOCKS: Mapping[CaseStatus, Rule] = {
    S.FILED: Rule.COMPLAINT_ACCEPT,
    S.SUPPLEMENT_REQUESTED: Rule.COMPLAINT_SUPPLEMENT,
    S.REFUSAL_UNDER_REVIEW: Rule.COMPLAINT_REVIEW,
    S.ACCEPTED: Rule.COMPLAINT_VERIFY,
    S.UNDER_VERIFICATION: Rule.COMPLAINT_VERIFY,
    S.REPORTED: Rule.COMPLAINT_DETERMINE,
    S.DETERMINED: Rule.COMPLAINT_TELL,
    S.OUTCOME_UNDER_REVIEW: Rule.COMPLAINT_REVIEW,
}
#: A step into these states goes on under the clock that already runs.
SAME_CLOCK = frozenset({(S.ACCEPTED, S.UNDER_VERIFICATION), (S.UNDER_VERIFICATION, S.UNDER_VERIFICATION)})
