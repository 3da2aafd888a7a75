"""What a changed calendar does to promised dates: those not known get known, those that run may become later."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import or_, select

from portal.authorities.models import Person
from portal.authorities.services import SYSTEM
from portal.complaints import clocks
from portal.complaints.models import Case
from portal.complaints.rules import OPEN
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction


def on_calendar_changed(_app: Flask, by: Person | None = None, **_extra: object) -> None:
    """Answer the rulebook inside its transaction."""
    recompute(by)


def recompute(by: Person | None) -> list[Case]:
    """Set the promised dates of open cases anew. A date that has passed stays, and none becomes earlier."""
    moved = []
    with transaction():
        runs = or_(Case.due_on.is_(None), Case.due_on >= clock.today())
        query = select(Case).where(Case.status.in_(OPEN), Case.clock_days.is_not(None), runs).order_by(Case.id)
        for case in db.session.scalars(query.with_for_update(of=Case)).unique().all():
            computed, before = clocks.promised(case), case.due_on
            if computed is None or (before is not None and computed <= before):
                continue
            case.due_on = computed
            db.session.flush()
            facts = {"from": before.isoformat() if before else None, "due": computed.isoformat()}
            audit.record("complaints.case.recomputed", case.subject, by.actor if by else SYSTEM, facts)
            moved.append(case)
    return moved
