"""Which cases belong together: several people complained about the same thing, it is examined once, each gets an answer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.handling import diary
from portal.complaints.handling.rules import MOST_AT_ONCE, DeskAct, NotRelated, same_respondent
from portal.complaints.models import Case
from portal.foundation.database import db, transaction


def link(case_id: int, others: Sequence[int], *, by: Person) -> Case:
    """Let a case and others on the same respondent belong together, with all that either belongs to already.

    Raises:
        NotFound, InterestDeclared: one of them is not for this person.
        NotRelated: they are about different respondents, or about themselves.
    """
    with transaction():
        case = queries.case_for(case_id, by)
        found = [queries.case_for(number, by) for number in dict.fromkeys(others[:MOST_AT_ONCE])]
        if not found or any(other.id == case.id or not same_respondent(case, other) for other in found):
            raise NotRelated
        joined = [case, *found]
        group = min(item.related_group or item.id for item in joined)
        groups = {item.related_group for item in joined if item.related_group is not None}
        for item in joined:
            if item.related_group != group:
                item.related_group = group
                diary.write(item, DeskAct.LINK, by)
        db.session.flush()
        db.session.execute(
            update(Case)
            .where(Case.related_group.in_(groups - {group}))
            .values(related_group=group, version=Case.version + 1)
        )
    return case


def unlink(case_id: int, *, by: Person) -> Case:
    """Let a case stand alone again.

    Raises:
        NotFound, InterestDeclared: it is not for this person.
    """
    with transaction():
        case = queries.case_for(case_id, by)
        group, case.related_group = case.related_group, None
        if group is not None:
            diary.write(case, DeskAct.UNLINK, by)
            db.session.flush()
            rest = db.session.scalars(select(Case).where(Case.related_group == group)).unique().all()
            if len(rest) == 1:
                # One alone belongs with nothing.
                rest[0].related_group = None
    return case
