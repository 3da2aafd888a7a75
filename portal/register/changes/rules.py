"""How an entry is removed and how a change of a unit is taken in, from the desk to the announcement (Art. 18, 19)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities.rules import Permission
from portal.foundation.errors import DomainError
from portal.foundation.workflow import Transition, Workflow
from portal.register.cleaning import is_name, name_key, tidy
from portal.register.rules import EventKind, Level, PendingState, RemovalGround
from portal.rulebook.rules import Rule

NOTE_LENGTH = 2000
REFERENCE_LENGTH = 200


class Timing(StrEnum):
    """Art. 18: with the yearly list, or at once."""

    YEARLY = "yearly"
    AT_ONCE = "at_once"


class DecisionAct(StrEnum):
    """What becomes of a decision that awaits its announcement."""

    TAKE_EFFECT = "take_effect"
    WITHDRAW = "withdraw"


class ChangeKind(StrEnum):
    """Art. 19: what a unit states."""

    RENAMED = "renamed"
    RELOCATED = "relocated"
    SCOPE = "scope"


class ChangeOrigin(StrEnum):
    """Who entered a statement: staff, from what the unit sent them, or a person of the unit in its own space."""

    AUTHORITY = "authority"
    UNIT = "unit"


class ChangeState(StrEnum):
    """Where a statement stands."""

    STATED = "stated"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    DRAFTED = "drafted"
    EFFECTIVE = "effective"
    WITHDRAWN = "withdrawn"


class ChangeAct(StrEnum):
    """What can be done with a statement. The first is how it comes to be, and no transition."""

    STATE = "state"
    CONFIRM = "confirm"
    REJECT = "reject"
    ANNOUNCE = "announce"
    RELEASE = "release"
    TAKE_EFFECT = "take_effect"
    WITHDRAW = "withdraw"


class ReportState(StrEnum):
    """Whether the ministry was told of what concerns an entry of its list."""

    DUE = "due"
    TOLD = "told"
    DROPPED = "dropped"


class ReportAct(StrEnum):
    """What becomes of a report to the ministry."""

    TELL = "tell"
    DROP = "drop"


class AnnouncementState(StrEnum):
    """Whether the draft that was made for decisions still stands for any of them."""

    OPEN = "open"
    PUBLISHED = "published"
    TAKEN_BACK = "taken_back"


class AnnouncementAct(StrEnum):
    """What becomes of a draft that was made for decisions."""

    PUBLISH = "publish"
    TAKE_BACK = "take_back"


_PENDING, _DUE = frozenset({PendingState.PENDING}), frozenset({ReportState.DUE})
DECISIONS: Workflow[PendingState, DecisionAct] = Workflow(
    (
        Transition(DecisionAct.TAKE_EFFECT, _PENDING, PendingState.EFFECTIVE, "18"),
        Transition(DecisionAct.WITHDRAW, _PENDING, PendingState.DROPPED, "18"),
    )
)
CHANGES: Workflow[ChangeState, ChangeAct] = Workflow(
    (
        Transition(ChangeAct.CONFIRM, frozenset({ChangeState.STATED}), ChangeState.CONFIRMED, "19"),
        Transition(ChangeAct.REJECT, frozenset({ChangeState.STATED}), ChangeState.REJECTED, "19"),
        Transition(ChangeAct.ANNOUNCE, frozenset({ChangeState.CONFIRMED}), ChangeState.DRAFTED, "19"),
        Transition(ChangeAct.RELEASE, frozenset({ChangeState.DRAFTED}), ChangeState.CONFIRMED, "19"),
        Transition(ChangeAct.TAKE_EFFECT, frozenset({ChangeState.DRAFTED}), ChangeState.EFFECTIVE, "19"),
        Transition(
            ChangeAct.WITHDRAW,
            frozenset({ChangeState.STATED, ChangeState.CONFIRMED, ChangeState.DRAFTED}),
            ChangeState.WITHDRAWN,
            "19",
        ),
    )
)
REPORTS: Workflow[ReportState, ReportAct] = Workflow(
    (
        Transition(ReportAct.TELL, _DUE, ReportState.TOLD, "19"),
        Transition(ReportAct.DROP, _DUE, ReportState.DROPPED, "19"),
    )
)
ANNOUNCEMENTS: Workflow[AnnouncementState, AnnouncementAct] = Workflow(
    (
        Transition(AnnouncementAct.PUBLISH, frozenset({AnnouncementState.OPEN}), AnnouncementState.PUBLISHED, "18, 19"),
        Transition(
            AnnouncementAct.TAKE_BACK, frozenset({AnnouncementState.OPEN}), AnnouncementState.TAKEN_BACK, "18, 19"
        ),
    )
)

#: Acts of a person upon one statement, with who may do them: the unit's own authority confirms, the department decides.
CHANGE_PERMISSIONS: Mapping[ChangeAct, frozenset[Permission]] = {
    ChangeAct.CONFIRM: frozenset({Permission.VERIFY}),
    ChangeAct.REJECT: frozenset({Permission.VERIFY}),
    ChangeAct.WITHDRAW: frozenset({Permission.DETERMINE}),
}
#: Who may take a statement in for a unit, and take it back while nobody has examined it.
STATING = frozenset({Permission.VERIFY, Permission.KEEP_REGISTER})
#: Acts that another person must be able to understand later.
EXPLAINED = frozenset({ChangeAct.REJECT, ChangeAct.WITHDRAW})
OPEN_STATES = frozenset({ChangeState.STATED, ChangeState.CONFIRMED, ChangeState.DRAFTED})

#: Which rule of the rulebook holds the grounds of a removal.
GROUND_RULES: Mapping[Timing, Rule] = {
    Timing.YEARLY: Rule.REMOVAL_GROUNDS,
    Timing.AT_ONCE: Rule.REMOVAL_GROUNDS_AT_ONCE,
}
EVENTS: Mapping[ChangeKind, EventKind] = {
    ChangeKind.RENAMED: EventKind.RENAMED,
    ChangeKind.RELOCATED: EventKind.MOVED,
    ChangeKind.SCOPE: EventKind.CHANGED,
}
CHANGE_ARTICLE = "19"

TIMING_LABELS: Mapping[Timing, LazyString] = {
    Timing.YEARLY: _l("With the yearly list"),
    Timing.AT_ONCE: _l("At once"),
}
KIND_LABELS: Mapping[ChangeKind, LazyString] = {
    ChangeKind.RENAMED: _l("Name changed"),
    ChangeKind.RELOCATED: _l("Moved to another authority"),
    ChangeKind.SCOPE: _l("Scope or boundary changed"),
}
STATE_LABELS: Mapping[ChangeState, LazyString] = {
    ChangeState.STATED: _l("Awaits confirmation"),
    ChangeState.CONFIRMED: _l("Confirmed"),
    ChangeState.REJECTED: _l("Not confirmed"),
    ChangeState.DRAFTED: _l("Awaits its announcement"),
    ChangeState.EFFECTIVE: _l("Announced"),
    ChangeState.WITHDRAWN: _l("Withdrawn"),
}
DONE_LABELS: Mapping[ChangeAct, LazyString] = {
    ChangeAct.STATE: _l("Change stated"),
    ChangeAct.CONFIRM: _l("Confirmed"),
    ChangeAct.REJECT: _l("Not confirmed"),
    ChangeAct.ANNOUNCE: _l("Announcement drafted"),
    ChangeAct.RELEASE: _l("Draft taken back"),
    ChangeAct.TAKE_EFFECT: _l("Announced"),
    ChangeAct.WITHDRAW: _l("Withdrawn"),
}
TONES: Mapping[ChangeState, str] = {
    ChangeState.STATED: "saffron",
    ChangeState.CONFIRMED: "lake",
    ChangeState.DRAFTED: "saffron",
    ChangeState.EFFECTIVE: "pine",
}

REQUIRED = _l("This field is required.")
TOO_LONG = _l("This text is too long.")
FUTURE = _l("This date must not lie in the future.")
NOT_A_NAME = _l("This does not look like the name of a unit.")
SAME_NAME = _l("The unit bears this name already.")
SAME_AUTHORITY = _l("The unit stands under this authority already.")
NO_GROUND = _l("This ground does not hold for this kind of removal.")
NO_ENTRY = _l("Please choose at least one entry.")


class SamePerson(DomainError):
    """A change is two persons' work, whatever roles somebody may have come to."""

    status = 403
    message = _l("Whoever stated a change for the unit cannot examine it.")


class NotListed(DomainError):
    """A unit without an entry has nothing that a change could touch."""

    message = _l("This unit is on no list now.")


class NoOwnAuthority(DomainError):
    """Nobody could confirm the change."""

    message = _l("No authority is recorded that could confirm a change of this unit.")


class NameTaken(DomainError):
    """Two units of one province would bear one name."""

    status = 409
    message = _l("Another unit of the register bears this name.")


class UnderReview(DomainError):
    """The text is with the reviewers; nothing in it moves."""

    status = 409
    message = _l("The announcement is under review. It has to be sent back before a decision in it can be withdrawn.")


class OfACase(DomainError):
    """The decision is the outcome of a complaint."""

    status = 409
    message = _l("This decision is the outcome of a complaint and cannot be withdrawn here.")


class NothingToAnnounce(DomainError):
    """No decision stands behind the text any more."""

    status = 409
    message = _l("The decisions for which this announcement was drafted were withdrawn. It cannot be published.")


@dataclass(frozen=True)
class Change:
    """What a unit states: a new name, another authority (its code), or what else changed, with the day it happened."""

    kind: ChangeKind
    happened_on: date | None
    text: str
    new_name: str = ""
    new_name_bo: str = ""
    authority: str = ""


@dataclass(frozen=True)
class Removal:
    """A decision to remove: which entries (ids), on which ground, when, and why.

    ``ends_national``: the announcement ends entries of the ministry's list as well; without it they are reported only.
    """

    entries: tuple[int, ...]
    ground: RemovalGround | None
    timing: Timing
    note: str
    ends_national: bool = False


def ended_here(level: Level, *, ends_national: bool) -> bool:
    """Whether a removal ends an entry itself: the region its own and below, the ministry's only when it says so."""
    return level is not Level.NATIONAL or ends_national


def told_above(level: Level) -> bool:
    """Whether the ministry is to be told (Art. 19); of the region's lists it is the department that acts itself."""
    return level is Level.NATIONAL


def grounds(listed: Iterable[str]) -> tuple[RemovalGround, ...]:
    """The grounds of a rulebook list."""
    known = {str(ground): ground for ground in RemovalGround}
    return tuple(known[code] for code in listed if code in known)


def removal_faults(removal: Removal, allowed: Sequence[RemovalGround]) -> dict[str, object]:
    """What keeps a removal from being decided, by field (Art. 18)."""
    faults: dict[str, object] = {}
    if not removal.entries:
        faults["entries"] = NO_ENTRY
    if removal.ground is None:
        faults["ground"] = REQUIRED
    elif removal.ground not in allowed:
        faults["ground"] = NO_GROUND
    return faults | _text_faults("note", removal.note)


def change_faults(
    change: Change, *, name: str, authority: str, authorities: Set[str], today: date
) -> dict[str, object]:
    """What keeps a statement from being taken in, by field (Art. 19).

    Args:
        name: the unit's present name.
        authority: the code of its present authority.
        authorities: the codes of those that may take it over.
    """
    faults = _text_faults("text", change.text)
    if change.happened_on is None:
        faults["happened_on"] = REQUIRED
    elif change.happened_on > today:
        faults["happened_on"] = FUTURE
    if change.kind is ChangeKind.RENAMED:
        new = tidy(change.new_name)
        if not is_name(new):
            faults["new_name"] = NOT_A_NAME if new else REQUIRED
        elif name_key(new) == name_key(name):
            faults["new_name"] = SAME_NAME
    if change.kind is ChangeKind.RELOCATED:
        if change.authority not in authorities:
            faults["authority"] = REQUIRED
        elif change.authority == authority:
            faults["authority"] = SAME_AUTHORITY
    return faults


def to_be_stated_by(happened_on: date, form_day: Callable[[int], date]) -> date:
    """The day by which a change is to be stated: that of the first dynamic management form after it (Art. 19).

    Args:
        form_day: the last day for a year's form.
    """
    day = form_day(happened_on.year)
    return day if happened_on <= day else form_day(happened_on.year + 1)


def change_acts(
    state: ChangeState, at_authority: Set[Permission], origin: ChangeOrigin = ChangeOrigin.AUTHORITY
) -> tuple[ChangeAct, ...]:
    """The acts of a person with these permissions at the authority of the statement."""
    possible = [act for act in CHANGES.available(state) if act in CHANGE_PERMISSIONS]
    return tuple(act for act in possible if may_act(act, state, at_authority, origin))


def may_act(
    act: ChangeAct, state: ChangeState, at_authority: Set[Permission], origin: ChangeOrigin = ChangeOrigin.AUTHORITY
) -> bool:
    """Whether these permissions allow an act.

    Who took a statement in may take it back until it was examined; what the unit stated itself is the unit's to take back.
    """
    needed = CHANGE_PERMISSIONS[act]
    if act is ChangeAct.WITHDRAW and state is ChangeState.STATED and origin is ChangeOrigin.AUTHORITY:
        needed |= STATING
    return bool(needed & at_authority)


def _text_faults(field: str, text: str) -> dict[str, object]:
    if not text.strip():
        return {field: REQUIRED}
    return {field: TOO_LONG} if len(text) > NOTE_LENGTH else {}
