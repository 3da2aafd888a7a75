"""What staff do with a case: one act, one transaction, one line in the timeline, one audit record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from portal.authorities import queries as authority_queries
from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.complaints import clocks, queries
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import (
    DETERMINING,
    OUTCOMES,
    STAFF_ACTS,
    WORKFLOW,
    CaseAct,
    Finding,
    RefusalGround,
    VerifierCannotDetermine,
    WrongRespondent,
    fits,
)
from portal.filings import sealing
from portal.filings.forms import REQUIRED
from portal.foundation import audit, clock
from portal.foundation.database import transaction
from portal.foundation.errors import Invalid, Stale
from portal.register import services as register
from portal.register.rules import ExclusionGround, RemovalGround
from portal.vault.boxes import Box


@dataclass(frozen=True)
class Instruction:
    """What an act needs beside itself; an act takes what concerns it.

    ``version`` is that of the page the person acted on; None only for acts of the system itself.
    """

    version: int | None = None
    note: str = ""
    refusal_ground: RefusalGround | None = None
    finding: Finding | None = None
    removal_ground: RemovalGround | None = None
    exclusion_ground: ExclusionGround | None = None
    rectify_by: date | None = None
    authority: str = ""


def act(case_id: int, what: CaseAct, instruction: Instruction, *, by: Person) -> Case:
    """Do ``what`` with a case.

    Raises:
        NotFound: no such case, or not for this person's authority.
        NotPermitted: the role or the authority does not allow it.
        Stale: the case changed after the page was opened.
        IllegalTransition: the act is not possible in the case's state.
        VerifierCannotDetermine: the person took part in the verification.
        WrongRespondent: the determination does not fit the respondent.
        Invalid: something that the act needs is missing.
    """
    rule = STAFF_ACTS[what]
    with transaction():
        queries.hold(case_id)
        case = queries.case_for(case_id, by)
        authorities.require(by, rule.permission, case.authority_id)
        if instruction.version is not None and instruction.version != case.version:
            raise Stale
        target = WORKFLOW.target(what, case.status)
        _check(case, what, instruction, by)
        box = sealing.open_filing(case)
        _note(case, box, what, instruction.note, by, public=rule.public)
        _carry_out(case, what, instruction, by)
        clocks.step(case, target, clock.today())
        if what is CaseAct.ORDER_RECTIFICATION:
            case.clock_days, case.due_on = None, instruction.rectify_by
        if case.status is not target:
            case.status = target
        else:
            # The page that others have open is out of date even where the state stays.
            case.version += 1
        audit.record(f"complaints.case.{what}", case.subject, by.actor, _facts(case, instruction))
    return case


def _check(case: Case, what: CaseAct, instruction: Instruction, by: Person) -> None:
    if what in DETERMINING and queries.took_part(case, by):
        raise VerifierCannotDetermine
    if not fits(what, case.respondent_kind):
        raise WrongRespondent
    faults: dict[str, object] = {}
    if STAFF_ACTS[what].note_needed and not instruction.note.strip():
        faults["note"] = REQUIRED
    needed = {
        CaseAct.REFUSE: "refusal_ground",
        CaseAct.REPORT: "finding",
        CaseAct.REMOVE: "removal_ground",
        CaseAct.EXCLUDE: "exclusion_ground",
        CaseAct.ORDER_RECTIFICATION: "rectify_by",
        CaseAct.ASSIGN: "authority",
    }.get(what)
    if needed and not getattr(instruction, needed):
        faults[needed] = REQUIRED
    if instruction.rectify_by is not None and instruction.rectify_by <= clock.today():
        faults["rectify_by"] = _l("The date must lie in the future.")
    if faults:
        raise Invalid(faults)


def _carry_out(case: Case, what: CaseAct, instruction: Instruction, by: Person) -> None:
    """The consequence of an act beyond the case's state."""
    if what is CaseAct.REFUSE:
        case.refusal_ground = instruction.refusal_ground
    elif what is CaseAct.REPORT:
        case.finding = instruction.finding
    elif what is CaseAct.ASSIGN:
        _assign(case, instruction.authority)
    elif what is CaseAct.REMOVE and instruction.removal_ground:
        unit = case.unit
        assert unit is not None  # noqa: S101 - `fits` let only units pass
        case.ground = instruction.removal_ground
        case.document_id = register.propose_removal(unit, instruction.removal_ground, by=by, case=case.subject).id
    elif what is CaseAct.EXCLUDE and instruction.exclusion_ground:
        agency = case.agency
        assert agency is not None  # noqa: S101 - `fits` let only agencies pass
        case.ground = instruction.exclusion_ground
        case.document_id = register.propose_exclusion(agency, instruction.exclusion_ground, by=by, case=case.subject).id
    if what in OUTCOMES:
        case.outcome = OUTCOMES[what]


def _assign(case: Case, code: str) -> None:
    authority = authority_queries.authority_by_code(code)
    if authority is None or authority.is_department:
        raise Invalid({"authority": _l("Please choose an authority that verifies.")})
    case.authority_id, case.authority = authority.id, authority


def _note(case: Case, box: Box, what: CaseAct, note: str, by: Person, *, public: bool) -> None:
    case.events.append(
        CaseEvent(
            act=what,
            at=clock.now(),
            person_id=by.id,
            authority_id=by.authority_id,
            public=public,
            sealed_note=sealing.seal_note(box, note),
        )
    )


def _facts(case: Case, instruction: Instruction) -> dict[str, object]:
    """What the audit log keeps: codes and dates, never what was written."""
    facts = {
        "refusal_ground": instruction.refusal_ground,
        "finding": instruction.finding,
        "removal_ground": instruction.removal_ground,
        "exclusion_ground": instruction.exclusion_ground,
        "rectify_by": instruction.rectify_by.isoformat() if instruction.rectify_by else None,
        "authority": instruction.authority or None,
    }
    return {"status": str(case.status), **{name: str(value) for name, value in facts.items() if value}}
