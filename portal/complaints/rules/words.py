"""What the codes of a complaint are called, and the colour beside a word."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.rules.states import CaseAct, CaseStatus, Finding, Outcome, ProblemKind, RefusalGround
from portal.filings.rules import Assurance

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
