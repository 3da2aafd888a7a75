"""Article 24 as tables and pure functions: states, acts, who decides, where a complaint goes, by when.

Art. 24 names no time limits; the numbers come from the rulebook and are the department's own promise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities.rules import Permission
from portal.filings.rules import Assurance
from portal.foundation.errors import DomainError
from portal.foundation.workflow import Transition, Workflow
from portal.rulebook.rules import Rule


class CaseStatus(StrEnum):
    """The condition a case is in."""

    FILED = "filed"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    REFUSED = "refused"
    REFUSAL_UNDER_REVIEW = "refusal_under_review"
    ACCEPTED = "accepted"
    UNDER_VERIFICATION = "under_verification"
    REPORTED = "reported"
    UNDER_RECTIFICATION = "under_rectification"
    DETERMINED = "determined"
    CLOSED = "closed"
    OUTCOME_UNDER_REVIEW = "outcome_under_review"


class CaseAct(StrEnum):
    """What can be done with a case."""

    FILE = "file"
    SUPPLEMENT = "supplement"
    REPLY = "reply"
    ASSIGN = "assign"
    TAKE_OVER = "take_over"
    REQUEST_SUPPLEMENT = "request_supplement"
    ACCEPT = "accept"
    REFUSE = "refuse"
    MESSAGE = "message"
    VERIFY = "verify"
    RECORD_ON_SITE = "record_on_site"
    EXTEND = "extend"
    REPORT = "report"
    RETURN = "return"
    FIND_UNSUBSTANTIATED = "find_unsubstantiated"
    ORDER_RECTIFICATION = "order_rectification"
    REMOVE = "remove"
    EXCLUDE = "exclude"
    PRINT_ORDER = "print_order"
    ANSWER_RECTIFICATION = "answer_rectification"
    EXTEND_RECTIFICATION = "extend_rectification"
    CONFIRM_RECTIFICATION = "confirm_rectification"
    FAIL_RECTIFICATION = "fail_rectification"
    ANNOUNCE = "announce"
    TAKE_BACK = "take_back"
    CLOSE = "close"
    REQUEST_REVIEW = "request_review"
    UPHOLD = "uphold"
    REOPEN = "reopen"
    ESCALATE = "escalate"
    OPEN_IDENTITY = "open_identity"
    ASK_IDENTITY = "ask_identity"
    CONSENT_IDENTITY = "consent_identity"
    DECLINE_IDENTITY = "decline_identity"


class RespondentKind(StrEnum):
    """Whom a complaint is about; ``named``: somebody who was not found in the register."""

    UNIT = "unit"
    AGENCY = "agency"
    NAMED = "named"


class ProblemKind(StrEnum):
    """What is wrong, in the complainant's words of choice."""

    FALSE_DATA = "false_data"
    FALSE_MATERIAL = "false_material"
    NOT_IN_OPERATION = "not_in_operation"
    SAFETY_ACCIDENT = "safety_accident"
    QUALITY_ACCIDENT = "quality_accident"
    POLLUTION = "pollution"
    TAX_OR_LAW = "tax_or_law"
    DISHONESTY_LISTED = "dishonesty_listed"
    AGENCY_MISCONDUCT = "agency_misconduct"
    OTHER = "other"


class RefusalGround(StrEnum):
    """Why a complaint is not accepted."""

    NOT_WITHIN_SCOPE = "not_within_scope"
    NO_REAL_NAME = "no_real_name"
    NO_EVIDENCE = "no_evidence"
    ALREADY_HANDLED = "already_handled"
    OTHER_PROCEDURE = "other_procedure"


class Outcome(StrEnum):
    """What the department determined (Art. 24, 18, 22)."""

    NOT_SUBSTANTIATED = "not_substantiated"
    RECTIFICATION = "rectification"
    REMOVAL = "removal"
    EXCLUSION = "exclusion"


class Reviewed(StrEnum):
    """What the department is asked to look at once more."""

    REFUSAL = "refusal"
    OUTCOME = "outcome"


class Origin(StrEnum):
    """From whom a file of a case came. The complainant sees their own."""

    COMPLAINANT = "complainant"
    STAFF = "staff"
    ENTERPRISE = "enterprise"


class Finding(StrEnum):
    """What the verification found."""

    SUBSTANTIATED = "substantiated"
    PARTLY = "partly_substantiated"
    NOT_SUBSTANTIATED = "not_substantiated"


STATUS_LABELS: Mapping[CaseStatus, LazyString] = {
    CaseStatus.FILED: _l("Received"),
    CaseStatus.SUPPLEMENT_REQUESTED: _l("Supplement requested"),
    CaseStatus.REFUSED: _l("Not accepted"),
    CaseStatus.REFUSAL_UNDER_REVIEW: _l("Refusal under review"),
    CaseStatus.ACCEPTED: _l("Accepted"),
    CaseStatus.UNDER_VERIFICATION: _l("Under verification"),
    CaseStatus.REPORTED: _l("Awaiting determination"),
    CaseStatus.UNDER_RECTIFICATION: _l("Under rectification"),
    CaseStatus.DETERMINED: _l("Determined"),
    CaseStatus.CLOSED: _l("Closed case"),
    CaseStatus.OUTCOME_UNDER_REVIEW: _l("Result under review"),
}
#: The colour beside the word.
STATUS_TONES: Mapping[CaseStatus, str] = {
    CaseStatus.FILED: "saffron",
    CaseStatus.SUPPLEMENT_REQUESTED: "saffron",
    CaseStatus.REFUSED: "madder",
    CaseStatus.REFUSAL_UNDER_REVIEW: "lake",
    CaseStatus.ACCEPTED: "lake",
    CaseStatus.UNDER_VERIFICATION: "lake",
    CaseStatus.REPORTED: "lake",
    CaseStatus.UNDER_RECTIFICATION: "saffron",
    CaseStatus.DETERMINED: "pine",
    CaseStatus.CLOSED: "plain",
    CaseStatus.OUTCOME_UNDER_REVIEW: "lake",
}
#: What the complainant reads beside the status: one whole sentence each.
STATUS_SENTENCES: Mapping[CaseStatus, LazyString] = {
    CaseStatus.FILED: _l("Your complaint has been received. It will be accepted or refused with a reason."),
    CaseStatus.SUPPLEMENT_REQUESTED: _l("Please supplement the supporting material."),
    CaseStatus.REFUSED: _l("Your complaint was not accepted, for the reason below."),
    CaseStatus.REFUSAL_UNDER_REVIEW: _l("The department reviews the decision, as you asked."),
    CaseStatus.ACCEPTED: _l("Your complaint has been accepted."),
    CaseStatus.UNDER_VERIFICATION: _l("Your complaint is being verified."),
    CaseStatus.REPORTED: _l("Verification is complete. The department's determination is pending."),
    CaseStatus.UNDER_RECTIFICATION: _l("Determination: rectification within a time limit was ordered."),
    CaseStatus.DETERMINED: _l("The department has made its determination."),
    CaseStatus.CLOSED: _l("The case is closed."),
    CaseStatus.OUTCOME_UNDER_REVIEW: _l("The department reviews the decision, as you asked."),
}
ACT_LABELS: Mapping[CaseAct, LazyString] = {
    CaseAct.FILE: _l("Complaint filed"),
    CaseAct.SUPPLEMENT: _l("Supplement received"),
    CaseAct.REPLY: _l("Message from the complainant"),
    CaseAct.ASSIGN: _l("Assigned to an authority"),
    CaseAct.TAKE_OVER: _l("Taken over by the department"),
    CaseAct.REQUEST_SUPPLEMENT: _l("Supplement requested"),
    CaseAct.ACCEPT: _l("Accepted"),
    CaseAct.REFUSE: _l("Not accepted"),
    CaseAct.MESSAGE: _l("Message to the complainant"),
    CaseAct.VERIFY: _l("Verification recorded"),
    CaseAct.RECORD_ON_SITE: _l("On-site check recorded"),
    CaseAct.EXTEND: _l("Time for verification extended"),
    CaseAct.REPORT: _l("Reported to the department"),
    CaseAct.RETURN: _l("Returned for further verification"),
    CaseAct.FIND_UNSUBSTANTIATED: _l("Determined: not substantiated"),
    CaseAct.ORDER_RECTIFICATION: _l("Rectification ordered"),
    CaseAct.REMOVE: _l("Determined: removal from the list"),
    CaseAct.EXCLUDE: _l("Determined: exclusion of the agency"),
    CaseAct.PRINT_ORDER: _l("Letter of the rectification order printed"),
    CaseAct.ANSWER_RECTIFICATION: _l("The unit answered the rectification order"),
    CaseAct.EXTEND_RECTIFICATION: _l("Time for rectification extended"),
    CaseAct.CONFIRM_RECTIFICATION: _l("Rectification confirmed"),
    CaseAct.FAIL_RECTIFICATION: _l("Rectification not completed"),
    CaseAct.ANNOUNCE: _l("Announcement published"),
    CaseAct.TAKE_BACK: _l("Determination taken back before its announcement"),
    CaseAct.CLOSE: _l("Result told, case closed"),
    CaseAct.REQUEST_REVIEW: _l("Review requested"),
    CaseAct.UPHOLD: _l("Decision upheld after review"),
    CaseAct.REOPEN: _l("Case reopened after review"),
    CaseAct.ESCALATE: _l("Overdue: the department was told"),
    CaseAct.OPEN_IDENTITY: _l("Identity opened"),
    CaseAct.ASK_IDENTITY: _l("Opening of the identity requested"),
    CaseAct.CONSENT_IDENTITY: _l("Opening of the identity consented to"),
    CaseAct.DECLINE_IDENTITY: _l("Opening of the identity declined"),
}
PROBLEM_LABELS: Mapping[ProblemKind, LazyString] = {
    ProblemKind.FALSE_DATA: _l("False data"),
    ProblemKind.FALSE_MATERIAL: _l("False material"),
    ProblemKind.NOT_IN_OPERATION: _l("Not in normal operation"),
    ProblemKind.SAFETY_ACCIDENT: _l("Safety accident"),
    ProblemKind.QUALITY_ACCIDENT: _l("Quality accident"),
    ProblemKind.POLLUTION: _l("Environmental pollution"),
    ProblemKind.TAX_OR_LAW: _l("Tax offence or other violation of the law"),
    ProblemKind.DISHONESTY_LISTED: _l("Listed as a dishonest judgment debtor"),
    ProblemKind.AGENCY_MISCONDUCT: _l("Misconduct of an evaluation agency"),
    ProblemKind.OTHER: _l("Other"),
}
REFUSAL_LABELS: Mapping[RefusalGround, LazyString] = {
    RefusalGround.NOT_WITHIN_SCOPE: _l("It does not concern the information of a listed unit or an agency."),
    RefusalGround.NO_REAL_NAME: _l("The real name could not be confirmed."),
    RefusalGround.NO_EVIDENCE: _l("There is no supporting material that could be verified."),
    RefusalGround.ALREADY_HANDLED: _l("The same facts have been handled already."),
    RefusalGround.OTHER_PROCEDURE: _l("Another procedure is responsible for it by law."),
}
OUTCOME_LABELS: Mapping[Outcome, LazyString] = {
    Outcome.NOT_SUBSTANTIATED: _l("Not substantiated"),
    Outcome.RECTIFICATION: _l("Rectification within a time limit"),
    Outcome.REMOVAL: _l("Removal from the list"),
    Outcome.EXCLUSION: _l("Exclusion of the agency"),
}
FINDING_LABELS: Mapping[Finding, LazyString] = {
    Finding.SUBSTANTIATED: _l("Substantiated"),
    Finding.PARTLY: _l("Partly substantiated"),
    Finding.NOT_SUBSTANTIATED: _l("Not substantiated"),
}
FINDING_TONES: Mapping[Finding, str] = {
    Finding.SUBSTANTIATED: "madder",
    Finding.PARTLY: "saffron",
    Finding.NOT_SUBSTANTIATED: "pine",
}
ASSURANCE_LABELS: Mapping[Assurance, LazyString] = {
    Assurance.DECLARED: _l("Declared by the complainant"),
    Assurance.CONTACT_VERIFIED: _l("Phone or e-mail verified"),
    Assurance.IDENTITY_VERIFIED: _l("Confirmed by the identity service"),
}


@dataclass(frozen=True)
class ActRule:
    """How an act is offered and who may do it; ``public``: the complainant reads what is written with it."""

    permission: Permission
    does: LazyString
    consequence: LazyString
    public: bool = False
    note_needed: bool = True


#: The acts of staff. The label is an order, the consequence says what follows for whom.
STAFF_ACTS: Mapping[CaseAct, ActRule] = {
    CaseAct.ACCEPT: ActRule(
        Permission.VERIFY,
        _l("Accept"),
        _l("The complainant is told. The time for verification begins."),
        public=True,
        note_needed=False,
    ),
    CaseAct.REQUEST_SUPPLEMENT: ActRule(
        Permission.VERIFY,
        _l("Ask for a supplement"),
        _l("The complainant reads your request. The clock stops until the supplement arrives."),
        public=True,
    ),
    CaseAct.REFUSE: ActRule(
        Permission.VERIFY,
        _l("Refuse"),
        _l("The complainant reads the ground and your explanation. The case ends here."),
        public=True,
    ),
    CaseAct.VERIFY: ActRule(
        Permission.VERIFY,
        _l("Record a verification"),
        _l("Kept in the case for the department. The complainant does not read it."),
    ),
    CaseAct.RECORD_ON_SITE: ActRule(
        Permission.VERIFY,
        _l("Record an on-site check"),
        _l("Kept in the case for the department. The complainant does not read it."),
    ),
    CaseAct.EXTEND: ActRule(
        Permission.VERIFY,
        _l("Extend the time for verification"),
        _l("Possible once. The complainant reads your reason and the new date."),
        public=True,
    ),
    CaseAct.REPORT: ActRule(
        Permission.VERIFY,
        _l("Report to the department"),
        _l("The case goes to the department for determination, with your report."),
    ),
    CaseAct.PRINT_ORDER: ActRule(
        Permission.DETERMINE,
        _l("Print the letter of the order"),
        _l("The letter carries a new secret for the unit; an earlier letter no longer opens the order."),
        note_needed=False,
    ),
    CaseAct.CONFIRM_RECTIFICATION: ActRule(
        Permission.VERIFY,
        _l("Confirm the rectification"),
        _l("The case is closed, and the complainant reads the result."),
        public=True,
    ),
    CaseAct.FAIL_RECTIFICATION: ActRule(
        Permission.VERIFY,
        _l("Report that rectification was not completed"),
        _l("The case goes back to the department for a new determination."),
    ),
    CaseAct.ASSIGN: ActRule(
        Permission.DETERMINE,
        _l("Assign to an authority"),
        _l("That authority decides on acceptance and verifies."),
    ),
    CaseAct.TAKE_OVER: ActRule(
        Permission.DETERMINE,
        _l("Take the case over"),
        _l("The department verifies itself. Whoever verifies cannot determine."),
    ),
    CaseAct.RETURN: ActRule(
        Permission.DETERMINE,
        _l("Return for further verification"),
        _l("The case goes back to the verifying authority with your questions."),
    ),
    CaseAct.FIND_UNSUBSTANTIATED: ActRule(
        Permission.DETERMINE,
        _l("Determine: not substantiated"),
        _l("The complainant reads your reasons."),
        public=True,
    ),
    CaseAct.ORDER_RECTIFICATION: ActRule(
        Permission.DETERMINE,
        _l("Order rectification"),
        _l("The unit must rectify by the date you set; the verifying authority checks the result."),
        public=True,
    ),
    CaseAct.EXTEND_RECTIFICATION: ActRule(
        Permission.DETERMINE,
        _l("Extend the time for rectification"),
        _l("The complainant and the unit read your reason and the new date."),
        public=True,
    ),
    CaseAct.REMOVE: ActRule(
        Permission.DETERMINE,
        _l("Determine removal from the list"),
        _l("The removal becomes pending and an announcement is drafted. It takes effect when that is published."),
        public=True,
    ),
    CaseAct.EXCLUDE: ActRule(
        Permission.DETERMINE,
        _l("Determine exclusion of the agency"),
        _l("The exclusion becomes pending and an announcement is drafted. It begins when that is published."),
        public=True,
    ),
    CaseAct.TAKE_BACK: ActRule(
        Permission.DETERMINE,
        _l("Take the determination back"),
        _l("What awaits its announcement falls with the draft. The case awaits a new determination."),
        public=True,
    ),
    CaseAct.CLOSE: ActRule(
        Permission.DETERMINE,
        _l("Tell the result and close"),
        _l("The complainant reads the result. The case is closed."),
        public=True,
    ),
    CaseAct.UPHOLD: ActRule(
        Permission.DETERMINE,
        _l("Uphold the decision"),
        _l("The complainant reads your reasons. The decision stands for good."),
        public=True,
    ),
    CaseAct.REOPEN: ActRule(
        Permission.DETERMINE,
        _l("Reopen the case"),
        _l("The complainant is told. The time for verification begins."),
        public=True,
    ),
    CaseAct.MESSAGE: ActRule(
        Permission.VERIFY,
        _l("Write to the complainant"),
        _l("The complainant reads it with receipt number and secret."),
        public=True,
    ),
}

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


class VerifierCannotDetermine(DomainError):
    """Verification and determination are two persons' work (Art. 24: one verifies, the other determines)."""

    status = 403
    message = _l("Whoever took part in the verification of a case cannot determine it.")


class DeciderCannotReview(DomainError):
    """A review is another person's work than the decision that it reviews."""

    status = 403
    message = _l("Whoever made the decision cannot review it.")


class NothingToReview(DomainError):
    """No review can be asked for: it was asked for already, its time is over, or the outcome leaves nothing to ask for."""

    status = 409
    message = _l("A review can be requested once, within its time limit, of a refusal or of the result.")


class AlreadyExtended(DomainError):
    """The time for verification is extended once, and only while it runs."""

    status = 409
    message = _l("The time for verification can be extended only once, and only before it has passed.")


class WrongRespondent(DomainError):
    """The act does not fit the respondent: only units are removed, only agencies excluded."""

    message = _l("This determination does not fit the respondent.")


class NotOurs(DomainError):
    """The unit stands under none of the nine authorities (Art. 2, 24); ``province`` is where it belongs."""

    def __init__(self, name: str, province: str) -> None:
        self.name, self.province = name, province
        self.message = _l(
            "This unit is not under an authority of the region, so its complaint cannot be taken here. Please turn to the "
            "competent department for industry and information technology of: %(province)s",
            province=province,
        )
        super().__init__(province)


@dataclass(frozen=True)
class Standing:
    """Where a case stands, as far as it decides who may do what; ``awaiting``: its outcome awaits an announcement."""

    status: CaseStatus
    kind: RespondentKind
    taken_over: bool = False
    extended: bool = False
    awaiting: bool = False


def acts_for(standing: Standing, allowed: Set[Permission], done: Set[CaseAct]) -> tuple[CaseAct, ...]:
    """The acts of staff that are possible for somebody with these permissions.

    Args:
        done: what this person did in the case before; see :func:`barred`.
    """
    not_theirs = barred(done)
    return tuple(
        dict.fromkeys(
            act
            for act in WORKFLOW.available(standing.status)
            if act in STAFF_ACTS
            and permission_for(act, taken_over=standing.taken_over) in allowed
            and act not in not_theirs
            and fits(act, standing.kind)
            and not (act is A.EXTEND and standing.extended)
            and not (act is A.TAKE_OVER and standing.taken_over)
            and not (act is A.TAKE_BACK and not standing.awaiting)
        )
    )


def permission_for(act: CaseAct, *, taken_over: bool) -> Permission:
    """What an act of staff asks for. In a case that the department took over, its own determiners verify (Art. 24)."""
    return Permission.DETERMINE if taken_over else STAFF_ACTS[act].permission


def barred(done: Set[CaseAct]) -> frozenset[CaseAct]:
    """What somebody may not do any more in a case, from what they did in it: the separation of duties as data."""
    not_theirs: set[CaseAct] = set()
    if done & VERIFYING:
        not_theirs |= DETERMINING | REVIEWING
    if done & DECIDING:
        not_theirs |= REVIEWING
    return frozenset(not_theirs)


def require_separate(act: CaseAct, done: Set[CaseAct]) -> None:
    """Let an act pass that is not barred by what the person did in the case before.

    Raises:
        VerifierCannotDetermine: they verified in it.
        DeciderCannotReview: they made the decision that is under review.
    """
    if act in barred(done):
        raise VerifierCannotDetermine if done & VERIFYING else DeciderCannotReview


def reviews_asked(acts: Sequence[CaseAct]) -> frozenset[Reviewed]:
    """What was reviewed already, or is being, from the acts of a case in their order."""
    asked, latest = set(), Reviewed.REFUSAL
    for act in acts:
        if act in DECIDING:
            latest = Reviewed.REFUSAL if act is A.REFUSE else Reviewed.OUTCOME
        elif act is A.REQUEST_REVIEW:
            asked.add(latest)
    return frozenset(asked)


def reviewable(status: CaseStatus, outcome: Outcome | None, acts: Sequence[CaseAct]) -> Reviewed | None:
    """What the complainant may ask the department to review now, each once; None where there is nothing."""
    if status is S.REFUSED:
        wanted = Reviewed.REFUSAL
    elif status is S.CLOSED and outcome in CONTESTABLE:
        wanted = Reviewed.OUTCOME
    else:
        return None
    return None if wanted in reviews_asked(acts) else wanted


def overall(findings: Collection[Finding]) -> Finding:
    """What a verification found on the whole, from what it found on each allegation.

    Args:
        findings: at least one.
    """
    if all(finding is Finding.NOT_SUBSTANTIATED for finding in findings):
        return Finding.NOT_SUBSTANTIATED
    return Finding.SUBSTANTIATED if set(findings) == {Finding.SUBSTANTIATED} else Finding.PARTLY


def fits(act: CaseAct, kind: RespondentKind) -> bool:
    """Whether a determination can be made about such a respondent (Art. 18, 22, 24)."""
    if act is A.REMOVE:
        return kind is RespondentKind.UNIT
    if act is A.EXCLUDE:
        return kind is RespondentKind.AGENCY
    return True


def route(
    *,
    unit_authority: int | None,
    agency_authority: int | None,
    evaluated_unit_authority: int | None,
    department: int,
    self_interested: bool = False,
) -> int:
    """The authority that a complaint goes to (Art. 24).

    A unit: where it is located. An agency of the region: where it is located; one from elsewhere: to the authority of the
    unit whose evaluation is complained about. Where nobody is named, and where the authority has a stake (the park
    committee and its own park), the department, which assigns.
    """
    if self_interested:
        return department
    return unit_authority or agency_authority or evaluated_unit_authority or department
