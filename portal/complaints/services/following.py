"""What a complainant does with receipt number and secret: read, answer, add evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.complaints import clocks, sealing
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import WORKFLOW, CaseAct, CaseStatus
from portal.complaints.services.filing import COMPLAINANT, forget, take_in
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, Invalid, NotFound
from portal.foundation.identifiers import InvalidIdentifier, is_secret, normalize_receipt


class WrongSecret(DomainError):
    """Receipt number and secret do not belong together. Which of the two is wrong is not said."""

    status = 403
    message = _l("The receipt number or the secret is not correct.")


def follow(receipt: str, secret: str) -> Case:
    """The case of a receipt number, for whoever knows its secret.

    Raises:
        WrongSecret: for everyone else.
    """
    try:
        wanted = normalize_receipt(receipt)
    except InvalidIdentifier:
        raise WrongSecret from None
    # Compared in either case, and before anything else of the case is read: the time tells nothing of which receipts exist.
    found = db.session.execute(select(Case.id, Case.secret_digest).where(Case.receipt == wanted)).one_or_none()
    if not is_secret(secret, found.secret_digest if found else "0" * 64) or found is None:
        raise WrongSecret
    return db.session.get_one(Case, found.id)


def add_reply(case_id: int, text: str, files: Sequence[tuple[str, BinaryIO]]) -> Case:
    """Take a message and files of the complainant; a supplement that was asked for starts the clock again.

    Raises:
        Invalid: neither text nor file.
        IllegalTransition: the case is closed.
        NotTaken: a file was refused; nothing of the reply is kept.
    """
    if not text.strip() and not files:
        raise Invalid({"text": _l("Please write a message or choose a file.")})
    known = db.session.get(Case, case_id)
    if known is None:
        raise NotFound
    WORKFLOW.target(CaseAct.REPLY, known.status)
    box = sealing.open_case(known)
    evidence = take_in(files, box)
    try:
        with transaction():
            case = db.session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
            what = CaseAct.SUPPLEMENT if case.status is CaseStatus.SUPPLEMENT_REQUESTED else CaseAct.REPLY
            target = WORKFLOW.target(what, case.status)
            note = box.seal_text(text.strip(), sealing.NOTE) if text.strip() else None
            case.events.append(CaseEvent(act=what, at=clock.now(), public=True, sealed_note=note))
            case.evidence.extend(evidence)
            clocks.step(case, target, clock.today())
            if case.status is not target:
                case.status = target
            else:
                case.version += 1
            audit.record(f"complaints.case.{what}", case.subject, COMPLAINANT, {"files": len(evidence)})
    except BaseException:
        forget(evidence)
        raise
    return case
