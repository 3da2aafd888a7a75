"""What staff do with a case: one act, one transaction, one line in the timeline, one audit record."""

from __future__ import annotations

from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.complaints import clocks, queries
from portal.complaints.handling.services import take_up
from portal.complaints.models import Case, CaseEvent, Evidence
from portal.complaints.rules import STAFF_ACTS, WORKFLOW, CaseAct, permission_for
from portal.complaints.services import reporting
from portal.complaints.services.checking import check
from portal.complaints.services.consequences import carry_out
from portal.complaints.services.filing import INTAKE
from portal.complaints.services.instruction import Instruction
from portal.filings import sealing
from portal.filings.taking import forget
from portal.foundation import audit, clock
from portal.foundation.database import transaction
from portal.foundation.errors import Stale
from portal.vault.boxes import Box

__all__ = ["Instruction", "act"]


def act(case_id: int, what: CaseAct, instruction: Instruction, *, by: Person) -> Case:
    """Do ``what`` with a case.

    Raises:
        NotFound: no such case, or not for this person's authority.
        NotPermitted: the role or the authority does not allow it.
        Stale: the case changed after the page was opened.
        IllegalTransition: the act is not possible in the case's state.
        VerifierCannotDetermine, DeciderCannotReview: the person did before what bars them from this.
        AlreadyExtended: the time for verification was extended before, or has passed.
        WrongRespondent: the determination does not fit the respondent.
        Invalid: something that the act needs is missing.
        NotTaken: an attachment was refused; nothing is kept.
    """
    files = _take_in(case_id, what, instruction, by)
    try:
        with transaction():
            queries.hold(case_id)
            case = _case_for(case_id, what, by)
            if instruction.version is not None and instruction.version != case.version:
                raise Stale
            target = WORKFLOW.target(what, case.status)
            check(case, what, instruction, by)
            take_up(case, by)
            box = sealing.open_filing(case)
            event = _enter(case, box, what, instruction, by)
            reporting.attach(case, event, files)
            carry_out(case, box, what, instruction, by)
            clocks.move(case, what, target, instruction.rectify_by)
            case.come_to(target)
            audit.record(f"complaints.case.{what}", case.subject, by.actor, _facts(case, instruction, files))
    except BaseException:
        forget(files)
        raise
    return case


def _case_for(case_id: int, what: CaseAct, by: Person) -> Case:
    """The case, for a person who may do this with it."""
    case = queries.case_for(case_id, by)
    authorities.require(by, permission_for(what, taken_over=case.taken_over), case.authority_id)
    return case


def _take_in(case_id: int, what: CaseAct, instruction: Instruction, by: Person) -> list[Evidence]:
    """Seal attachments before the transaction: while a large file is read, nobody else waits."""
    if not instruction.files:
        return []
    case = _case_for(case_id, what, by)
    WORKFLOW.target(what, case.status)
    return INTAKE.take_in(instruction.files, sealing.open_filing(case))


def _enter(case: Case, box: Box, what: CaseAct, instruction: Instruction, by: Person) -> CaseEvent:
    event = CaseEvent(
        act=what,
        at=clock.now(),
        person_id=by.id,
        authority_id=by.authority_id,
        public=STAFF_ACTS[what].public,
        sealed_note=sealing.seal_note(box, instruction.note),
    )
    if what is CaseAct.RECORD_ON_SITE:
        reporting.note_details(event, box, instruction)
    case.events.append(event)
    return event


def _facts(case: Case, instruction: Instruction, files: list[Evidence]) -> dict[str, object]:
    """What the audit log keeps: codes, dates and numbers, never what was written."""
    facts = {
        "refusal_ground": instruction.refusal_ground,
        "finding": case.finding if instruction.finding or instruction.judgements else None,
        "removal_ground": instruction.removal_ground,
        "exclusion_ground": instruction.exclusion_ground,
        "rectify_by": instruction.rectify_by.isoformat() if instruction.rectify_by else None,
        "authority": instruction.authority or None,
        "files": len(files) or None,
    }
    return {"status": str(case.status), **{name: str(value) for name, value in facts.items() if value}}
