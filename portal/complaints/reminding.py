"""Which cases' dates press on a member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import queries
from portal.complaints.models import Case
from portal.complaints.rules import DETERMINATION_QUEUE, VERIFICATION_QUEUE, CaseStatus
from portal.filings.reminding import Pressing, near_until
from portal.foundation.database import db


def pressing(person: Person, today: date) -> Pressing:
    """The cases that a person has in hand, or nobody yet; for the department also what is late elsewhere in the region."""
    mine = permissions(person.role_set)
    if Permission.DETERMINE in mine:
        own = _in_hand(person, DETERMINATION_QUEUE)
        others = (*queries.visible_to(person), Case.status.in_(list(VERIFICATION_QUEUE)), Case.taken_over.is_(False))
        near, elsewhere = near_until(today, None), _number(*others, Case.due_on < today)
    elif Permission.VERIFY in mine:
        own = _in_hand(person, VERIFICATION_QUEUE)
        near, elsewhere = near_until(today, person.authority_id), 0
    else:
        return Pressing()
    return Pressing(
        near=_number(*own, Case.due_on >= today, Case.due_on <= near),
        overdue=_number(*own, Case.due_on < today),
        elsewhere=elsewhere,
    )


def _in_hand(person: Person, statuses: Sequence[CaseStatus]) -> tuple[ColumnElement[bool], ...]:
    queue: ColumnElement[bool] = Case.status.in_(list(statuses))
    if Permission.DETERMINE in permissions(person.role_set):
        # What the department took over is verified by its own.
        queue = or_(queue, Case.status.in_(list(VERIFICATION_QUEUE)) & Case.taken_over.is_(True))
    theirs = or_(Case.assignee_id.is_(None), Case.assignee_id == person.id)
    return (*queries.visible_to(person), queue, theirs)


def _number(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalars(select(func.count()).select_from(Case).where(*conditions)).one()
