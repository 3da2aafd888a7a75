"""What the department does with an objection: one act, one transaction, one line in the timeline, one audit record."""

from __future__ import annotations

from dataclasses import dataclass

from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.filings import opening, sealing
from portal.filings.forms import REQUIRED
from portal.filings.sealing import Identity
from portal.foundation import audit, clock
from portal.foundation.database import transaction
from portal.foundation.errors import Invalid, Stale
from portal.objections import clocks, queries
from portal.objections.models import Objection, ObjectionEvent
from portal.objections.rules import STAFF, SUSTAIN_GROUNDS, WORKFLOW, ObjectionAct
from portal.register.rules import RemovalGround

FILES = opening.Files("objections", queries.objection_for)


@dataclass(frozen=True)
class Instruction:
    """What an act needs beside itself. ``version`` is that of the page the person acted on."""

    version: int | None = None
    note: str = ""
    ground: RemovalGround | None = None


def act(objection_id: int, what: ObjectionAct, instruction: Instruction, *, by: Person) -> Objection:
    """Do ``what`` with an objection.

    Raises:
        NotFound: no such objection, or not for this person.
        NotPermitted: the role does not allow it.
        Stale: it changed after the page was opened.
        IllegalTransition: the act is not possible in its state.
        Invalid: something that the act needs is missing.
    """
    with transaction():
        queries.hold(objection_id)
        objection = queries.objection_for(objection_id, by)
        authorities.require(by, STAFF)
        if instruction.version is not None and instruction.version != objection.version:
            raise Stale
        status = WORKFLOW.target(what, objection.status)
        _check(what, instruction)
        objection.events.append(
            ObjectionEvent(
                act=what,
                at=clock.now(),
                person_id=by.id,
                authority_id=by.authority_id,
                public=True,
                sealed_note=sealing.seal_note(sealing.open_filing(objection), instruction.note),
            )
        )
        facts: dict[str, object] = {"candidate": objection.candidate.public_id}
        if what is ObjectionAct.SUSTAIN:
            objection.ground = instruction.ground
            facts["ground"] = str(instruction.ground)
        clocks.step(objection, status, clock.today())
        objection.come_to(status)
        audit.record(f"objections.objection.{what}", objection.subject, by.actor, facts)
    return objection


def open_identity(objection_id: int, reason: str, *, by: Person) -> Identity:
    """Show who objected, to who decides, for a reason that the objector will read.

    Raises:
        NotFound: no such objection for this person.
        Invalid: the reason is missing.
    """
    with transaction():
        objection = queries.objection_for(objection_id, by)
        event = ObjectionEvent(act=ObjectionAct.OPEN_IDENTITY)
        return opening.reveal(objection, event, reason, action="objections.identity.opened", by=by)


def _check(what: ObjectionAct, instruction: Instruction) -> None:
    faults: dict[str, object] = {}
    if not instruction.note.strip():
        faults["note"] = REQUIRED
    if what is ObjectionAct.SUSTAIN and instruction.ground not in SUSTAIN_GROUNDS:
        faults["ground"] = REQUIRED
    if faults:
        raise Invalid(faults)
