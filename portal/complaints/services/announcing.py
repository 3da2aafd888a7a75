"""What a case owes to its announcement: its publication is entered, and what falls before it goes back to the department."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, or_, select

from portal.complaints import clocks
from portal.complaints.models import Case, CaseEvent
from portal.complaints.parts import awaits_announcement
from portal.complaints.rules import WORKFLOW, CaseAct, Outcome
from portal.complaints.services.consequences import take_back
from portal.content.models import Document
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.register import queries as register
from portal.register.changes.rules import NothingToAnnounce
from portal.register.models import RegisterEvent
from portal.register.rules import EventKind

#: What an act of the ledger means for the cases that rest on it.
FOLLOWED: Mapping[EventKind, tuple[Outcome, CaseAct]] = {
    EventKind.REMOVED: (Outcome.REMOVAL, CaseAct.ANNOUNCE),
    EventKind.REMOVAL_DROPPED: (Outcome.REMOVAL, CaseAct.TAKE_BACK),
    EventKind.EXCLUDED: (Outcome.EXCLUSION, CaseAct.ANNOUNCE),
    EventKind.EXCLUSION_DROPPED: (Outcome.EXCLUSION, CaseAct.TAKE_BACK),
}


def on_document_published(_app: object, document: Document, **_extra: object) -> None:
    """Refuse an announcement whose determinations were all taken back.

    Raises:
        NothingToAnnounce: nothing is published.
    """
    if register.all_dropped(document.id):
        raise NothingToAnnounce


def on_acts_recorded(_app: object, events: Sequence[RegisterEvent], **_extra: object) -> None:
    """Follow what happens in the register to what was determined, in its own transaction, whoever did it."""
    for event in events:
        if event.kind in FOLLOWED:
            outcome, what = FOLLOWED[event.kind]
            _follow(event, outcome, what)


def _follow(event: RegisterEvent, outcome: Outcome, what: CaseAct) -> None:
    with transaction():
        query = select(Case).where(Case.outcome == outcome, *_resting_on(event)).order_by(Case.id)
        for case in db.session.scalars(query.with_for_update(of=Case)).unique().all():
            if not awaits_announcement(case):
                continue
            target = WORKFLOW.target(what, case.status)
            case.events.append(CaseEvent(act=what, at=clock.now(), public=True))
            if what is CaseAct.TAKE_BACK:
                take_back(case)
            else:
                case.document_id = event.document_id
            clocks.move(case, what, target)
            case.come_to(target)
            audit.record(f"complaints.case.{what}", case.subject, event.recorded_by, {"document": event.document_id})


def _resting_on(event: RegisterEvent) -> tuple[ColumnElement[bool], ...]:
    """The cases about the same unit or agency that await this announcement, or one that is not drafted yet."""
    about = Case.agency_id == event.agency_id if event.agency_id is not None else Case.unit_id == event.unit_id
    return about, or_(Case.document_id.is_(None), Case.document_id == event.document_id)
