"""The promised date of an objection, by the days of the department's own calendar."""

from __future__ import annotations

from datetime import date

from portal.filings import clocks
from portal.foundation.workdays import Step
from portal.objections.models import Objection
from portal.objections.rules import CLOCKS, ObjectionStatus
from portal.rulebook import queries as rulebook


def step(objection: Objection, target: ObjectionStatus, today: date) -> None:
    """Set the clock for the state that an objection comes into.

    Asking for a supplement stops the clock of the decision; it goes on when the supplement arrives.
    """
    calendar = rulebook.calendar()
    if objection.status is target:
        return
    if target is ObjectionStatus.SUPPLEMENT_REQUESTED:
        objection.days_left = clocks.left_at_stop(objection, today, calendar)
    elif objection.status is ObjectionStatus.SUPPLEMENT_REQUESTED and target is ObjectionStatus.FILED:
        clocks.start(objection, today, objection.days_left, calendar)
        return
    begin(objection, target, today)


def begin(objection: Objection, status: ObjectionStatus, today: date) -> None:
    """Let the clock of a state run from today."""
    rule = CLOCKS.get(status)
    days = rulebook.number(rule, clocks.filed_on(objection)) if rule else None
    clocks.start(objection, today, days, rulebook.calendar())


def due(objection: Objection) -> date | None:
    """The promised date."""
    return clocks.due(objection, rulebook.calendar())


def days_until(objection: Objection, today: date) -> int | None:
    """Working days until the promised date, negative when it has passed; None where there is no date."""
    return clocks.days_until(objection, today, rulebook.calendar())


def steps(objection: Objection) -> tuple[Step, ...]:
    """How the promised date was counted; nothing where none runs."""
    return clocks.steps(objection, rulebook.calendar())
