"""The official working-day calendar: the State Council's days with their make-up days.

The package behind it knows the years that were announced and no others; beyond them the portal says so and
does not guess. The region's own holidays and later years are added through :class:`Calendar`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar
from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError


class DateNotCovered(DomainError):
    """No official calendar is known for a date; ``day`` says which."""

    message = _l("The official working-day calendar for this period is not known yet.")

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"no official calendar for {day.year}")


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
    """The national calendar with ``overrides``: days declared working (True) or free (False)."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``.

        Raises:
            DateNotCovered: where no calendar for that year is known.
        """
        if day in self.overrides:
            return self.overrides[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as unknown:
            raise DateNotCovered(day) from unknown

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


NATIONAL = Calendar()
