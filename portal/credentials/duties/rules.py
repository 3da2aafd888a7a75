"""The dynamic management form (Art. 16) as a duty, and when a unit is reminded of what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.register.duties import DutyState

FORM_HEADINGS = ("填报状态", "填报情况", "状态", "是否填报", "status")
#: Days before the due day on which the unit's people are told, once each.
REMINDED = (14, 3)


class FormState(StrEnum):
    """What the authority told of a unit's form."""

    FILED = "filed"
    LATE = "late"


FORM_LABELS: Mapping[FormState, LazyString] = {
    FormState.FILED: _l("Filed"),
    FormState.LATE: _l("Not filed by the day"),
}
#: What a spreadsheet's cell may hold.
WORDS: Mapping[str, FormState] = {
    **dict.fromkeys(("filed", "已填报", "已提交", "已报送", "按时填报", "是"), FormState.FILED),
    **dict.fromkeys(("late", "未填报", "未提交", "未报送", "逾期", "逾期未填报", "否"), FormState.LATE),
}


def is_obliged(year: int, due: date, listed_in: int, listed_on: date | None) -> bool:
    """Whether an entry that stands brings the duty of a year's form: it was on the list before the form was due.

    Args:
        listed_in: the year of the list; counts where the day is not known.
    """
    return listed_on <= due if listed_on is not None else listed_in < year


def form_state(told: FormState | None, due: date, today: date) -> DutyState:
    """Whose turn it is. After the day an untold form is the authority's to tell of: nobody is called late by silence."""
    if told is FormState.FILED:
        return DutyState.DONE
    if told is FormState.LATE or today <= due:
        return DutyState.OPEN
    return DutyState.WAITING


def reminder(due_on: date, today: date) -> int | None:
    """Which of the two reminders a day calls for; None for none. Whoever missed the first gets the second alone."""
    left = (due_on - today).days
    return min((days for days in REMINDED if left <= days), default=None) if left >= 0 else None
