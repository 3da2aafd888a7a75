"""The official working-day calendar: the State Council's days with their make-up days.

The package behind it knows the years that were announced and no others; beyond them the portal says so and
does not guess. The region's own holidays and later years are added through :class:`Calendar`, which can say of each
day whether it counted and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import chinese_calendar
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError


class DateNotCovered(DomainError):
    """No official calendar is known for a date; ``day`` says which."""

    message = _l("The official working-day calendar for this period is not known yet.")

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"no official calendar for {day.year}")


class Why(StrEnum):
    """Why a day counts as a working day, or does not."""

    START = "start"
    WORKDAY = "workday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    LOCAL_HOLIDAY = "local_holiday"


WHY_LABELS: Mapping[Why, LazyString] = {
    Why.START: _l("Not counted: the day of the act itself"),
    Why.WORKDAY: _l("Working day"),
    Why.MAKE_UP: _l("Make-up working day"),
    Why.WEEKEND: _l("Weekend"),
    Why.HOLIDAY: _l("Public holiday"),
    Why.LOCAL_HOLIDAY: _l("Local holiday"),
}


@dataclass(frozen=True)
class Note:
    """What an entered day is called, in Chinese, and whether it holds in the region or a part of it alone."""

    name: str
    local: bool = False


@dataclass(frozen=True)
class Step:
    """One day of a count: whether it counted, why, and the Chinese name of the holiday where it has one."""

    day: date
    counted: bool
    why: Why
    name: str = ""


@dataclass(frozen=True)
class Window:
    """A run of days, both ends included, with the working days in it."""

    first: date
    last: date
    days: tuple[date, ...]

    def left(self, today: date) -> int:
        """How many of the working days are still to come, today included."""
        return sum(day >= today for day in self.days)

    def is_open(self, today: date) -> bool:
        """Whether ``today`` lies in the window."""
        return self.first <= today <= self.last


@dataclass(frozen=True)
class Calendar:
    """The national calendar with ``overrides``: days declared working (True) or free (False).

    ``years`` are those whose official calendar was entered as a whole: what is not declared there is a working day
    from Monday to Friday. ``notes`` says what the declared days are.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    notes: Mapping[date, Note] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``.

        Raises:
            DateNotCovered: where no calendar for that year is known.
        """
        if day in self.overrides:
            return self.overrides[day]
        if day.year in self.years:
            return day.weekday() < SATURDAY
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as unknown:
            raise DateNotCovered(day) from unknown

    def covers(self, day: date) -> bool:
        """Whether it is known if offices work on ``day``."""
        try:
            self.is_workday(day)
        except DateNotCovered:
            return False
        return True

    def why(self, day: date) -> tuple[Why, str]:
        """Why ``day`` is a working day or none, with the Chinese name of the holiday that it belongs to.

        Raises:
            DateNotCovered: where no calendar for that year is known.
        """
        works, note = self.is_workday(day), self.notes.get(day)
        name = note.name if note else "" if day in self.overrides or day.year in self.years else _holiday_name(day)
        if works:
            return (Why.WORKDAY, "") if day.weekday() < SATURDAY else (Why.MAKE_UP, name)
        if note and note.local:
            return Why.LOCAL_HOLIDAY, name
        is_plain_weekend = day.weekday() >= SATURDAY and day not in self.overrides and not name
        return (Why.WEEKEND, "") if is_plain_weekend else (Why.HOLIDAY, name)

    def explain(self, start: date, days: int, *, first_day_counts: bool = False) -> tuple[Step, ...]:
        """Each day from ``start`` to the ``days``-th working day: how a date was computed.

        The last step is the day that :meth:`add` gives, or, with ``first_day_counts``, the last of :meth:`window`.

        Raises:
            DateNotCovered: where no calendar is known for a day that would have to be counted.
        """
        steps: list[Step] = []
        day, left = start, days
        if not first_day_counts:
            steps.append(Step(start, counted=False, why=Why.START))
            day += timedelta(days=1)
        while left > 0:
            works = self.is_workday(day)
            why, name = self.why(day)
            steps.append(Step(day, works, why, name))
            left -= works
            day += timedelta(days=1)
        return tuple(steps)

    def add(self, start: date, days: int) -> date:
        """The ``days``-th working day after ``start`` (the day itself does not count)."""
        day, left = start, days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and with ``end``; negative when ``end`` lies before."""
        if end < start:
            return -self.between(end, start)
        span = (end - start).days
        return sum(self.is_workday(start + timedelta(days=offset)) for offset in range(1, span + 1))

    def window(self, published: date, days: int, *, first_day_counts: bool = True) -> Window:
        """A window of ``days`` working days (Art. 13 asks for five).

        The day of publication counts when it is a working day and ``first_day_counts``; else counting begins on
        the next working day. The window itself opens with the publication.
        """
        counted: list[date] = []
        day = published if first_day_counts else published + timedelta(days=1)
        while len(counted) < days:
            if self.is_workday(day):
                counted.append(day)
            day += timedelta(days=1)
        return Window(published, counted[-1], tuple(counted))


def _holiday_name(day: date) -> str:
    """The Chinese name of the national holiday that a day belongs to, by the package; empty where there is none."""
    name = chinese_calendar.get_holiday_detail(day)[1]
    return str(chinese_calendar.Holiday(name).chinese) if name else ""


SATURDAY = 5
NATIONAL = Calendar()
