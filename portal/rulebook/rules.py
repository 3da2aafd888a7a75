"""The rulebook's default entries: the regulation's own numbers, and the department's promises where it names none.

Article 24 names no time limits ("in time"): the limits of complaints are the department's own promise, and no page
may say that the regulation requires them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Rule(StrEnum):
    """The numbers that a procedure looks up."""

    PUBLICITY_DAYS = "publicity_days"
    PUBLICITY_FIRST_DAY_COUNTS = "publicity_first_day_counts"
    EXCLUSION_YEARS = "exclusion_years"
    COMPLAINT_ACKNOWLEDGE = "complaint_acknowledge"
    COMPLAINT_ACCEPT = "complaint_accept"
    COMPLAINT_SUPPLEMENT = "complaint_supplement"
    COMPLAINT_VERIFY = "complaint_verify"
    COMPLAINT_DETERMINE = "complaint_determine"
    COMPLAINT_TELL = "complaint_tell"
    COMPLAINT_RECTIFY = "complaint_rectify"


@dataclass(frozen=True)
class Entry:
    """One number from a day on, with where it comes from."""

    value: int
    holds_from: date
    source: str


REGULATION = date(2024, 5, 13)
PROMISE = "department's own promise (Art. 24 says: in time)"

DEFAULTS: Mapping[Rule, tuple[Entry, ...]] = {
    Rule.PUBLICITY_DAYS: (Entry(5, REGULATION, "Art. 13"),),
    Rule.PUBLICITY_FIRST_DAY_COUNTS: (Entry(1, REGULATION, "usual practice of published notices"),),
    Rule.EXCLUSION_YEARS: (Entry(3, REGULATION, "Art. 22"),),
    Rule.COMPLAINT_ACKNOWLEDGE: (Entry(2, REGULATION, PROMISE),),
    Rule.COMPLAINT_ACCEPT: (Entry(15, REGULATION, PROMISE),),
    Rule.COMPLAINT_SUPPLEMENT: (Entry(10, REGULATION, PROMISE),),
    Rule.COMPLAINT_VERIFY: (Entry(30, REGULATION, PROMISE),),
    Rule.COMPLAINT_DETERMINE: (Entry(15, REGULATION, PROMISE),),
    Rule.COMPLAINT_TELL: (Entry(5, REGULATION, PROMISE),),
    Rule.COMPLAINT_RECTIFY: (Entry(60, REGULATION, PROMISE),),
}


def entry(rule: Rule, on: date) -> Entry:
    """The entry that holds on a day; before the regulation, the first one there is."""
    entries = DEFAULTS[rule]
    return next((item for item in reversed(entries) if item.holds_from <= on), entries[0])


def value(rule: Rule, on: date) -> int:
    """The number that holds on a day (days are working days unless the rule says years)."""
    return entry(rule, on).value
