"""What holds on a day: the numbers of the rulebook and the working-day calendar. Every procedure asks here."""

from __future__ import annotations

from datetime import date

from portal.authorities.models import Authority
from portal.foundation.workdays import NATIONAL, Calendar
from portal.rulebook import rules
from portal.rulebook.rules import Rule


def value(rule: Rule, on: date) -> int:
    """The number that holds on a day; a running procedure asks for the day on which it began."""
    return rules.value(rule, on)


def calendar(authority: Authority | int | None = None) -> Calendar:
    """The working-day calendar of the region, or with the days of one authority."""
    del authority
    return NATIONAL
