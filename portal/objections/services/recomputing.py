"""What a changed calendar does to promised dates: those not known get known, those that run may become later."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import or_, select

from portal.authorities.models import Person
from portal.authorities.services import SYSTEM
from portal.filings import clocks
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.objections.models import Objection
from portal.objections.rules import PENDING
from portal.rulebook import queries as rulebook


def on_calendar_changed(_app: Flask, by: Person | None = None, **_extra: object) -> None:
    """Answer the rulebook inside its transaction."""
    recompute(by)


def recompute(by: Person | None) -> list[Objection]:
    """Set the promised dates of pending objections anew. A date that has passed stays, and none becomes earlier."""
    moved = []
    with transaction():
        runs = or_(Objection.due_on.is_(None), Objection.due_on >= clock.today())
        query = select(Objection).where(Objection.status.in_(PENDING), runs).order_by(Objection.id)
        for objection in db.session.scalars(query.with_for_update(of=Objection)).all():
            computed, before = clocks.promised(objection, rulebook.calendar()), objection.due_on
            if computed is None or (before is not None and computed <= before):
                continue
            objection.due_on = computed
            db.session.flush()
            facts = {"from": before.isoformat() if before else None, "due": computed.isoformat()}
            audit.record("objections.objection.recomputed", objection.subject, by.actor if by else SYSTEM, facts)
            moved.append(objection)
    return moved
