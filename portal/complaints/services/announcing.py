"""What a case owes to its announcement: its publication is entered, and with a draft that is given up the determination falls."""

from __future__ import annotations

from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.services import SYSTEM
from portal.complaints import clocks
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import WORKFLOW, CaseAct
from portal.complaints.services.consequences import take_back
from portal.content.models import Document
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction


def on_document_published(_app: object, document: Document, by: Person | None = None, **_extra: object) -> None:
    """Enter into the cases behind an announcement that it is published, in the publication's own transaction."""
    _follow(document, CaseAct.ANNOUNCE, by)


def on_document_withdrawn(_app: object, document: Document, by: Person | None = None, **_extra: object) -> None:
    """Give the cases back to the department whose announcement was given up before anybody read it."""
    if document.published_at is None:
        _follow(document, CaseAct.FALL, by)


def _follow(document: Document, what: CaseAct, by: Person | None) -> None:
    with transaction():
        query = select(Case).where(Case.document_id == document.id).order_by(Case.id).with_for_update(of=Case)
        for case in db.session.scalars(query).unique().all():
            if what is CaseAct.ANNOUNCE and any(event.act is what for event in case.events):
                continue
            target = WORKFLOW.target(what, case.status)
            case.events.append(CaseEvent(act=what, at=clock.now(), public=True))
            if what is CaseAct.FALL:
                take_back(case)
            clocks.move(case, what, target)
            if case.status is not target:
                case.status = target
            else:
                case.version += 1
            actor = by.actor if by else SYSTEM
            audit.record(f"complaints.case.{what}", case.subject, actor, {"document": document.id})
