"""The calendar kept: national years, regional days, days of one authority, each with where it is known from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.forms import REQUIRED
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import SYSTEM, require
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.workdays import SATURDAY
from portal.rulebook import hooks, places
from portal.rulebook.importing import DayRow
from portal.rulebook.models import SOURCE_LENGTH, CalendarDay, CalendarYear

NOT_WHOLE = _l("A whole year has 1 January, 1 May, 1 October and at least eight weekdays off. This list has not.")
ONLY_NATIONAL = _l("Only the calendar of the whole country can be entered as a whole year.")
NO_PLACE = _l("Please choose for whom these days hold.")
#: Free by law in every year, and about the fewest weekdays off that the State Council ever arranged.
BY_LAW = ((1, 1), (5, 1), (10, 1))
FEWEST_WEEKDAYS_OFF = 8


@dataclass(frozen=True)
class Provenance:
    """Where days are known from: the document, its address, and the list of days as it was accepted."""

    source: str
    source_url: str = ""
    accepted: str = ""

    @property
    def sha256(self) -> str:
        """The digest of the accepted list; empty where there was none."""
        return hashlib.sha256(self.accepted.encode()).hexdigest() if self.accepted else ""


def enter_days(
    place: str,
    rows: Sequence[DayRow],
    provenance: Provenance,
    *,
    year: int | None = None,
    by: Person | None,
) -> int:
    """Enter days for the country, the region or an authority; how many of them are new or different.

    Args:
        year: the national year whose whole official calendar this is: every other day of it follows the week.
        by: who enters; None for the command line and the demonstration.

    Raises:
        Invalid: an unknown place, no source, or a whole year that cannot be one.
        NotPermitted: where ``by`` does not keep the register.
    """
    with transaction():
        if by is not None:
            require(by, Permission.KEEP_REGISTER)
        _check(place, rows, provenance, year)
        changed = _upsert(place, rows, provenance, by)
        if year is not None and db.session.get(CalendarYear, year) is None:
            db.session.add(
                CalendarYear(
                    year=year,
                    source=provenance.source.strip()[:SOURCE_LENGTH],
                    source_url=provenance.source_url.strip(),
                    sha256=provenance.sha256,
                    entered_by_id=by.id if by else None,
                    entered_at=clock.now(),
                )
            )
        db.session.flush()
        actor = by.actor if by else SYSTEM
        facts = {"days": len(rows), "changed": changed, "sha256": provenance.sha256, "year": year}
        audit.record("rulebook.calendar.days_entered", f"calendar:{place}", actor, facts)
        _announce(by)
    return changed


def remove_day(day_id: int, *, by: Person) -> None:
    """Take an entered day back; what it has lengthened stays as long as it was promised.

    Raises:
        NotFound: where there is no such day.
        NotPermitted: where ``by`` does not keep the register.
    """
    with transaction():
        require(by, Permission.KEEP_REGISTER)
        found = db.session.get(CalendarDay, day_id)
        if found is None:
            raise NotFound
        facts = {"day": found.day.isoformat(), "working": found.working, "source": found.source}
        db.session.delete(found)
        db.session.flush()
        audit.record("rulebook.calendar.day_removed", f"calendar:{found.place}", by.actor, facts)
        _announce(by)


def _check(place: str, rows: Sequence[DayRow], provenance: Provenance, year: int | None) -> None:
    faults: dict[str, object] = {}
    if place not in places.names():
        faults["place"] = NO_PLACE
    if not provenance.source.strip():
        faults["source"] = REQUIRED
    if not rows:
        faults["days"] = REQUIRED
    if year is not None and place != places.NATIONAL:
        faults["year"] = ONLY_NATIONAL
    elif year is not None and not _is_whole(year, rows):
        faults["year"] = NOT_WHOLE
    if faults:
        raise Invalid(faults)


def _is_whole(year: int, rows: Sequence[DayRow]) -> bool:
    free = {row.day for row in rows if not row.working}
    weekdays_off = sum(day.weekday() < SATURDAY for day in free)
    by_law = (date(year, *day) for day in BY_LAW)
    return weekdays_off >= FEWEST_WEEKDAYS_OFF and all(day in free or day.weekday() >= SATURDAY for day in by_law)


def _upsert(place: str, rows: Sequence[DayRow], provenance: Provenance, by: Person | None) -> int:
    known = {item.day: item for item in db.session.scalars(select(CalendarDay).where(CalendarDay.place == place))}
    changed = 0
    for row in rows:
        found = known.get(row.day)
        if found is not None and (found.working, found.name) == (row.working, row.name):
            continue
        if found is None:
            found = CalendarDay(place=place, day=row.day)
            db.session.add(found)
        found.working, found.name = row.working, row.name
        found.source, found.source_url = provenance.source.strip()[:SOURCE_LENGTH], provenance.source_url.strip()
        found.sha256, found.entered_by_id = provenance.sha256, by.id if by else None
        found.entered_at = clock.now()
        changed += 1
    return changed


def _announce(by: Person | None) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the sender is the app itself
    hooks.calendar_changed.send(app, by=by)
