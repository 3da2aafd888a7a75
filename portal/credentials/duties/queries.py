"""Reads of the yearly forms: which units owe one, and what was told of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.authorities.models import Person
from portal.credentials.duties.models import DynamicForm
from portal.credentials.duties.rules import FORM_LABELS, FormState, form_state, is_obliged
from portal.credentials.duties.wording import FORM, HOW
from portal.credentials.queries import of_authority
from portal.foundation.database import db
from portal.register.duties import Duty
from portal.register.models import ListEntry, Unit
from portal.register.rules import EntryStatus
from portal.rulebook import queries as rulebook
from portal.rulebook.rules import Rule


@dataclass(frozen=True)
class Owed:
    """A unit that owes a year's form, and what was told; None for nothing yet."""

    unit: Unit
    state: FormState | None


def due_day(year: int) -> date:
    """The last day for a year's form, by the rulebook."""
    return rulebook.yearly(Rule.FORM_BY, year)


def all_told() -> dict[tuple[int, int], FormState]:
    """What was told, by the unit's number and the year."""
    rows = db.session.execute(select(DynamicForm.unit_id, DynamicForm.year, DynamicForm.state))
    return {(unit_id, year): state for unit_id, year, state in rows}


def told(year: int) -> dict[int, FormState]:
    """What was told of a year, by the unit's number."""
    query = select(DynamicForm.unit_id, DynamicForm.state).where(DynamicForm.year == year)
    return dict(db.session.execute(query).all())


def owed(year: int, person: Person) -> Sequence[Owed]:
    """Who owes a year's form: the units of a person's authority, all of the region for the department."""
    query = select(Unit).where(Unit.authority_id.is_not(None)).options(selectinload(Unit.entries))
    known, due = told(year), due_day(year)
    units = db.session.scalars(of_authority(query, person).order_by(Unit.name_sound, Unit.id)).unique()
    return [Owed(unit, known.get(unit.id)) for unit in units if owes(unit, year, due)]


def owes(unit: Unit, year: int, due: date) -> bool:
    """Whether a unit of the region owes a year's form."""
    return unit.in_region and any(_counts(entry, year, due) for entry in unit.entries)


def of_unit(unit: Unit, today: date) -> Iterator[Duty]:
    """The form of this year as a duty, and after its day the next one too."""
    years = [today.year, today.year + 1] if today > due_day(today.year) else [today.year]
    query = select(DynamicForm.year, DynamicForm.state).where(
        DynamicForm.unit_id == unit.id, DynamicForm.year.in_(years)
    )
    known = dict(db.session.execute(query).all())
    for year in years:
        due = due_day(year)
        if owes(unit, year, due):
            state = known.get(year)
            yield Duty(
                key=f"form:{year}",
                title=FORM,
                due_on=due,
                state=form_state(state, due, today),
                how=HOW,
                about=str(year),
                said=FORM_LABELS[state] if state else None,
            )


def _counts(entry: ListEntry, year: int, due: date) -> bool:
    return entry.status is not EntryStatus.REMOVED and is_obliged(year, due, entry.year, entry.listed_on)
