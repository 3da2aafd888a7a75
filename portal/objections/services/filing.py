"""Filing an objection and following it: taken once, sealed, within the window of its candidate."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.filings.taking import Content, Files, Intake, Taken, require_content
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.objections import clocks, queries
from portal.objections.models import Objection, ObjectionEvent, ObjectionEvidence
from portal.objections.rules import WORKFLOW, NotPublicised, ObjectionAct, ObjectionStatus
from portal.register.batches.models import Candidate

OBJECTOR = "objector"
INTAKE = Intake(
    Objection,
    ObjectionEvidence,
    "objection form",
    lambda receipt: _l(
        "This form has already been received under receipt number %(receipt)s. What you want to add can be sent with "
        "receipt number and secret; for another objection, open a new form.",
        receipt=receipt,
    ),
)
new_token, signed_token, follow = INTAKE.new_token, INTAKE.signed_token, INTAKE.follow


@dataclass(frozen=True)
class Filing:
    """An objection as it comes from a form whose shape has been checked; ``candidate`` is a public id."""

    candidate: str
    content: Content


def file_objection(filing: Filing, token: str) -> Taken[Objection]:
    """Take an objection (Art. 13). The same form sent again gives the same receipt and secret, also after the window.

    Raises:
        NotPublicised: the unit is no candidate, or no longer.
        PublicityOver: the window has ended.
        AlreadyFiled: the form was sent before with other content.
        NotTaken: a file is empty, too large or of a wrong type; nothing is kept.
    """
    return INTAKE.take(
        token,
        filing.content,
        [filing.candidate],
        make=lambda receipt: _objection(_open_target(filing.candidate), receipt),
        enter=lambda objection: _enter(objection, filing.candidate),
    )


def add_reply(objection_id: int, text: str, files: Files) -> Objection:
    """Take a message and files of the objector; a supplement that was asked for starts the clock again.

    Raises:
        Invalid: neither text nor file.
        IllegalTransition: it is decided.
        NotTaken: a file was refused; nothing of the reply is kept.
    """
    require_content(text, files)
    objection = queries.objection_by_id(objection_id)
    WORKFLOW.target(ObjectionAct.REPLY, objection.status)

    def enter(note: bytes | None, evidence: list[ObjectionEvidence]) -> None:
        query = select(Objection).where(Objection.id == objection_id).with_for_update(of=Objection)
        found = db.session.scalars(query).one()
        asked = found.status is ObjectionStatus.SUPPLEMENT_REQUESTED
        what = ObjectionAct.SUPPLEMENT if asked else ObjectionAct.REPLY
        status = WORKFLOW.target(what, found.status)
        found.events.append(ObjectionEvent(act=what, at=clock.now(), public=True, sealed_note=note))
        found.evidence.extend(evidence)
        clocks.step(found, status, clock.today())
        found.come_to(status)
        audit.record(f"objections.objection.{what}", found.subject, OBJECTOR, {"files": len(evidence)})

    INTAKE.add(objection, text, files, enter=enter)
    return objection


def renew_secret(objection_id: int) -> str:
    """A new secret for the objector, who follows the objection; the old one is worth nothing any more.

    Raises:
        NotFound: no such objection.
    """
    objection = queries.objection_by_id(objection_id)
    return INTAKE.renew_secret(objection, action="objections.secret.renewed", by=OBJECTOR)


def _open_target(ref: str) -> queries.Target:
    found = queries.target(ref)
    if found is None:
        raise NotPublicised
    if found.refusal is not None:
        raise found.refusal
    return found


def _objection(target: queries.Target, receipt: str) -> Objection:
    objection = Objection(
        receipt=receipt,
        candidate_id=target.candidate.id,
        candidate_name=target.candidate.name,
        notice_id=target.notice.id,
        window_last=target.last,
        filed_at=clock.now(),
        status=ObjectionStatus.FILED,
    )
    clocks.begin(objection, ObjectionStatus.FILED, clock.today())
    return objection


def _enter(objection: Objection, ref: str) -> None:
    # The upload may have taken a while: what counts is the moment in which the objection is written.
    db.session.execute(select(Candidate.id).where(Candidate.id == objection.candidate_id).with_for_update())
    _open_target(ref)
    objection.events.append(ObjectionEvent(act=ObjectionAct.FILE, public=True, at=objection.filed_at))
    db.session.flush()
    facts = {"candidate": ref, "files": len(objection.evidence)}
    audit.record("objections.objection.filed", objection.subject, OBJECTOR, facts)
