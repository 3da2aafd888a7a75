"""What holds on a day: the numbers of the rulebook and the working-day calendar. Every procedure asks here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from portal.authorities.models import Authority, Person
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.foundation.workdays import Calendar, Note
from portal.rulebook import rules
from portal.rulebook.defaults import DEFAULTS
from portal.rulebook.models import Amendment, CalendarDay, CalendarYear
from portal.rulebook.places import NATIONAL, REGION
from portal.rulebook.rules import AmendmentState, Entry, Rule, Value

_ENTRIES, _CALENDARS = "portal.rulebook.entries", "portal.rulebook.calendars"


def value(rule: Rule, on: date) -> Value:
    """The number, list or day of the year that holds on a day; a running procedure asks for the day on which it began."""
    return entry(rule, on).value


def number(rule: Rule, on: date) -> int:
    """The number that holds on a day; a running procedure asks for the day on which it began.

    Raises:
        TypeError: where the rule is no number.
    """
    found = value(rule, on)
    if not isinstance(found, int):
        raise TypeError(f"{rule} is no number")
    return found


def listed(rule: Rule, on: date) -> tuple[str, ...]:
    """The codes of a list that hold on a day, such as the categories of a level.

    Raises:
        TypeError: where the rule is no list.
    """
    found = value(rule, on)
    if not isinstance(found, tuple):
        raise TypeError(f"{rule} is no list")
    return found


def yearly(rule: Rule, year: int, on: date | None = None) -> date:
    """A yearly date in one year, such as 30 June; ``on`` is the day whose rules hold, else 1 January of that year.

    Raises:
        TypeError: where the rule is no day of the year.
    """
    found = value(rule, on or date(year, 1, 1))
    if not isinstance(found, str):
        raise TypeError(f"{rule} is no day of the year")
    return rules.day_in(found, year)


def entry(rule: Rule, on: date) -> Entry:
    """The entry that holds on a day, with what it rests on."""
    return rules.holding(history(rule), on)


def history(rule: Rule) -> tuple[Entry, ...]:
    """Everything that held, holds and is confirmed to hold for a rule, oldest first."""
    known: dict[Rule, list[Entry]] | None = db.session.info.get(_ENTRIES)
    if known is None:
        query = select(Amendment).where(Amendment.state == AmendmentState.CONFIRMED)
        known = {}
        for amendment in db.session.scalars(query.order_by(Amendment.decided_at, Amendment.id)):
            known.setdefault(amendment.rule, []).append(amendment.entry)
        db.session.info[_ENTRIES] = known
    return tuple(sorted((*DEFAULTS[rule], *known.get(rule, ())), key=lambda item: item.holds_from))


def proposed() -> Sequence[Amendment]:
    """The changes that await a second person, oldest first."""
    query = select(Amendment).where(Amendment.state == AmendmentState.PROPOSED)
    return db.session.scalars(query.order_by(Amendment.id)).all()


def awaiting(person: Person) -> int:
    """How many changes this person may confirm or refuse."""
    query = select(func.count(Amendment.id)).where(
        Amendment.state == AmendmentState.PROPOSED, Amendment.proposed_by_id != person.id
    )
    return db.session.scalar(query) or 0


def amendment(amendment_id: int) -> Amendment:
    """One change.

    Raises:
        NotFound: where there is none.
    """
    found = db.session.get(Amendment, amendment_id)
    if found is None:
        raise NotFound
    return found


def calendar(authority: Authority | int | None = None) -> Calendar:
    """The working-day calendar: national and regional days, and those of one authority above them.

    Args:
        authority: whose own holidays hold as well, or its id; None for the department and the region as a whole.
    """
    place = _place(authority)
    known: dict[str, Calendar] = db.session.info.setdefault(_CALENDARS, {})
    if place not in known:
        known[place] = _read(place)
    return known[place]


def calendar_of_place(place: str) -> Calendar:
    """The calendar as it holds at a place: the country, the region, or an authority by its code."""
    return _read(place)


def entered_days(place: str | None = None, year: int | None = None) -> Sequence[CalendarDay]:
    """The days that were entered, by day, with where each is known from."""
    query = select(CalendarDay).order_by(CalendarDay.day, CalendarDay.place)
    if place is not None:
        query = query.where(CalendarDay.place == place)
    if year is not None:
        query = query.where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return db.session.scalars(query).all()


def entered_years() -> Sequence[CalendarYear]:
    """The national years that were entered as a whole."""
    return db.session.scalars(select(CalendarYear).order_by(CalendarYear.year)).all()


def _place(authority: Authority | int | None) -> str:
    if authority is None:
        return REGION
    found = db.session.get(Authority, authority) if isinstance(authority, int) else authority
    return REGION if found is None or found.is_department else found.code


def _read(place: str) -> Calendar:
    # From the widest to the narrowest: what is declared nearer stands above what is declared farther away.
    places = list(dict.fromkeys([NATIONAL] if place == NATIONAL else [NATIONAL, REGION, place]))
    overrides: dict[date, bool] = {}
    notes: dict[date, Note] = {}
    rows = db.session.scalars(select(CalendarDay).where(CalendarDay.place.in_(places))).all()
    for row in sorted(rows, key=lambda item: places.index(item.place)):
        overrides[row.day] = row.working
        notes[row.day] = Note(row.name, local=row.place != NATIONAL)
    years = frozenset(db.session.scalars(select(CalendarYear.year)))
    return Calendar(overrides, years, notes)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, _transaction: SessionTransaction) -> None:
    # Read once, however many dates a page computes; a flush ends a transaction of its own, so that no change is missed.
    session.info.pop(_ENTRIES, None)
    session.info.pop(_CALENDARS, None)
