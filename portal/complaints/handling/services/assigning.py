"""Whose case it is: one, several at once, or all of a colleague who leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from portal.authorities import queries as accounts
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import queries
from portal.complaints.handling import diary, staffing
from portal.complaints.handling.rules import MOST_AT_ONCE, CannotTake, DeskAct, assigning_act
from portal.complaints.models import Case
from portal.complaints.rules import OPEN
from portal.filings.forms import REQUIRED
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotPermitted, Stale


@dataclass(frozen=True)
class Assigned:
    """What came of giving several cases to somebody: how many went over, and the receipt numbers of those left alone."""

    done: int
    skipped: Sequence[str]


def assign(case_id: int, version: int, to_id: int | None, *, by: Person, note: str = "") -> Case:
    """Give a case to a colleague or to oneself, with a note if there is something to say; ``to_id`` None: to nobody.

    Raises:
        NotFound: no such case for this person.
        Stale: it changed after the page was opened.
        CannotTake: the chosen person cannot work on it.
        NotPermitted: whoever acts has no say in it where it lies now.
        Invalid: a case of one's own goes to a colleague only with a note.
    """
    with transaction():
        queries.hold(case_id)
        case = queries.case_for(case_id, by)
        if version != case.version:
            raise Stale
        _require_say(case, by)
        to = accounts.person(to_id) if to_id is not None else None
        if to is not None and not staffing.can_take(case, to):
            raise CannotTake
        if assigning_act(case.assignee_id, to_id, by.id) is DeskAct.HAND_OVER and not note.strip():
            raise Invalid({"note": REQUIRED})
        _give(case, to, by, note)
    return case


def assign_many(seen: Sequence[tuple[int, int]], to_id: int | None, *, by: Person) -> Assigned:
    """Give several cases to one person at once.

    Args:
        seen: number and version of each case, as the page showed it. A case that changed meanwhile, has ended, or
            cannot go to this person is left as it is and named in the answer.

    Raises:
        CannotTake: the chosen person works on no cases at all.
    """
    versions = dict(seen[:MOST_AT_ONCE])
    with transaction():
        to = accounts.person(to_id) if to_id is not None else None
        if to is not None and not staffing.works_on_cases(to):
            raise CannotTake
        done, skipped = 0, []
        for case in _held(by, list(versions)):
            if versions[case.id] != case.version or not _possible(case, to, by):
                skipped.append(case.receipt)
            elif case.assignee_id != to_id:
                _give(case, to, by)
                done += 1
    return Assigned(done, skipped)


def hand_over_all(person: Person, to_id: int, *, by: Person, note: str = "") -> Assigned:
    """Give all open cases of a colleague to another, in one go: when somebody leaves or falls ill.

    An administrator may do so without seeing a case.

    Raises:
        NotPermitted: the person works at another authority.
        CannotTake: the other cannot work on cases, or is the same person.
    """
    with transaction():
        to = accounts.person(to_id)
        staffing.require_hand_over(person, by)
        if to.id == person.id or not staffing.works_on_cases(to):
            raise CannotTake
        done, skipped = 0, []
        for case in _of(person):
            if queries.has_interest(case.id, by.id):
                # Whoever keeps away from a case does not choose either who works on it.
                skipped.append(case.receipt)
            elif case.assignee_id != person.id:
                _rest(case, person, to, by)
                done += 1
            elif staffing.can_take(case, to):
                _give(case, to, by, note, as_act=DeskAct.HAND_OVER)
                done += 1
            else:
                skipped.append(case.receipt)
    return Assigned(done, skipped)


def take_up(case: Case, by: Person) -> None:
    """Whoever acts first on a case that is nobody's works on it from then on. Inside the transaction of the act."""
    if case.assignee_id is None and staffing.can_take(case, by):
        case.assignee_id = by.id
        diary.write(case, DeskAct.TAKE, by, colleague_id=by.id)


def _give(case: Case, to: Person | None, by: Person, note: str = "", *, as_act: DeskAct | None = None) -> None:
    to_id = to.id if to else None
    act = as_act or assigning_act(case.assignee_id, to_id, by.id)
    case.assignee_id = to_id
    diary.write(case, act, by, colleague_id=to_id, text=note)


def _rest(case: Case, person: Person, to: Person, by: Person) -> None:
    """The case lies with the other side; should it come back, it comes to whoever takes the person's place."""
    same_desk = to.authority_id == person.authority_id and not queries.has_interest(case.id, to.id)
    case.resting_assignee_id = to.id if same_desk else None
    diary.write(case, DeskAct.HAND_OVER, by, colleague_id=case.resting_assignee_id)


def _require_say(case: Case, by: Person) -> None:
    if not _has_say(case, by):
        raise NotPermitted


def _has_say(case: Case, by: Person) -> bool:
    """Whoever could work on it themselves, and the department, which reassigns where nobody else may."""
    return staffing.can_take(case, by) or Permission.DETERMINE in permissions(by.role_set)


def _possible(case: Case, to: Person | None, by: Person) -> bool:
    return case.is_open and _has_say(case, by) and (to is None or staffing.can_take(case, to))


def _held(by: Person, numbers: Sequence[int]) -> Sequence[Case]:
    query = queries.scope(by).where(Case.id.in_(numbers)).order_by(Case.id).with_for_update(of=Case)
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().all()


def _of(person: Person) -> Sequence[Case]:
    mine = or_(Case.assignee_id == person.id, Case.resting_assignee_id == person.id)
    query = select(Case).where(mine, Case.status.in_(OPEN)).order_by(Case.id).with_for_update(of=Case)
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().all()
