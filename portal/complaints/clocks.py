"""The promised dates of a case: which clock runs, from when, until when, by whose calendar."""

from __future__ import annotations

from datetime import date

from portal.complaints.models import Case
from portal.complaints.rules import CLOCKS, SAME_CLOCK, CaseAct, CaseStatus
from portal.filings import clocks
from portal.foundation import clock
from portal.foundation.workdays import Calendar, DateNotCovered, Step
from portal.rulebook import queries as rulebook
from portal.rulebook.rules import Rule

#: The states in which the department acts, by the days of its own calendar (Art. 24).
AT_THE_DEPARTMENT = frozenset(
    {
        CaseStatus.REPORTED,
        CaseStatus.DETERMINED,
        CaseStatus.REFUSAL_UNDER_REVIEW,
        CaseStatus.OUTCOME_UNDER_REVIEW,
    }
)
#: After these acts the time to ask for a review runs.
ENDING = frozenset({CaseAct.REFUSE, CaseAct.CLOSE, CaseAct.CONFIRM_RECTIFICATION})


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
        case.days_left = clocks.left_at_stop(case, today, calendar or calendar_of(case))
    days = case.days_left if source is CaseStatus.SUPPLEMENT_REQUESTED and target is CaseStatus.FILED else None
    rule = CLOCKS.get(target)
    if days is None and rule is not None:
        days = rulebook.number(rule, clocks.filed_on(case))
    clocks.start(case, today, days, calendar or calendar_of(case, target))


def move(case: Case, what: CaseAct, target: CaseStatus, rectify_by: date | None = None) -> None:
    """Set the clock for an act: that of the state which it leads to, a longer one, or a date that was ordered."""
    if what is CaseAct.EXTEND:
        extend(case)
        return
    step(case, target, clock.today())
    if what in {CaseAct.ORDER_RECTIFICATION, CaseAct.EXTEND_RECTIFICATION}:
        case.clock_days, case.due_on = None, rectify_by


def extend(case: Case) -> None:
    """Let the clock of verification run longer by what the rulebook gave when the complaint was filed."""
    days = rulebook.number(Rule.COMPLAINT_VERIFY_EXTENSION, clocks.filed_on(case))
    case.clock_days = (case.clock_days or 0) + days
    later = clocks.promised(case, calendar_of(case))
    if later is None or case.due_on is None or later > case.due_on:
        # A calendar that does not reach so far leaves the date open, as everywhere; the days are kept.
        case.due_on = later


def review_until(case: Case) -> date | None:
    """The last day on which a review can be asked for; None where nothing ended, or its calendar is not known yet."""
    ended = next((event.at for event in reversed(case.events) if event.act in ENDING), None)
    if ended is None:
        return None
    days = rulebook.number(Rule.COMPLAINT_REVIEW_REQUEST, clocks.filed_on(case))
    try:
        return rulebook.calendar().add(clock.local_day(ended), days)
    except DateNotCovered:
        return None


def promised(case: Case, calendar: Calendar | None = None) -> date | None:
    """The last day of the clock that runs; None where none runs or its calendar is not known yet."""
    return clocks.promised(case, calendar or calendar_of(case))


def due(case: Case) -> date | None:
    """The promised date: the one that was set, or the one that can be computed by now."""
    return case.due_on or promised(case)


def days_until(case: Case, today: date, calendar: Calendar | None = None) -> int | None:
    """Working days until the promised date, negative when it has passed; None where there is no date."""
    return clocks.days_until(case, today, calendar or calendar_of(case))


def steps(case: Case) -> tuple[Step, ...]:
    """How the promised date was counted; nothing where none runs, or where more was promised than the days say."""
    return clocks.steps(case, calendar_of(case))
