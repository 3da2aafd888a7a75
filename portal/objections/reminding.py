"""Which objections' dates press on a member of staff."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select

from portal.authorities.models import Person
from portal.authorities.rules import permissions
from portal.filings.reminding import Pressing, near_until
from portal.foundation.database import db
from portal.objections.models import Objection
from portal.objections.rules import PENDING, STAFF


def pressing(person: Person, today: date) -> Pressing:
    """The objections that wait for a decision of the department (Art. 13)."""
    if STAFF not in permissions(person.role_set):
        return Pressing()
    near = near_until(today, None)
    return Pressing(
        near=_number(Objection.due_on >= today, Objection.due_on <= near), overdue=_number(Objection.due_on < today)
    )


def _number(*conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Objection).where(Objection.status.in_(list(PENDING)), *conditions)
    return db.session.scalars(query).one()
