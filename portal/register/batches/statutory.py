"""The dates that the rules set for every year: forms, recommendation, report to the ministry (Art. 12, 13, 16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.rulebook import queries as rulebook
from portal.rulebook.rules import Rule, day_in

YEARLY: Mapping[Rule, tuple[LazyString, str]] = {
    Rule.FORM_BY: (_l("Last day for the dynamic management forms"), "16"),
    Rule.RECOMMEND_BY: (_l("Last day for recommendations to the department"), "12"),
    Rule.RECOMMEND_TO_MINISTRY_BY: (_l("Last day for recommendations to the ministry"), "13"),
}


@dataclass(frozen=True)
class StatutoryDate:
    """One day by which something must be done. ``key`` names it among all of its year."""

    key: str
    day: date
    label: LazyString
    article: str


def statutory_dates(year: int, today: date) -> Sequence[StatutoryDate]:
    """The dates of a year by the rules that hold today, in order."""
    found = [
        StatutoryDate(str(rule), _yearly(rule, year, today), label, article)
        for rule, (label, article) in YEARLY.items()
    ]
    return sorted(found, key=lambda item: item.day)


def recommendation_day(year: int, today: date) -> date:
    """The last day for recommendations of a round that begins today (Art. 12)."""
    return _yearly(Rule.RECOMMEND_BY, year, today)


def report_day(year: int, today: date) -> date:
    """The last day for recommendations to the ministry of a round that begins today (Art. 13)."""
    return _yearly(Rule.RECOMMEND_TO_MINISTRY_BY, year, today)


def _yearly(rule: Rule, year: int, today: date) -> date:
    return day_in(str(rulebook.value(rule, today)), year)
