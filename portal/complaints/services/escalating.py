"""What was promised and did not happen in time is said: once per promised date, to both levels and to the complainant."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, update

from portal.authorities.services import SYSTEM
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import OPEN, CaseAct
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction

AT_ONCE = 500


def escalate_overdue() -> int:
    """Enter the passing of every promised date that passed before today; how many there were.

    Each case is a transaction of its own, and claims its date before anything is written: two that run at the same
    time, or one that is killed and starts again, enter it once.
    """
    told = 0
    while found := _overdue():
        told += sum(map(_escalate, found))
    return told


def _overdue() -> list[int]:
    query = select(Case.id).where(*_is_due()).order_by(Case.id).limit(AT_ONCE)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def _escalate(case_id: int) -> bool:
    with transaction():
        # Not by way of the model: a page that an officer has open must not become out of date by this.
        table = Case.__table__
        claim = update(table).where(table.c.id == case_id, *_is_due())  # type: ignore[arg-type]
        if not db.session.execute(claim.values(escalated_due=table.c.due_on)).rowcount:  # type: ignore[attr-defined]
            return False
        case = db.session.scalars(
            select(Case).where(Case.id == case_id).execution_options(populate_existing=True)
        ).one()
        case.events.append(CaseEvent(act=CaseAct.ESCALATE, at=clock.now(), public=True))
        facts = {"status": str(case.status), "due": case.due_on.isoformat() if case.due_on else None}
        audit.record(f"complaints.case.{CaseAct.ESCALATE}", case.subject, SYSTEM, facts)
    return True


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return (
        Case.status.in_(list(OPEN)),
        Case.due_on < clock.today(),
        or_(Case.escalated_due.is_(None), Case.escalated_due != Case.due_on),
    )
