"""What an act needs before it may be done: the right person, the right respondent, all its fields."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.authorities.models import Person
from portal.complaints import clocks, parts
from portal.complaints.models import Case
from portal.complaints.rules import (
    STAFF_ACTS,
    AlreadyExtended,
    CaseAct,
    WrongRespondent,
    fits,
    require_separate,
)
from portal.complaints.services.instruction import Instruction
from portal.content.rules import DocumentState
from portal.filings.forms import REQUIRED
from portal.foundation import clock
from portal.foundation.errors import DomainError, Invalid
from portal.foundation.workflow import IllegalTransition
from portal.register.changes.rules import UnderReview

#: The fields that an act cannot do without, beside its text.
NEEDED: Mapping[CaseAct, tuple[str, ...]] = {
    CaseAct.REFUSE: ("refusal_ground",),
    CaseAct.REMOVE: ("removal_ground",),
    CaseAct.EXCLUDE: ("exclusion_ground",),
    CaseAct.ORDER_RECTIFICATION: ("rectify_by", "measures"),
    CaseAct.EXTEND_RECTIFICATION: ("rectify_by",),
    CaseAct.ASSIGN: ("authority",),
    CaseAct.RECORD_ON_SITE: ("visited_on", "place", "participants"),
}


def check(case: Case, what: CaseAct, instruction: Instruction, by: Person) -> None:
    """Let an act pass whose person, respondent and fields are as it needs them.

    Raises:
        VerifierCannotDetermine, DeciderCannotReview: the person did before what bars them from this.
        WrongRespondent: the determination does not fit the respondent.
        AlreadyExtended: the time for verification was extended before, or has passed.
        DomainError: the department has the case already.
        IllegalTransition, UnderReview: nothing awaits its announcement, or the announcement is with the reviewers.
        Invalid: something that the act needs is missing.
    """
    require_separate(what, parts.done_by(case, by))
    if not fits(what, case.respondent_kind):
        raise WrongRespondent
    if what is CaseAct.EXTEND:
        due = clocks.due(case)
        if parts.was_extended(case) or (due is not None and due < clock.today()):
            raise AlreadyExtended
    if what is CaseAct.TAKE_OVER and case.taken_over:
        raise DomainError
    if what is CaseAct.TAKE_BACK:
        _check_draft(case)
    faults = _faults(case, what, instruction)
    if faults:
        raise Invalid(faults)


def _check_draft(case: Case) -> None:
    if not parts.awaits_announcement(case):
        raise IllegalTransition(CaseAct.TAKE_BACK, case.status)
    if case.document is not None and case.document.state is not DocumentState.DRAFT:
        raise UnderReview


def _faults(case: Case, what: CaseAct, instruction: Instruction) -> dict[str, object]:
    faults: dict[str, object] = {}
    if STAFF_ACTS[what].note_needed and not instruction.note.strip():
        faults["note"] = REQUIRED
    for name in NEEDED.get(what, ()):
        given = getattr(instruction, name)
        if not (given.strip() if isinstance(given, str) else given):
            faults[name] = REQUIRED
    if what is CaseAct.REPORT:
        faults |= _report_faults(case, instruction)
    if instruction.rectify_by is not None and not _lies_ahead(case, what, instruction):
        faults["rectify_by"] = _l("The date must lie in the future.")
    if instruction.visited_on is not None and instruction.visited_on > clock.today():
        faults["visited_on"] = _l("This date must not lie in the future.")
    return faults


def _lies_ahead(case: Case, what: CaseAct, instruction: Instruction) -> bool:
    """Whether a date to rectify by is still to come, and for an extension lies after the one that was set."""
    earliest = clock.today()
    if what is CaseAct.EXTEND_RECTIFICATION and case.due_on is not None:
        earliest = max(earliest, case.due_on)
    return instruction.rectify_by is not None and instruction.rectify_by > earliest


def _report_faults(case: Case, instruction: Instruction) -> dict[str, object]:
    """A report finds something about each allegation, with grounds where it finds about each apart."""
    if instruction.finding is None and (not case.allegations or not instruction.judgements):
        return {"finding": REQUIRED}
    for allegation in case.allegations:
        judgement = instruction.judgements.get(allegation.id)
        if judgement is None and instruction.finding is not None:
            continue
        if judgement is None or judgement.finding is None or not judgement.grounds.strip():
            return {"finding": _l("Please choose a finding for each allegation and write its grounds.")}
    return {}
