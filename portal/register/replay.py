"""The register made again from its ledger: whole, to rebuild the tables, or up to a day, to answer for that day."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority
from portal.foundation import clock
from portal.foundation.database import db
from portal.register import projections
from portal.register.models import RegisterEvent
from portal.register.projections import MAKING, Act, Facts
from portal.register.rules import EventKind
from portal.register.standing import (
    StandingAgency,
    StandingEntry,
    StandingExclusion,
    StandingName,
    StandingUnit,
)

EXTENSION = "portal.register.days"
#: How many days are kept at hand; a day of the whole country's lists takes some megabytes.
MOST_DAYS = 6
#: Acts of an import count with their list where it names only its year.
OF_A_LIST = MAKING | {EventKind.COMPLETED, EventKind.CHANGED, EventKind.RENAMED, EventKind.MOVED}


@dataclass
class Copy:
    """The register in memory; the shelf on which a replay puts what it makes."""

    authorities: Mapping[str, Authority]
    units: dict[int, StandingUnit] = field(default_factory=dict)
    entries: dict[int, StandingEntry] = field(default_factory=dict)
    agencies: dict[int, StandingAgency] = field(default_factory=dict)

    def unit(self, number: int | None) -> StandingUnit | None:
        """The unit of an id; None for none."""
        return self.units.get(number or 0)

    def entry(self, number: int | None) -> StandingEntry | None:
        """The entry of an id; None for none."""
        return self.entries.get(number or 0)

    def agency(self, number: int | None) -> StandingAgency | None:
        """The agency of an id; None for none."""
        return self.agencies.get(number or 0)

    def authority(self, code: str | None) -> Authority | None:
        """The authority of a code; None for none."""
        return self.authorities[code] if code else None

    def new_unit(self, number: int) -> StandingUnit:
        """A unit without facts."""
        self.units[number] = StandingUnit(number)
        return self.units[number]

    def new_entry(self, number: int, unit: Any, facts: Facts) -> StandingEntry:
        """An entry of a unit."""
        self.entries[number] = entry = StandingEntry(number, unit.id, unit, **facts)
        unit.entries.append(entry)
        return entry

    def new_agency(self, number: int) -> StandingAgency:
        """An agency without facts."""
        self.agencies[number] = StandingAgency(number)
        return self.agencies[number]

    def new_name(self, unit: Any, facts: Facts) -> None:
        """Another name of a unit."""
        unit.names.append(StandingName(**facts))

    def new_exclusion(self, agency: Any, facts: Facts) -> None:
        """An exclusion of an agency."""
        agency.exclusions.append(StandingExclusion(**facts))


def acts() -> list[Act]:
    """All acts of the ledger, in the order in which they were recorded."""
    columns = [getattr(RegisterEvent, name) for name in Act._fields]
    return [Act(*row) for row in db.session.execute(select(*columns).order_by(RegisterEvent.id))]


def replay(chosen: Iterable[Act]) -> Copy:
    """What some acts make of an empty register."""
    copy = Copy({item.code: _detached(item) for item in authority_queries.authorities()})
    for act in chosen:
        projections.apply(act, copy)
    return copy


def days_of(all_acts: Sequence[Act]) -> list[date]:
    """For each act the day from which it counts.

    An act of a published list that names no day counts from 31 December of the list's year; an act of the desk
    without a day of its own from the day on which it was recorded. Where a later act told the day of an entry, the
    entry counts from that day.
    """
    told = {
        act.entry_id: date.fromisoformat(act.data["listed_on"])
        for act in all_acts
        if act.kind is EventKind.COMPLETED and act.data.get("listed_on")
    }
    return [
        told[act.entry_id] if act.kind in MAKING and act.entry_id in told and not act.effective_on else _day_of(act)
        for act in all_acts
    ]


def _day_of(act: Act) -> date:
    if act.effective_on is not None:
        return act.effective_on
    year = act.data.get("year") if act.kind in OF_A_LIST else None
    return date(int(year), 12, 31) if year else clock.local_day(act.recorded_at)


def as_of(day: date) -> Copy:
    """The register at the end of a day. The answer is shared: nobody may change anything in it."""
    days: _Days = current_app.extensions.setdefault(EXTENSION, _Days())
    return days.get(day)


def forget() -> None:
    """Let go of the days that are kept at hand, after the ledger itself was exchanged."""
    current_app.extensions.pop(EXTENSION, None)


class _Days:
    """The last days that were asked for. Between two acts nothing changes, so that few different days exist."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tip: tuple[int, datetime] | None = None
        self._acting: list[date] = []
        self._kept: OrderedDict[date, Copy] = OrderedDict()

    def get(self, day: date) -> Copy:
        """The register at the end of a day."""
        with self._lock:
            self._refresh()
            last = max((acting for acting in self._acting if acting <= day), default=date.min)
            if last not in self._kept:
                known = acts()
                counted = zip(known, days_of(known), strict=True)
                self._kept[last] = replay(act for act, counts_from in counted if counts_from <= last)
            self._kept.move_to_end(last)
            while len(self._kept) > MOST_DAYS:
                self._kept.popitem(last=False)
            return self._kept[last]

    def _refresh(self) -> None:
        query = select(RegisterEvent.id, RegisterEvent.recorded_at).order_by(RegisterEvent.id.desc()).limit(1)
        row = db.session.execute(query).one_or_none()
        tip = (row[0], row[1]) if row else (0, datetime.min)  # noqa: DTZ901 - never compared with a moment
        if tip != self._tip:
            self._tip, self._acting = tip, sorted(set(days_of(acts())))
            self._kept.clear()


def _detached(authority: Authority) -> Authority:
    """The authority as a thing of no session, which outlives the request."""
    return Authority(**{column.key: getattr(authority, column.key) for column in Authority.__mapper__.column_attrs})
