"""A yearly round, from recommendation to announcement: its states, its acts, and who stands at its end (Art. 12-15)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities.rules import Permission
from portal.foundation.errors import DomainError
from portal.foundation.workflow import Transition, Workflow
from portal.register.rules import REMOVAL_LABELS, Level, RemovalGround, years_later

#: The levels whose lists the region itself announces (Art. 5, 13); the ministry announces the national ones, which are
#: imported.
ROUND_LEVELS = (Level.REGIONAL, Level.PREFECTURAL)
#: Art. 15: what bars a unit within the last three years, in the article's own order.
GROUNDS = (
    RemovalGround.NOT_IN_OPERATION,
    RemovalGround.VIOLATION,
    RemovalGround.REMOVED_BEFORE,
    RemovalGround.SERIOUS_PROBLEMS,
    RemovalGround.ENERGY_RECTIFICATION,
    RemovalGround.DISHONEST_DEBTOR,
)
GROUND_LABELS: Mapping[RemovalGround, LazyString] = {ground: REMOVAL_LABELS[ground] for ground in GROUNDS}
GROUND_YEARS = 3
LISTING_ARTICLE = "13"


class BatchState(StrEnum):
    """Where a round stands. Whether its publicity is over is never stored: it follows from the window and the day."""

    COLLECTING = "collecting"
    REVIEWING = "reviewing"
    NOTICE_DRAFTED = "notice_drafted"
    PUBLICISED = "publicised"
    ANNOUNCEMENT_DRAFTED = "announcement_drafted"
    ANNOUNCED = "announced"


class BatchAct(StrEnum):
    """What is done in a round. The first is how it comes to be, and no transition."""

    OPEN = "open"
    RECOMMEND = "recommend"
    TAKE_OUT = "take_out"
    CLOSE_RECOMMENDATION = "close_recommendation"
    REOPEN_RECOMMENDATION = "reopen_recommendation"
    CHECK = "check"
    REVIEW = "review"
    DECIDE = "decide"
    CONSULT = "consult"
    OPEN_PUBLICITY = "open_publicity"
    TAKE_BACK_NOTICE = "take_back_notice"
    PUBLICISE = "publicise"
    NOTICE_WITHDRAWN = "notice_withdrawn"
    DROP = "drop"
    DRAFT_ANNOUNCEMENT = "draft_announcement"
    TAKE_BACK_ANNOUNCEMENT = "take_back_announcement"
    ANNOUNCE = "announce"
    REPORT_UP = "report_up"


class CandidateState(StrEnum):
    """Where a candidate stands."""

    RECOMMENDED = "recommended"
    SELECTED = "selected"
    NOT_SELECTED = "not_selected"
    WITHDRAWN = "withdrawn"
    PUBLICISED = "publicised"
    HELD = "held"
    DROPPED = "dropped"
    LISTED = "listed"


class Organ(StrEnum):
    """Art. 13: the departments whose opinion is asked before publicity."""

    ECOLOGY = "ecology"
    EMERGENCY = "emergency"
    MARKET = "market"


class HoldKind(StrEnum):
    """What something that stands against a candidate does to it."""

    PENDING = "pending"
    SUSTAINED = "sustained"


class Lack(StrEnum):
    """What keeps a candidate, or a round, from going on."""

    UNCHECKED = "unchecked"
    GROUND = "ground"
    AGENCY = "agency"
    UNREVIEWED = "unreviewed"
    UNDECIDED = "undecided"
    ADVERSE = "adverse"
    OPINION = "opinion"
    NOBODY = "nobody"


#: States of candidates that were publicised; only these can come to be listed.
AFTER_PUBLICITY = frozenset(
    {CandidateState.PUBLICISED, CandidateState.HELD, CandidateState.DROPPED, CandidateState.LISTED}
)
#: States of candidates whose way has not been decided by publicity yet.
BEFORE_PUBLICITY = frozenset({CandidateState.RECOMMENDED, CandidateState.SELECTED, CandidateState.NOT_SELECTED})

_C, _R, _N, _P, _A, _D = (
    BatchState.COLLECTING,
    BatchState.REVIEWING,
    BatchState.NOTICE_DRAFTED,
    BatchState.PUBLICISED,
    BatchState.ANNOUNCEMENT_DRAFTED,
    BatchState.ANNOUNCED,
)
WORKFLOW: Workflow[BatchState, BatchAct] = Workflow(
    (
        Transition(BatchAct.RECOMMEND, frozenset({_C}), None, "12"),
        Transition(BatchAct.TAKE_OUT, frozenset({_C, _R}), None, "12"),
        Transition(BatchAct.CLOSE_RECOMMENDATION, frozenset({_C}), _R, "12"),
        Transition(BatchAct.REOPEN_RECOMMENDATION, frozenset({_R}), _C, "12"),
        # A ground may come to light, or turn out to be none, as long as a candidate is neither listed nor dropped.
        Transition(BatchAct.CHECK, frozenset({_C, _R, _P, _D}), None, "15"),
        Transition(BatchAct.REVIEW, frozenset({_R}), None, "13"),
        Transition(BatchAct.DECIDE, frozenset({_R}), None, "13"),
        Transition(BatchAct.CONSULT, frozenset({_C, _R}), None, "13"),
        Transition(BatchAct.OPEN_PUBLICITY, frozenset({_R}), _N, "13"),
        Transition(BatchAct.TAKE_BACK_NOTICE, frozenset({_N}), _R),
        Transition(BatchAct.PUBLICISE, frozenset({_N}), _P, "13"),
        Transition(BatchAct.NOTICE_WITHDRAWN, frozenset({_P, _A}), _N),
        Transition(BatchAct.DROP, frozenset({_P, _D}), None, "13"),
        Transition(BatchAct.DRAFT_ANNOUNCEMENT, frozenset({_P, _D}), _A, "13"),
        Transition(BatchAct.TAKE_BACK_ANNOUNCEMENT, frozenset({_A}), _P),
        Transition(BatchAct.ANNOUNCE, frozenset({_A}), _D, "13"),
        Transition(BatchAct.REPORT_UP, frozenset({_D}), None, "13"),
    )
)
#: Authorities recommend and check their own; the round itself is kept by the department (Art. 12, 13).
OF_AUTHORITIES = frozenset({BatchAct.RECOMMEND, BatchAct.TAKE_OUT, BatchAct.CHECK})
NEEDED: Mapping[BatchAct, Permission] = {
    act: Permission.DRAFT if act in OF_AUTHORITIES else Permission.KEEP_REGISTER for act in BatchAct
}
#: Acts that another person must be able to understand later.
EXPLAINED = frozenset(
    {BatchAct.REOPEN_RECOMMENDATION, BatchAct.TAKE_BACK_NOTICE, BatchAct.TAKE_BACK_ANNOUNCEMENT, BatchAct.DROP}
)

STATE_LABELS: Mapping[BatchState, LazyString] = {
    BatchState.COLLECTING: _l("Recommendation"),
    BatchState.REVIEWING: _l("Review"),
    BatchState.NOTICE_DRAFTED: _l("Publicity notice drafted"),
    BatchState.PUBLICISED: _l("Publicity"),
    BatchState.ANNOUNCEMENT_DRAFTED: _l("Announcement drafted"),
    BatchState.ANNOUNCED: _l("Announced"),
}
PUBLICITY_OVER = _l("Publicity period over")
#: What the timeline says was done, and what a button says will be.
ACT_LABELS: Mapping[BatchAct, LazyString] = {
    BatchAct.OPEN: _l("Open a batch"),
    BatchAct.RECOMMEND: _l("Recommend"),
    BatchAct.TAKE_OUT: _l("Withdraw"),
    BatchAct.CLOSE_RECOMMENDATION: _l("Close recommendation"),
    BatchAct.REOPEN_RECOMMENDATION: _l("Reopen recommendation"),
    BatchAct.CHECK: _l("Check of Article 15"),
    BatchAct.REVIEW: _l("Expert review"),
    BatchAct.DECIDE: _l("Selection"),
    BatchAct.CONSULT: _l("Opinion of a department"),
    BatchAct.OPEN_PUBLICITY: _l("Draft the publicity notice"),
    BatchAct.TAKE_BACK_NOTICE: _l("Take the draft back"),
    BatchAct.PUBLICISE: _l("Publicised"),
    BatchAct.NOTICE_WITHDRAWN: _l("Withdrawn"),
    BatchAct.DROP: _l("Do not list"),
    BatchAct.DRAFT_ANNOUNCEMENT: _l("Draft the announcement"),
    BatchAct.TAKE_BACK_ANNOUNCEMENT: _l("Take the draft back"),
    BatchAct.ANNOUNCE: _l("Announced"),
    BatchAct.REPORT_UP: _l("Recommended to the ministry"),
}
CANDIDATE_LABELS: Mapping[CandidateState, LazyString] = {
    CandidateState.RECOMMENDED: _l("Recommended"),
    CandidateState.SELECTED: _l("Selected"),
    CandidateState.NOT_SELECTED: _l("Not selected"),
    CandidateState.WITHDRAWN: _l("Withdrawn"),
    CandidateState.PUBLICISED: _l("Publicised"),
    CandidateState.HELD: _l("Held back"),
    CandidateState.DROPPED: _l("Not listed"),
    CandidateState.LISTED: _l("Listed"),
}
ORGAN_LABELS: Mapping[Organ, LazyString] = {
    Organ.ECOLOGY: _l("Ecology and environment department"),
    Organ.EMERGENCY: _l("Emergency management department"),
    Organ.MARKET: _l("Market regulation department"),
}
LACK_LABELS: Mapping[Lack, LazyString] = {
    Lack.UNCHECKED: _l("Not every ground of Article 15 has been checked."),
    Lack.GROUND: _l("A ground of Article 15 stands against this unit."),
    Lack.AGENCY: _l("The agency behind the evaluation report is excluded or lacks the basic conditions."),
    Lack.UNREVIEWED: _l("No expert has reviewed this unit."),
    Lack.UNDECIDED: _l("The selection has not been decided."),
    Lack.ADVERSE: _l("A department that was asked objects to this unit."),
    Lack.OPINION: _l("The opinion of a department is missing."),
    Lack.NOBODY: _l("No unit is selected."),
}


class NotReady(DomainError):
    """Something is missing before the round can go on; ``lacks`` says what."""

    status = 409

    def __init__(self, lacks: Collection[Lack]) -> None:
        self.lacks = tuple(dict.fromkeys(lacks))
        self.message = LACK_LABELS[self.lacks[0]]
        super().__init__(", ".join(self.lacks))


class PublicityRuns(DomainError):
    """The window is open, or nobody knows yet when it ends."""

    status = 409
    message = _l("The publicity period is not over yet.")


class CandidatesChanged(DomainError):
    """What was drafted is not what stands now."""

    status = 409
    message = _l("The candidates have changed since this was drafted. Take the draft back and draft it again.")


class NothingToAnnounce(DomainError):
    """No candidate waits for an announcement."""

    status = 409
    message = _l("No candidate awaits an announcement.")


@dataclass(frozen=True)
class Hold:
    """What stands against a candidate after publicity, in words for the published reconciliation."""

    kind: HoldKind
    reason: LazyString


@dataclass(frozen=True)
class Dossier:
    """What is known of a candidate before publicity, as far as the law asks."""

    state: CandidateState
    checked: Mapping[RemovalGround, bool]
    reviews: int
    adverse: bool
    agency_barred: bool
    removed_lately: bool


def lacks(dossier: Dossier) -> tuple[Lack, ...]:
    """What keeps a candidate from publicity (Art. 13, 15, 22); empty where nothing does."""
    found = {
        Lack.UNCHECKED: set(GROUNDS) - set(dossier.checked),
        Lack.GROUND: any(dossier.checked.values()) or dossier.removed_lately,
        Lack.AGENCY: dossier.agency_barred,
        Lack.UNREVIEWED: not dossier.reviews,
        Lack.UNDECIDED: dossier.state is CandidateState.RECOMMENDED,
        Lack.ADVERSE: dossier.adverse,
    }
    return tuple(lack for lack, holds in found.items() if holds)


def batch_lacks(given: Collection[Organ], selected: int) -> tuple[Lack, ...]:
    """What keeps a round from publicity as a whole: the three opinions, and somebody to publicise (Art. 13)."""
    missing = [Lack.OPINION] if set(Organ) - set(given) else []
    return tuple(missing if selected else [*missing, Lack.NOBODY])


def is_over(last: date | None, today: date) -> bool:
    """Whether a publicity has ended: its last day counts to its end. A window that nobody knows has not ended."""
    return last is not None and today > last


def outcome(state: CandidateState, holds: Iterable[HoldKind]) -> CandidateState | None:
    """What becomes of a candidate when its publicity is over; None for one that was never publicised."""
    if state not in AFTER_PUBLICITY:
        return None
    if state is CandidateState.LISTED:
        return CandidateState.LISTED
    kinds = set(holds)
    if state is CandidateState.DROPPED or HoldKind.SUSTAINED in kinds:
        return CandidateState.DROPPED
    return CandidateState.HELD if HoldKind.PENDING in kinds else CandidateState.LISTED


def removed_lately(removals: Iterable[date | None], today: date) -> bool:
    """Whether a unit was removed from a list within the last three years (Art. 15(3))."""
    return any(day is not None and today <= years_later(day, GROUND_YEARS) for day in removals)


def possible_acts(state: BatchState, allowed: Collection[Permission]) -> tuple[BatchAct, ...]:
    """The acts on a round in a state for a person with the permissions ``allowed``."""
    return tuple(act for act in WORKFLOW.available(state) if NEEDED[act] in allowed)


def parse_candidate_id(text: str) -> int | None:
    """The number of a candidate's public id such as ``c12``; None where the text is none."""
    match = re.fullmatch(r"c([1-9][0-9]{0,8})", text.strip().lower(), re.ASCII)
    return int(match[1]) if match else None


def in_order(labels: Sequence[Lack]) -> list[LazyString]:
    """The words for what is missing."""
    return [LACK_LABELS[lack] for lack in labels]
