"""A month of the calendar as weeks from Monday to Sunday, each day with whether it is a working day and why."""

from __future__ import annotations

import calendar as months
import re
from dataclasses import dataclass
from datetime import date, timedelta

from portal.foundation.workdays import Calendar, DateNotCovered, Why


@dataclass(frozen=True)
class Square:
    """One day in the month view; ``why`` is None where no calendar is known."""

    day: date
    working: bool
    why: Why | None
    name: str = ""


@dataclass(frozen=True)
class Month:
    """A month of a year."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which a day lies."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month | None:
        """The month of a text such as ``2027-02``, or None where it is none of this century."""
        match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text, re.ASCII)
        return cls(int(match[1]), int(match[2])) if match else None

    @property
    def code(self) -> str:
        """The month as it stands in an address."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def before(self) -> Month:
        """The month before."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def after(self) -> Month:
        """The month after."""
        return Month.of(self.first + timedelta(days=31))

    def weeks(self, calendar: Calendar) -> list[list[Square | None]]:
        """The weeks of the month; None where a day of the week belongs to another month."""
        rows = months.Calendar().monthdatescalendar(self.year, self.month)
        return [[_square(day, calendar) if day.month == self.month else None for day in week] for week in rows]


def _square(day: date, calendar: Calendar) -> Square:
    try:
        why, name = calendar.why(day)
    except DateNotCovered:
        return Square(day, working=False, why=None)
    return Square(day, calendar.is_workday(day), why, name)
