"""The promised date of a filing: from when, until when, how much is left."""

from __future__ import annotations

from datetime import date

from portal.filings.models import SealedFiling
from portal.foundation import clock
from portal.foundation.workdays import Calendar, DateNotCovered, Step


def start(filing: SealedFiling, today: date, days: int | None, calendar: Calendar) -> None:
    """Let a clock of so many working days run from today; none where ``days`` is None.

    A date is promised only where the official calendar is known; until then ``due_on`` stays empty and the days are kept.
    """
    filing.clock_from, filing.clock_days = today, days
    filing.due_on = promised(filing, calendar)


def promised(filing: SealedFiling, calendar: Calendar) -> date | None:
    """The last day of the clock that runs; None where none runs or its calendar is not known yet."""
    if filing.clock_days is None:
        return None
    try:
        return calendar.add(filing.clock_from, filing.clock_days)
    except DateNotCovered:
        return None


def due(filing: SealedFiling, calendar: Calendar) -> date | None:
    """The promised date: the one that was set, or the one that can be computed by now."""
    return filing.due_on or promised(filing, calendar)


def days_until(filing: SealedFiling, today: date, calendar: Calendar) -> int | None:
    """Working days until the promised date, negative when it has passed; None where there is no date."""
    last = due(filing, calendar)
    if last is None:
        return None
    try:
        return calendar.between(today, last)
    except DateNotCovered:
        return None


def steps(filing: SealedFiling, calendar: Calendar) -> tuple[Step, ...]:
    """How the promised date was counted; nothing where none runs, or where more was promised than the days say."""
    if filing.clock_days is None:
        return ()
    try:
        counted = calendar.explain(filing.clock_from, filing.clock_days)
    except DateNotCovered:
        return ()
    return counted if counted[-1].day == due(filing, calendar) else ()


def left_at_stop(filing: SealedFiling, today: date, calendar: Calendar) -> int:
    """The working days that a clock which stops today has left.

    At least one stays, so that an authority that asked late still has to decide in time.
    """
    if filing.due_on is None:
        return filing.clock_days or 0
    return max(1, calendar.between(today, filing.due_on))


def filed_on(filing: SealedFiling) -> date:
    """The day whose rules hold for a filing: a running procedure keeps the entry it started under."""
    return clock.local_day(filing.filed_at)
