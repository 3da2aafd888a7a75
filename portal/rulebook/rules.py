"""What the rulebook holds: which rules there are, what a value may be, and which entry holds on a day.

Article 24 names no time limits ("in time"): the limits of complaints are the department's own promise, and no page
may say that the regulation requires them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError
from portal.foundation.workflow import Transition, Workflow

#: A number, a day of the year such as ``06-30``, or the codes of a list.
Value = int | str | tuple[str, ...]


class Rule(StrEnum):
    """The numbers and lists that a procedure looks up."""

    PUBLICITY_DAYS = "publicity_days"
    PUBLICITY_FIRST_DAY_COUNTS = "publicity_first_day_counts"
    MINISTRY_PUBLICITY_DAYS = "ministry_publicity_days"
    FORM_BY = "form_by"
    MINISTRY_FORM_BY = "ministry_form_by"
    RECOMMEND_BY = "recommend_by"
    RECOMMEND_TO_MINISTRY_BY = "recommend_to_ministry_by"
    CATEGORIES_NATIONAL = "categories_national"
    CATEGORIES_REGIONAL = "categories_regional"
    CATEGORIES_PREFECTURAL = "categories_prefectural"
    CONDITIONS_FACTORY = "conditions_factory"
    CONDITIONS_PARK = "conditions_park"
    CONDITIONS_SUPPLY_CHAIN = "conditions_supply_chain"
    PARK_INDUSTRY_SHARE = "park_industry_share"
    BAR_YEARS = "bar_years"
    REMOVAL_GROUNDS = "removal_grounds"
    REMOVAL_GROUNDS_AT_ONCE = "removal_grounds_at_once"
    EXCLUSION_YEARS = "exclusion_years"
    COMPLAINT_ACKNOWLEDGE = "complaint_acknowledge"
    COMPLAINT_ACCEPT = "complaint_accept"
    COMPLAINT_SUPPLEMENT = "complaint_supplement"
    COMPLAINT_VERIFY = "complaint_verify"
    COMPLAINT_VERIFY_EXTENSION = "complaint_verify_extension"
    COMPLAINT_DETERMINE = "complaint_determine"
    COMPLAINT_TELL = "complaint_tell"
    COMPLAINT_RECTIFY = "complaint_rectify"
    COMPLAINT_REVIEW_REQUEST = "complaint_review_request"
    COMPLAINT_REVIEW = "complaint_review"
    OBJECTION_DECIDE = "objection_decide"
    OBJECTION_SUPPLEMENT = "objection_supplement"
    RETENTION_YEARS = "retention_years"


class Kind(StrEnum):
    """What the value of a rule is."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    YEARS = "years"
    PERCENT = "percent"
    YES_OR_NO = "yes_or_no"
    DAY_OF_YEAR = "day_of_year"
    LIST = "list"


KINDS: Mapping[Rule, Kind] = {
    **dict.fromkeys(Rule, Kind.WORKING_DAYS),
    Rule.PUBLICITY_FIRST_DAY_COUNTS: Kind.YES_OR_NO,
    Rule.MINISTRY_PUBLICITY_DAYS: Kind.CALENDAR_DAYS,
    Rule.PARK_INDUSTRY_SHARE: Kind.PERCENT,
    **{rule: Kind.YEARS for rule in Rule if rule.endswith("_years")},
    **{rule: Kind.DAY_OF_YEAR for rule in Rule if rule.endswith("_by")},
    **{rule: Kind.LIST for rule in Rule if rule.startswith(("categories", "conditions", "removal_grounds"))},
}
#: The least and the greatest number of each kind.
LIMITS: Mapping[Kind, tuple[int, int]] = {
    Kind.WORKING_DAYS: (1, 250),
    Kind.CALENDAR_DAYS: (1, 366),
    Kind.YEARS: (1, 50),
    Kind.PERCENT: (0, 100),
    Kind.YES_OR_NO: (0, 1),
}


class Basis(StrEnum):
    """What an entry rests on."""

    REGULATION = "regulation"
    PROMISE = "promise"
    PRACTICE = "practice"
    MINISTRY = "ministry"
    AMENDMENT = "amendment"


@dataclass(frozen=True)
class Entry:
    """One value from a day on, with what it rests on: an article, or, for an amendment, the source in words."""

    value: Value
    holds_from: date
    basis: Basis = Basis.REGULATION
    article: str = ""
    source: str = ""
    source_url: str = ""


class AmendmentState(StrEnum):
    """Where a proposed entry stands. Only a confirmed one ever holds."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


class AmendmentAct(StrEnum):
    """What can be done with a proposed entry."""

    CONFIRM = "confirm"
    DROP = "drop"


_WAITING = frozenset({AmendmentState.PROPOSED})
WORKFLOW: Workflow[AmendmentState, AmendmentAct] = Workflow(
    (
        Transition(AmendmentAct.CONFIRM, _WAITING, AmendmentState.CONFIRMED),
        Transition(AmendmentAct.DROP, _WAITING, AmendmentState.DROPPED),
    )
)

BAD_VALUE = _l("This value is not possible for this rule.")
TOO_EARLY = _l("A change can hold from tomorrow at the earliest: what has begun keeps its rule.")


class SamePerson(DomainError):
    """A change of the rules is two persons' work."""

    status = 403
    message = _l("Whoever proposed a change cannot confirm it.")


class TooLate(DomainError):
    """The day from which a proposed entry was to hold has come; the day of confirmation lies too late."""

    status = 409
    message = TOO_EARLY


def earliest(today: date) -> date:
    """The first day from which a change that is confirmed today may hold.

    It is the next day: what began this morning keeps its entry too, because it looks the rule up by its own day.
    """
    return today + timedelta(days=1)


def holding(entries: Sequence[Entry], on: date) -> Entry:
    """The entry that holds on a day; before the first one, the first. Of two from the same day the later counts.

    Args:
        entries: in the order in which they were made.
    """
    ordered = sorted(entries, key=lambda item: item.holds_from)
    return next((item for item in reversed(ordered) if item.holds_from <= on), ordered[0])


def checked(rule: Rule, value: object, options: Sequence[str] = ()) -> Value | None:
    """The value as the rule keeps it, or None where it cannot be one.

    Args:
        options: the codes that a list may hold.
    """
    kind = KINDS[rule]
    if kind is Kind.LIST:
        if not isinstance(value, list | tuple) or not value or not set(value) <= set(options):
            return None
        # In the order of the options, so that the same choice is always the same value.
        return tuple(code for code in options if code in value)
    if kind is Kind.DAY_OF_YEAR:
        return value if isinstance(value, str) and _is_day(value) else None
    least, greatest = LIMITS[kind]
    return int(value) if isinstance(value, int) and least <= value <= greatest else None


def day_in(value: Value, year: int) -> date:
    """A yearly date such as ``06-30`` in one year."""
    return date.fromisoformat(f"{year:04d}-{value}")


def _is_day(text: str) -> bool:
    """Whether a text is a day that every year has."""
    try:
        return day_in(text, 2023).strftime("%m-%d") == text
    except ValueError:
        return False
