"""What the acts of the ledger leave behind: one function applies an act, to the tables or to a copy in memory.

The tables of units, names, entries, agencies and exclusions hold nothing that a replay of all acts would not make
again, ids included. A replay of the acts up to a day is the register of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from pypinyin import lazy_pinyin

from portal.authorities.models import Authority
from portal.register.cleaning import name_key
from portal.register.models import Agency, Exclusion, ListEntry, RegisterEvent, Unit, UnitName
from portal.register.rules import (
    Category,
    EntryStatus,
    EventKind,
    ExclusionGround,
    Level,
    NameKind,
    RemovalGround,
)
from portal.register.standing import (
    StandingAgency,
    StandingEntry,
    StandingExclusion,
    StandingName,
    StandingUnit,
)

AnyUnit = Unit | StandingUnit
AnyEntry = ListEntry | StandingEntry
AnyAgency = Agency | StandingAgency
AnyName = UnitName | StandingName
AnyExclusion = Exclusion | StandingExclusion
Facts = Mapping[str, Any]

UNIT_FACTS = ("name", "name_bo", "uscc", "province", "prefecture", "authority", "attribution_confirmed", "is_sample")
AGENCY_FACTS = ("name", "uscc", "authority", "is_sample")
ENTRY_FACTS = (
    "category", "level", "year", "batch", "status", "listed_on", "removed_on", "ground", "source_url", "source_name",
)  # fmt: skip
#: Acts that put an entry on a list, and its unit and agency into the register where they are new.
MAKING = frozenset({EventKind.IMPORTED, EventKind.LISTED})


class Act(NamedTuple):
    """An event of the ledger as the replay reads it."""

    id: int
    kind: EventKind
    unit_id: int | None
    entry_id: int | None
    agency_id: int | None
    effective_on: date | None
    recorded_at: datetime
    source_url: str
    document_id: int | None
    data: Facts

    @classmethod
    def of(cls, event: RegisterEvent) -> Act:
        """The act that an event tells."""
        return cls(
            event.id or 0,
            event.kind,
            event.unit_id,
            event.entry_id,
            event.agency_id,
            event.effective_on,
            event.recorded_at,
            event.source_url,
            event.document_id,
            event.data,
        )


class Shelf(Protocol):
    """Where things are found by their ids and new ones are put: the tables, or a copy in memory."""

    def unit(self, number: int | None) -> AnyUnit | None:
        """The unit of an id."""

    def entry(self, number: int | None) -> AnyEntry | None:
        """The entry of an id."""

    def agency(self, number: int | None) -> AnyAgency | None:
        """The agency of an id."""

    def authority(self, code: str | None) -> Authority | None:
        """The authority of a code."""

    def new_unit(self, number: int) -> AnyUnit:
        """A unit without facts."""

    def new_entry(self, number: int, unit: AnyUnit, facts: Facts) -> AnyEntry:
        """An entry of a unit with its category, level and year."""

    def new_agency(self, number: int) -> AnyAgency:
        """An agency without facts."""

    def new_name(self, unit: AnyUnit, facts: Facts) -> None:
        """Another name of a unit."""

    def new_exclusion(self, agency: AnyAgency, facts: Facts) -> None:
        """An exclusion of an agency."""


def apply(act: Act, shelf: Shelf) -> None:
    """Let an act change what it changes; an act on something that is not on the shelf changes nothing."""
    _APPLIED.get(act.kind, _nothing)(act, shelf)


def _nothing(_act: Act, _shelf: Shelf) -> None:
    """The act decides something that changes no projection."""


def _make(act: Act, shelf: Shelf) -> None:
    unit = shelf.unit(act.unit_id)
    if unit is None and act.unit_id is not None:
        unit = shelf.new_unit(act.unit_id)
        tell(unit, act.data, shelf)
    if unit is None or act.entry_id is None:
        return
    _name(unit, act.data, shelf)
    entry = shelf.entry(act.entry_id)
    if entry is None:
        facts = _entry_facts(act.data, ("category", "level", "year"))
        entry = shelf.new_entry(act.entry_id, unit, facts)
    told = _entry_facts(act.data, ("category", "level", "year", "batch", "source_name"))
    _set(entry, {**told, "listed_on": act.effective_on, "source_url": act.source_url})
    _link(entry, act, shelf)


def _complete(act: Act, shelf: Shelf) -> None:
    entry = shelf.entry(act.entry_id)
    if entry is not None:
        _set(entry, _entry_facts(act.data, ENTRY_FACTS))
        if "agency" in act.data:
            _link(entry, act, shelf)


def _change(act: Act, shelf: Shelf) -> None:
    if act.unit_id is None:
        _agency(act, shelf)
        return
    unit = shelf.unit(act.unit_id)
    if unit is not None:
        tell(unit, act.data, shelf)
        _name(unit, act.data, shelf)


def _rename(act: Act, shelf: Shelf) -> None:
    unit = shelf.unit(act.unit_id)
    if unit is not None:
        tell(unit, {**act.data, "name": act.data["to"]}, shelf)
        _name(unit, act.data, shelf)


def _move(act: Act, shelf: Shelf) -> None:
    unit = shelf.unit(act.unit_id)
    if unit is not None:
        told = {"authority": act.data["to"], "attribution_confirmed": bool(act.data.get("confirmed"))}
        tell(unit, {**act.data, **told}, shelf)


def _await(act: Act, shelf: Shelf) -> None:
    entry = shelf.entry(act.entry_id)
    if entry is not None and entry.status is EntryStatus.ACTIVE:
        entry.status = EntryStatus.PENDING_REMOVAL


def _keep(act: Act, shelf: Shelf) -> None:
    entry = shelf.entry(act.entry_id)
    if entry is not None and entry.status is EntryStatus.PENDING_REMOVAL:
        entry.status = EntryStatus.ACTIVE


def _remove(act: Act, shelf: Shelf) -> None:
    entry = shelf.entry(act.entry_id)
    if entry is not None:
        ground = RemovalGround(act.data["ground"])
        _set(entry, {"status": EntryStatus.REMOVED, "removed_on": act.effective_on, "ground": ground})


def _exclude(act: Act, shelf: Shelf) -> None:
    agency = shelf.agency(act.agency_id)
    if agency is not None:
        facts = {
            "id": act.data["exclusion"],
            "agency_id": agency.id,
            "first_day": act.effective_on,
            "last_day": date.fromisoformat(act.data["until"]),
            "ground": ExclusionGround(act.data["ground"]),
            "document_id": act.document_id,
        }
        shelf.new_exclusion(agency, facts)


def _correct(act: Act, shelf: Shelf) -> None:
    unit, entry = shelf.unit(act.unit_id), shelf.entry(act.entry_id)
    if unit is not None:
        tell(unit, act.data.get("unit", {}), shelf)
        _name(unit, act.data, shelf)
        for name in [item for item in unit.names if item.id in act.data.get("without_names", ())]:
            unit.names.remove(name)  # type: ignore[arg-type]
    told: Facts = act.data.get("entry", {})
    if entry is not None:
        _set(entry, _entry_facts(told, ENTRY_FACTS))
        if "agency" in told:
            _link(entry, act, shelf)
    if act.unit_id is None:
        _agency(act, shelf)


_APPLIED: Mapping[EventKind, Callable[[Act, Shelf], None]] = {
    EventKind.IMPORTED: _make,
    EventKind.LISTED: _make,
    EventKind.COMPLETED: _complete,
    EventKind.CHANGED: _change,
    EventKind.RENAMED: _rename,
    EventKind.MOVED: _move,
    EventKind.REMOVAL_PROPOSED: _await,
    EventKind.REMOVAL_DROPPED: _keep,
    EventKind.REMOVED: _remove,
    EventKind.EXCLUDED: _exclude,
    EventKind.CORRECTED: _correct,
}


def tell(unit: AnyUnit | AnyAgency, told: Facts, shelf: Shelf) -> None:
    """Let a unit or an agency be what is told of it."""
    for fact in UNIT_FACTS:
        if fact not in told:
            continue
        value = told[fact]
        if fact == "authority":
            unit.authority = shelf.authority(value)
            unit.authority_id = unit.authority.id if unit.authority else None
        elif fact == "name":
            unit.name, unit.name_key = value, key_of(value)
            if isinstance(unit, Unit | StandingUnit):
                unit.name_sound = sound(value)
        elif fact == "uscc":
            unit.uscc = value or None
        else:
            setattr(unit, fact, value)


def _name(unit: AnyUnit, told: Facts, shelf: Shelf) -> None:
    """Give a unit the other names that an act tells; those that it bears already are told again and stay."""
    known = {item.id for item in unit.names}
    for name in told.get("names", ()):
        if name["id"] not in known:
            facts = {
                "id": name["id"],
                "unit_id": unit.id,
                "name": name["name"],
                "key": key_of(name["name"]),
                "kind": NameKind(name["kind"]),
            }
            shelf.new_name(unit, facts)


def _agency(act: Act, shelf: Shelf) -> AnyAgency | None:
    """The agency of an act, made where it is new; ``agency`` is its name, ``agency_facts`` what else is told of it."""
    if act.agency_id is None:
        return None
    told: Facts = act.data.get("agency_facts", {})
    agency = shelf.agency(act.agency_id)
    if agency is None:
        agency = shelf.new_agency(act.agency_id)
        told = {"name": act.data.get("agency", ""), **told}
    tell(agency, {name: value for name, value in told.items() if name in AGENCY_FACTS}, shelf)
    return agency


def _link(entry: AnyEntry, act: Act, shelf: Shelf) -> None:
    agency = _agency(act, shelf) if act.agency_id is not None else None
    entry.agency, entry.agency_id = agency, agency.id if agency else None


def _entry_facts(told: Facts, names: Iterable[str]) -> dict[str, Any]:
    return {name: _READ[name](told[name]) for name in names if name in told}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


_READ: Mapping[str, Callable[[Any], Any]] = {
    "category": Category,
    "level": Level,
    "year": int,
    "batch": str,
    "status": EntryStatus,
    "listed_on": _day,
    "removed_on": _day,
    "ground": lambda value: RemovalGround(value) if value else None,
    "source_url": str,
    "source_name": str,
}


def _set(thing: AnyEntry, facts: Facts) -> None:
    for name, value in facts.items():
        setattr(thing, name, value)


@lru_cache(maxsize=20_000)
def sound(name: str) -> str:
    """A name's pinyin, for sorting."""
    return " ".join(lazy_pinyin(name)).lower()[:1200]


@lru_cache(maxsize=20_000)
def key_of(name: str) -> str:
    """The key of a name, remembered: a replay asks for the same thousands of names again and again."""
    return name_key(name)
