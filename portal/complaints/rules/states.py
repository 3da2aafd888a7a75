"""The states, acts and kinds of a complaint, as codes."""

from __future__ import annotations

from enum import StrEnum


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
