"""Objections of Article 13 as tables and pure functions: until when, who decides, what a decision does to a candidate.

The rules name no time for a decision; the number of days comes from the rulebook and is the department's own promise.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities.rules import Permission
from portal.foundation.errors import DomainError
from portal.foundation.workflow import Transition, Workflow
from portal.register.batches.rules import GROUNDS, CandidateState, Hold, HoldKind, is_over
from portal.register.rules import REMOVAL_LABELS, RemovalGround
from portal.rulebook.rules import Rule


class ObjectionStatus(StrEnum):
    """The condition an objection is in."""

    FILED = "filed"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    SUSTAINED = "sustained"
    REJECTED = "rejected"


class ObjectionAct(StrEnum):
    """What can be done with an objection."""

    FILE = "file"
    SUPPLEMENT = "supplement"
    REPLY = "reply"
    REQUEST_SUPPLEMENT = "request_supplement"
    SUSTAIN = "sustain"
    REJECT = "reject"
    MESSAGE = "message"
    OPEN_IDENTITY = "open_identity"


S, A = ObjectionStatus, ObjectionAct
#: An objection that is not decided holds its candidate back.
PENDING = frozenset({S.FILED, S.SUPPLEMENT_REQUESTED})
#: What may be found against a candidate: what bars it (Art. 15), false material, or that it does not qualify (Art. 8-10).
SUSTAIN_GROUNDS = (*GROUNDS, RemovalGround.FALSE_MATERIAL, RemovalGround.NO_LONGER_QUALIFIES)
SUSTAIN_LABELS: Mapping[RemovalGround, LazyString] = {ground: REMOVAL_LABELS[ground] for ground in SUSTAIN_GROUNDS}

WORKFLOW: Workflow[ObjectionStatus, ObjectionAct] = Workflow(
    (
        Transition(A.SUSTAIN, PENDING, S.SUSTAINED, "13"),
        Transition(A.REJECT, PENDING, S.REJECTED, "13"),
        Transition(A.REQUEST_SUPPLEMENT, frozenset({S.FILED}), S.SUPPLEMENT_REQUESTED, "13"),
        Transition(A.SUPPLEMENT, frozenset({S.SUPPLEMENT_REQUESTED}), S.FILED, "13"),
        Transition(A.MESSAGE, PENDING, None),
        Transition(A.REPLY, PENDING, None),
        Transition(A.OPEN_IDENTITY, frozenset(S), None),
    )
)
#: The clock that runs in a state; a decided objection has none.
CLOCKS: Mapping[ObjectionStatus, Rule] = {
    S.FILED: Rule.OBJECTION_DECIDE,
    S.SUPPLEMENT_REQUESTED: Rule.OBJECTION_SUPPLEMENT,
}

STATUS_LABELS: Mapping[ObjectionStatus, LazyString] = {
    S.FILED: _l("Received"),
    S.SUPPLEMENT_REQUESTED: _l("Supplement requested"),
    S.SUSTAINED: _l("Objection upheld"),
    S.REJECTED: _l("Objection not upheld"),
}
#: The colour beside the word.
STATUS_TONES: Mapping[ObjectionStatus, str] = {
    S.FILED: "saffron",
    S.SUPPLEMENT_REQUESTED: "saffron",
    S.SUSTAINED: "pine",
    S.REJECTED: "plain",
}
#: What the objector reads beside the status: one whole sentence each.
STATUS_SENTENCES: Mapping[ObjectionStatus, LazyString] = {
    S.FILED: _l("Your objection has been received. The department decides on it."),
    S.SUPPLEMENT_REQUESTED: _l("Please supplement the supporting material."),
    S.SUSTAINED: _l("The department has upheld your objection. The candidate will not be listed."),
    S.REJECTED: _l("The department has examined your objection and not upheld it."),
}
ACT_LABELS: Mapping[ObjectionAct, LazyString] = {
    A.FILE: _l("Objection filed"),
    A.SUPPLEMENT: _l("Supplement received"),
    A.REPLY: _l("Message from the objector"),
    A.REQUEST_SUPPLEMENT: _l("Supplement requested"),
    A.SUSTAIN: _l("Objection upheld"),
    A.REJECT: _l("Objection not upheld"),
    A.MESSAGE: _l("Message to the objector"),
    A.OPEN_IDENTITY: _l("Identity opened"),
}


@dataclass(frozen=True)
class ActRule:
    """How an act is offered. The label is an order, the consequence says what follows. The objector reads every note."""

    does: LazyString
    consequence: LazyString


#: The acts of the department, which alone decides on objections (Art. 13).
STAFF_ACTS: Mapping[ObjectionAct, ActRule] = {
    A.SUSTAIN: ActRule(
        _l("Uphold the objection"),
        _l("The candidate will not be listed. The objector reads your reasons; the announcement names the ground."),
    ),
    A.REJECT: ActRule(
        _l("Do not uphold the objection"),
        _l("The objector reads your reasons. This objection no longer holds the candidate back."),
    ),
    A.REQUEST_SUPPLEMENT: ActRule(
        _l("Ask for a supplement"),
        _l("The objector reads your request. The clock stops until the supplement arrives."),
    ),
    A.MESSAGE: ActRule(
        _l("Write to the objector"),
        _l("The objector reads it with receipt number and secret."),
    ),
}
STAFF = Permission.DETERMINE


class PublicityOver(DomainError):
    """The window has ended: objections belong to it and end with it."""

    status = 409
    message = _l(
        "The publicity period is over, so objections are no longer taken. What you know of a listed unit can be filed as "
        "a complaint at any time."
    )


class NotPublicised(DomainError):
    """The unit is no candidate of a public notice, or no longer."""

    status = 409
    message = _l("This unit is not, or is no longer, a candidate of a publicity that is open.")


class UnknownGround(DomainError):
    """A ground that no objection can be upheld on."""


def check_time(state: CandidateState, *, public: bool, last: date | None, today: date) -> None:
    """Whether an objection against a candidate can be filed on a day: from publication to the end of the last day.

    Args:
        public: whether the notice is public now.
        last: the last day of the window; None while the calendar does not know it, and the window has not ended then.

    Raises:
        PublicityOver: the last day has passed.
        NotPublicised: the notice is not public, or the candidate does not stand in it any more.
    """
    if not public:
        raise NotPublicised
    if is_over(last, today):
        raise PublicityOver
    if state is not CandidateState.PUBLICISED:
        raise NotPublicised


def acts_for(status: ObjectionStatus, allowed: Set[Permission]) -> tuple[ObjectionAct, ...]:
    """The acts of staff that are possible for somebody with these permissions."""
    if STAFF not in allowed:
        return ()
    return tuple(act for act in WORKFLOW.available(status) if act in STAFF_ACTS)


def hold_of(status: ObjectionStatus, ground: RemovalGround | None) -> Hold | None:
    """What an objection does to its candidate: pending it holds back, upheld it drops, not upheld it does nothing."""
    if status in PENDING:
        return Hold(HoldKind.PENDING, _l("Under examination"))
    if status is S.SUSTAINED and ground is not None:
        return Hold(HoldKind.SUSTAINED, _l("An objection was upheld: %(ground)s", ground=REMOVAL_LABELS[ground]))
    return None
