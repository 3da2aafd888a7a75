"""The promised dates of a case: which clock runs, from when, until when."""

from __future__ import annotations

from datetime import date

from portal.complaints.models import Case
from portal.complaints.rules import CLOCKS, SAME_CLOCK, CaseStatus
from portal.foundation import clock
from portal.foundation.workdays import Calendar, DateNotCovered, Step
from portal.rulebook import queries as rulebook

#: The states in which the department acts, by the days of its own calendar (Art. 24).
AT_THE_DEPARTMENT = frozenset({CaseStatus.REPORTED, CaseStatus.DETERMINED})


def calendar_of(case: Case, status: CaseStatus | None = None) -> Calendar:
    """The working days of whoever has to act: the authority that verifies, or the department."""
    return rulebook.calendar(None if (status or case.status) in AT_THE_DEPARTMENT else case.authority_id)


def step(case: Case, target: CaseStatus, today: date, calendar: Calendar | None = None) -> None:
    """Set the clock for the state that a case comes into.

    Asking for a supplement stops the clock of acceptance; it goes on when the supplement arrives. A date is
    promised only where the official calendar is known; until then ``due_on`` stays empty and the days are kept.
    """
    source = case.status
    if (source, target) in SAME_CLOCK or source is target:
        return
    if target is CaseStatus.SUPPLEMENT_REQUESTED:
        case.days_left = _left(case, today, calendar or calendar_of(case))
    days = case.days_left if source is CaseStatus.SUPPLEMENT_REQUESTED and target is CaseStatus.FILED else None
    rule = CLOCKS.get(target)
    case.clock_from = today
    case.clock_days = days if days is not None else rulebook.number(rule, case_day(case)) if rule else None
    case.due_on = promised(case, calendar or calendar_of(case, target))


def promised(case: Case, calendar: Calendar | None = None) -> date | None:
    """The last day of the clock that runs; None where none runs or its calendar is not known yet."""
    if case.clock_days is None:
        return None
    try:
        return (calendar or calendar_of(case)).add(case.clock_from, case.clock_days)
    except DateNotCovered:
        return None


def due(case: Case) -> date | None:
    """The promised date: the one that was set, or the one that can be computed by now."""
    return case.due_on or promised(case)


def days_until(case: Case, today: date, calendar: Calendar | None = None) -> int | None:
    """Working days until the promised date, negative when it has passed; None where there is no date."""
    last = due(case)
    if last is None:
        return None
    try:
        return (calendar or calendar_of(case)).between(today, last)
    except DateNotCovered:
        return None


def steps(case: Case) -> tuple[Step, ...]:
    """How the promised date was counted; nothing where none runs, or where more was promised than the days say."""
    if case.clock_days is None:
        return ()
    try:
        counted = calendar_of(case).explain(case.clock_from, case.clock_days)
    except DateNotCovered:
        return ()
    return counted if counted[-1].day == due(case) else ()


def case_day(case: Case) -> date:
    """The day whose rules hold for the case: a running procedure keeps the entry it started under."""
    return clock.local_day(case.filed_at)


def _left(case: Case, today: date, calendar: Calendar) -> int:
    if case.due_on is None:
        return case.clock_days or 0
    # At least one day stays, so that an authority that asked late still has to decide in time.
    return max(1, calendar.between(today, case.due_on))
