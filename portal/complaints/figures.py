"""Complaints in numbers, as the public may read them: by authority and year, small numbers kept back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.authorities.models import Authority
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import OPEN, CaseAct, Outcome
from portal.complaints.suppressing import LEAST_SHOWN, Place, Table, hidden_places
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.workdays import Calendar, DateNotCovered
from portal.rulebook import queries as rulebook

#: The acts that decide a complaint; the first of them ends the time that is told.
DECIDING = frozenset(
    {
        CaseAct.REFUSE,
        CaseAct.FIND_UNSUBSTANTIATED,
        CaseAct.ORDER_RECTIFICATION,
        CaseAct.REMOVE,
        CaseAct.EXCLUDE,
    }
)
UPHELD = frozenset({Outcome.RECTIFICATION, Outcome.REMOVAL, Outcome.EXCLUSION})


class Measure(StrEnum):
    """What is counted."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    UPHELD = "upheld"
    OVERDUE = "overdue"


MEASURE_LABELS: Mapping[Measure, LazyString] = {
    Measure.RECEIVED: _l("Received"),
    Measure.ACCEPTED: _l("Accepted"),
    Measure.UPHELD: _l("Substantiated"),
    Measure.OVERDUE: _l("overdue"),
}
#: A number is never greater than the one of this measure at the same place.
_WITHIN: Mapping[Measure, Measure] = {
    Measure.ACCEPTED: Measure.RECEIVED,
    Measure.UPHELD: Measure.ACCEPTED,
    Measure.OVERDUE: Measure.RECEIVED,
}


@dataclass(frozen=True)
class Fact:
    """One complaint as it is counted. ``days``: working days from its receipt to the first decision."""

    authority: str
    year: int
    accepted: bool = False
    upheld: bool = False
    overdue: bool = False
    days: int | None = None

    def counts_for(self, measure: Measure) -> bool:
        """Whether it is one of those that a measure counts."""
        return measure is Measure.RECEIVED or bool(getattr(self, measure))


@dataclass(frozen=True)
class Line:
    """The figures of one place; None where a number is not shown. ``median_days``: working days to the decision."""

    numbers: Mapping[Measure, int | None]
    median_days: float | None


@dataclass(frozen=True)
class Figures:
    """The public figures on a day, by authority (its code) and year; None as either is the sum over all."""

    day: date
    authorities: Sequence[str]
    years: Sequence[int]
    lines: Mapping[tuple[str | None, int | None], Line]

    def line(self, authority: str | None, year: int | None) -> Line:
        """The figures of one place."""
        return self.lines[authority, year]


def published(facts: Sequence[Fact], authorities: Sequence[str], today: date) -> Figures:
    """Count, and keep back what could point to a person."""
    first = min((fact.year for fact in facts), default=today.year)
    years = list(range(first, max([today.year, *(fact.year for fact in facts)]) + 1))
    tables = {measure: _table(facts, measure, authorities, years) for measure in Measure}
    hidden = _hidden(tables)
    decided: dict[Place, list[int]] = defaultdict(list)
    for fact in facts:
        if fact.days is not None:
            for authority in (fact.authority, None):
                for year in (fact.year, None):
                    decided[authority, year].append(fact.days)
    lines = {}
    for place in tables[Measure.RECEIVED].cells():
        numbers = {m: None if place in hidden[m] else tables[m].number(*place) for m in Measure}
        days = decided[place]
        # A middle of few days, or beside a number that is kept back, would say how few or how many there were.
        is_told = len(days) >= LEAST_SHOWN and place not in hidden[Measure.RECEIVED]
        lines[place] = Line(numbers, float(median(days)) if is_told else None)
    return Figures(today, authorities, years, lines)


def figures(today: date) -> Figures:
    """The public figures as they stand now."""
    codes = {
        row.id: row.code
        for row in db.session.execute(select(Authority.id, Authority.code).order_by(Authority.position))
    }
    events = _first_acts()
    days = _days_between(rulebook.calendar())
    rows = db.session.execute(select(Case.id, Case.authority_id, Case.filed_at, Case.status, Case.outcome, Case.due_on))
    facts = []
    for row in rows:
        acts = events.get(row.id, {})
        filed = clock.local_day(row.filed_at)
        decided = min((day for act, day in acts.items() if act in DECIDING), default=None)
        facts.append(
            Fact(
                codes[row.authority_id],
                filed.year,
                accepted=CaseAct.ACCEPT in acts,
                upheld=row.outcome in UPHELD,
                overdue=row.status in OPEN and row.due_on is not None and row.due_on < today,
                days=days(filed, decided) if decided else None,
            )
        )
    return published(facts, list(codes.values()), today)


def _first_acts() -> dict[int, dict[CaseAct, date]]:
    query = (
        select(CaseEvent.case_id, CaseEvent.act, func.min(CaseEvent.at))
        .where(CaseEvent.act.in_([CaseAct.ACCEPT, *DECIDING]))
        .group_by(CaseEvent.case_id, CaseEvent.act)
    )
    found: dict[int, dict[CaseAct, date]] = {}
    for case_id, act, at in db.session.execute(query):
        found.setdefault(case_id, {})[act] = clock.local_day(at)
    return found


def _table(
    facts: Iterable[Fact], measure: Measure, authorities: Sequence[str], years: Sequence[int]
) -> Table[str, int]:
    counts = Counter((fact.authority, fact.year) for fact in facts if fact.counts_for(measure))
    return Table(authorities, years, counts)


def _hidden(tables: Mapping[Measure, Table[str, int]]) -> Mapping[Measure, frozenset[Place]]:
    """What is kept back of each table, with a view to what the others tell; they only ever hide more."""
    hidden: dict[Measure, frozenset[Place]] = {measure: frozenset() for measure in Measure}
    while True:
        before = dict(hidden)
        for measure in Measure:
            hidden[measure] = hidden_places(tables[measure], _bounds(measure, tables, hidden), hidden[measure])
        if hidden == before:
            return hidden


def _bounds(
    measure: Measure, tables: Mapping[Measure, Table[str, int]], hidden: Mapping[Measure, frozenset[Place]]
) -> dict[Place, tuple[int, int | None]]:
    """What the shown numbers of the other tables say about those of one."""

    def shown(other: Measure, place: tuple[str | None, int | None]) -> int | None:
        return None if not hidden[other] or place in hidden[other] else tables[other].number(*place)

    bounds: dict[Place, tuple[int, int | None]] = {}
    for place in tables[measure].cells():
        above, highest = _WITHIN.get(measure), None
        while above is not None and highest is None:
            highest, above = shown(above, place), _WITHIN.get(above)
        lower = [shown(other, place) for other in Measure if measure in _above(other)]
        bounds[place] = (max((number for number in lower if number is not None), default=0), highest)
    return bounds


def _above(measure: Measure) -> list[Measure]:
    found = []
    above = _WITHIN.get(measure)
    while above is not None:
        found.append(above)
        above = _WITHIN.get(above)
    return found


def _days_between(calendar: Calendar) -> Callable[[date, date], int | None]:
    """Working days after one day up to another, each day asked once; None beyond the known calendar."""
    works: dict[date, bool] = {}

    def is_workday(day: date) -> bool:
        if day not in works:
            works[day] = calendar.is_workday(day)
        return works[day]

    known: dict[tuple[date, date], int | None] = {}

    def between(start: date, end: date) -> int | None:
        if (start, end) not in known:
            try:
                known[start, end] = sum(is_workday(start + timedelta(n)) for n in range(1, (end - start).days + 1))
            except DateNotCovered:
                known[start, end] = None
        return known[start, end]

    return between
