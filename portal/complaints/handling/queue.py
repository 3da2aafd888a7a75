"""Pages of a queue that cost the same however many cases there are.

A page is a walk along an index from a given place, one walk per state, merged: never an offset, never a count of
everything. What is counted is counted up to a limit, and the page says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, defer, joinedload, lazyload

from portal.authorities import queries as authorities
from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.handling.rules import MOST_COUNTED, QueueView, Sorting, Whose
from portal.complaints.models import Case
from portal.complaints.rules import DETERMINATION_QUEUE, OPEN, VERIFICATION_QUEUE, CaseStatus
from portal.foundation import clock
from portal.foundation.database import db

PER_PAGE = 30
#: So many matches of a text are looked up first; a text that matches more is found along the walk itself.
MOST_MATCHES = 400
LARGEST_ID = 2**31 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS: Mapping[Sorting, InstrumentedAttribute[Any]] = {
    Sorting.DUE: Case.due_order,
    Sorting.RECEIVED: Case.filed_at,
    Sorting.CHANGED: Case.changed_at,
}


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind a case, or before it when one turns back."""

    key: int
    case_id: int
    back: bool = False

    @classmethod
    def read(cls, text: str) -> Place | None:
        """A place from an address; None where there is none that could be."""
        way, _, rest = text.partition(".")
        key, _, number = rest.partition(".")
        if way not in {"after", "before"} or not (_whole(key) and _whole(number)) or int(number) > LARGEST_ID:
            return None
        return cls(int(key), int(number), way == "before")

    def __str__(self) -> str:
        return f"{'before' if self.back else 'after'}.{self.key}.{self.case_id}"


@dataclass(frozen=True)
class Page:
    """One page of a queue, with the places of its neighbours."""

    items: Sequence[Case]
    previous: Place | None
    following: Place | None


@dataclass(frozen=True)
class Counts:
    """How many cases stand in each state, and how many are overdue; none is above ``MOST_COUNTED`` + 1."""

    states: Mapping[CaseStatus, int]
    overdue: int


def page(
    person: Person,
    statuses: Collection[CaseStatus],
    view: QueueView,
    place: Place | None,
    *,
    own: Collection[CaseStatus] = (),
) -> Page:
    """A page of what a view shows of these states. Due first, or received or changed last first.

    Args:
        own: further states, of cases that lie with the person's own authority: the department verifies some itself.
    """
    here = Case.authority_id == person.authority_id
    wanted = [(status, true()) for status in statuses] + [(status, here) for status in own if status not in statuses]
    column, descending = COLUMNS[view.sort], view.sort is not Sorting.DUE
    back = place is not None and place.back
    conditions = _conditions(person, view)
    start = _start(view.sort, place, downwards=descending is not back)
    if start is not None:
        conditions.append(start)
    order = _order(column, downwards=descending is not back)
    walks = [
        _walk(column, and_(Case.status == status, where, *conditions), order)
        for status, where in wanted
        if view.status in {None, status}
    ]
    cases = _cases(walks, column, downwards=descending is not back) if walks else []
    more = len(cases) > PER_PAGE
    cases = cases[:PER_PAGE]
    if back:
        cases.reverse()
    return Page(
        cases,
        _place(view.sort, cases[0], back=True) if cases and (more if back else place is not None) else None,
        _place(view.sort, cases[-1], back=False) if cases and (back or more) else None,
    )


def counts(person: Person, statuses: Collection[CaseStatus], authority: str = "") -> Counts:
    """How many cases of these states a person sees, in one statement."""
    seen = _seen(person, authority)
    overdue = [Case.status.in_([status for status in statuses if status in OPEN]), Case.due_order < clock.today()]
    parts = [_limited(str(status), [Case.status == status, *seen]) for status in statuses]
    parts.append(_limited("", [*overdue, *seen]))
    found = {str(name): int(number) for name, number in db.session.execute(union_all(*parts))}
    return Counts({status: found[str(status)] for status in statuses}, found[""])


def waiting_for_verification(person: Person) -> int:
    """What an officer has on the desk."""
    states = [status for status in VERIFICATION_QUEUE if status is not CaseStatus.UNDER_RECTIFICATION]
    return sum(counts(person, states).states.values())


def waiting_for_determination(person: Person) -> int:
    """What a determiner has on the desk."""
    verified_here = [Case.authority_id == person.authority_id, *queries.visible_to(person)]
    own = _limited("", [Case.status.in_(VERIFICATION_QUEUE), *verified_here])
    return sum(counts(person, DETERMINATION_QUEUE).states.values()) + int(db.session.execute(own).one()[1])


def _seen(person: Person, authority: str) -> list[ColumnElement[bool]]:
    found = authorities.authority_by_code(authority) if authority else None
    chosen = [] if found is None else [Case.authority_id == found.id]
    return [*queries.visible_to(person), *chosen]


def _conditions(person: Person, view: QueueView) -> list[ColumnElement[bool]]:
    found = _seen(person, view.authority)
    if view.problem is not None:
        found.append(Case.problem_kind == view.problem)
    if view.whose == Whose.MINE:
        found.append(Case.assignee_id == person.id)
    elif view.whose == Whose.NOBODY:
        found.append(Case.assignee_id.is_(None))
    elif view.whose:
        found.append(Case.assignee_id == int(view.whose))
    last = view.last_day(clock.today())
    if last is not None:
        found.append(Case.due_order <= last)
    if view.text:
        found.append(_holding(view.text))
    return found


def _holding(text: str) -> ColumnElement[bool]:
    """Cases with a text in the respondent's name or in the receipt number, read from the index of both alone."""
    matches = or_(
        Case.respondent_name.contains(text, autoescape=True), Case.receipt.contains(text.upper(), autoescape=True)
    )
    known = db.session.scalars(select(Case.id).where(matches).limit(MOST_MATCHES + 1)).all()
    return matches if len(known) > MOST_MATCHES else Case.id.in_(known)


def _start(sort: Sorting, place: Place | None, *, downwards: bool) -> ColumnElement[bool] | None:
    if place is None:
        return None
    try:
        key: object = _value(sort, place.key)
    except (ValueError, OverflowError):
        return None
    here = tuple_(COLUMNS[sort], Case.id)
    there = (key, place.case_id)
    return here < there if downwards else here > there


def _order(column: InstrumentedAttribute[Any], *, downwards: bool) -> tuple[ColumnElement[Any], ...]:
    return (column.desc(), Case.id.desc()) if downwards else (column.asc(), Case.id.asc())


def _walk(
    column: InstrumentedAttribute[Any], condition: ColumnElement[bool], order: tuple[ColumnElement[Any], ...]
) -> Select[Any]:
    walk = select(Case.id.label("id"), column.label("key")).where(condition).order_by(*order).limit(PER_PAGE + 1)
    # SQLite takes an order inside a union only in a query of its own.
    return select(walk.subquery())


def _cases(walks: Sequence[Select[Any]], column: InstrumentedAttribute[Any], *, downwards: bool) -> list[Case]:
    merged = union_all(*walks).subquery()
    keys = (merged.c.key.desc(), merged.c.id.desc()) if downwards else (merged.c.key, merged.c.id)
    chosen = select(merged.c.id).order_by(*keys).limit(PER_PAGE + 1).subquery()
    query = (
        select(Case)
        .join(chosen, chosen.c.id == Case.id)
        .order_by(*_order(column, downwards=downwards))
        # What is sealed stays where it is: a list shows none of it.
        .options(
            defer(Case.sealed_identity),
            defer(Case.sealed_statement),
            joinedload(Case.assignee).options(lazyload(Person.roles), lazyload(Person.authority)),
        )
    )
    return list(db.session.scalars(query).unique())


def _limited(name: str, conditions: Sequence[ColumnElement[bool]]) -> Select[str, int]:
    some = select(Case.id).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return select(literal(name), func.count()).select_from(some)


def _place(sort: Sorting, case: Case, *, back: bool) -> Place:
    value = getattr(case, COLUMNS[sort].key)
    key = value.toordinal() if sort is Sorting.DUE else (value - EPOCH) // timedelta(microseconds=1)
    return Place(key, case.id, back)


def _value(sort: Sorting, key: int) -> date | datetime:
    return date.fromordinal(key) if sort is Sorting.DUE else EPOCH + timedelta(microseconds=key)


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18
