"""The ledger: the one way to change the register. An act is written down and applied in one step.

Nothing else writes units, their names, entries, agencies or exclusions, so that the ledger can make them all again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority
from portal.content.models import Document
from portal.foundation import clock
from portal.foundation.database import Base, db
from portal.register import projections
from portal.register.hooks import acts_recorded
from portal.register.models import Agency, Exclusion, ListEntry, RegisterEvent, Unit, UnitName
from portal.register.projections import MAKING, Act, key_of
from portal.register.rules import EntryStatus, EventKind, NameKind

#: Held until the end of the transaction, so that acts become visible in the order of their ids.
LEDGER_LOCK = 7_241_803_558


def record(
    kind: EventKind,
    *,
    unit: Unit | None = None,
    entry: ListEntry | None = None,
    agency: Agency | None = None,
    effective_on: date | None,
    by_actor: str,
    article: str = "",
    document: Document | int | None = None,
    source_url: str = "",
    data: Mapping[str, Any] | None = None,
) -> RegisterEvent:
    """Write an act down and apply it, inside the transaction of the use case; see :meth:`Writer.record`."""
    writer = Writer()
    event = writer.record(
        kind,
        unit=unit,
        entry=entry,
        agency=agency,
        effective_on=effective_on,
        by_actor=by_actor,
        article=article,
        document=document,
        source_url=source_url,
        data=data,
    )
    writer.write()
    return event


class Writer:
    """Writes acts one after the other, with one flush for all of them (:meth:`write`); the tables are its shelf.

    One writer at a time in a transaction: ids are given out from what the tables held when it began.
    """

    def __init__(self, *, reserve: int = 1) -> None:
        self._reserve = reserve
        self._free: dict[str, list[int]] = {}
        self._last: dict[str, int] = {}
        #: None for an id that was given out and has no row yet, so that nobody asks the database for it.
        self._units: dict[int, Unit | None] = {}
        self._entries: dict[int, ListEntry | None] = {}
        self._agencies: dict[int, Agency | None] = {}
        self._named: dict[str, Agency] = {}
        self._authorities: dict[str, Authority] | None = None
        self._recorded: list[RegisterEvent] = []
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LEDGER_LOCK})

    def record(
        self,
        kind: EventKind,
        *,
        unit: Unit | None = None,
        entry: ListEntry | None = None,
        agency: Agency | None = None,
        effective_on: date | None,
        by_actor: str,
        article: str = "",
        document: Document | int | None = None,
        source_url: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> RegisterEvent:
        """Write an act down and apply it to the tables; :meth:`write` ends a row of them.

        ``data`` by kind (days as dates or ISO texts; ``names`` are ``{"name", "kind"}``, ids are given here):

        - ``IMPORTED``, ``LISTED``: ``category``, ``level``, ``year``, optionally ``batch``, ``source_name`` and
          ``agency`` (a name; found or made). Without ``unit`` a new one is made of ``name``, ``name_bo``, ``uscc``,
          ``province``, ``prefecture``, ``authority`` (a code), ``attribution_confirmed``, ``is_sample``, ``names``.
          ``effective_on`` is the day of listing, ``source_url`` the published list. The result has ``unit``,
          ``entry`` and ``agency``.
        - ``COMPLETED``: facts of ``entry``. ``CHANGED``: facts of ``unit``, ``names``; without a unit those of an
          agency: ``agency`` (its name) and ``agency_facts`` (``uscc``, ``authority``, ``is_sample``).
        - ``RENAMED``: ``to``, optionally ``name_bo``. The old name becomes a former one. ``MOVED``: ``to`` (a code or
          None), ``confirmed``, optionally ``province``, ``prefecture``.
        - ``REMOVAL_PROPOSED``, ``REMOVAL_DROPPED``, ``REMOVED``: ``ground``. ``EXCLUDED``: ``ground``, ``until``.
        - ``CORRECTED``: ``corrects`` (the id of an event), ``reason``, ``unit`` and ``entry`` (facts that hold from
          ``effective_on`` on, such as ``{"status": "active", "removed_on": None, "ground": None}``), ``names``,
          ``without_names`` (ids).
        """
        unit = unit or (entry.unit if entry else None)
        told = {name: _plain(value) for name, value in (data or {}).items()}
        agency = agency or self._agency_of(told)
        if agency is not None:
            told["agency"] = agency.name
        if kind in MAKING:
            told = (_told(unit) if unit else _new_unit_facts()) | told
            told.setdefault("agency", "")
        elif entry is not None:
            told = {"category": str(entry.category), "level": str(entry.level), "year": entry.year} | told
        if kind is EventKind.RENAMED and unit is not None:
            told = {"from": unit.name, **told, "names": [{"name": unit.name, "kind": "former"}, *told.get("names", ())]}
        if kind is EventKind.MOVED and unit is not None:
            told = {"from": unit.authority.code if unit.authority else None, **told}
        if kind is EventKind.EXCLUDED:
            told["exclusion"] = self._next(Exclusion)
        unit_id, entry_id = self._ids(kind, unit, entry)
        if told.get("names"):
            told["names"] = self._numbered(unit, kind, told)
        self._remember(unit, entry, agency)
        event = RegisterEvent(
            kind=kind,
            unit_id=unit_id,
            entry_id=entry_id,
            agency_id=agency.id if agency else None,
            effective_on=effective_on,
            recorded_at=clock.now(),
            recorded_by=by_actor,
            article=article,
            document_id=document if isinstance(document, int) or document is None else document.id,
            source_url=source_url,
            data=told,
        )
        projections.apply(Act.of(event), self)
        # By relationship as well, so that new rows reach the database before the event that speaks of them.
        event.unit, event.entry, event.agency = self.unit(unit_id), self.entry(entry_id), agency
        db.session.add(event)
        self._recorded.append(event)
        return event

    def write(self) -> None:
        """Bring what was recorded to the database, and tell the packages above."""
        db.session.flush()
        recorded, self._recorded = self._recorded, []
        if recorded:
            acts_recorded.send(current_app._get_current_object(), events=recorded)  # type: ignore[attr-defined]  # noqa: SLF001

    # The shelf.

    def unit(self, number: int | None) -> Unit | None:
        """The unit of an id; None for none."""
        if number is None or number in self._units:
            return self._units[number] if number else None
        return db.session.get(Unit, number)

    def entry(self, number: int | None) -> ListEntry | None:
        """The entry of an id; None for none."""
        if number is None or number in self._entries:
            return self._entries[number] if number else None
        return db.session.get(ListEntry, number)

    def agency(self, number: int | None) -> Agency | None:
        """The agency of an id; None for none."""
        if number is None or number in self._agencies:
            return self._agencies[number] if number else None
        return db.session.get(Agency, number)

    def authority(self, code: str | None) -> Authority | None:
        """The authority of a code; None for none."""
        if self._authorities is None:
            self._authorities = {item.code: item for item in authority_queries.authorities()}
        return self._authorities[code] if code else None

    def new_unit(self, number: int) -> Unit:
        """A unit without facts."""
        self._units[number] = made = Unit(id=number)
        db.session.add(made)
        return made

    def new_entry(self, number: int, unit: projections.AnyUnit, facts: Mapping[str, Any]) -> ListEntry:
        """An entry of a unit."""
        self._entries[number] = made = ListEntry(
            id=number, unit_id=unit.id, unit=unit, status=EntryStatus.ACTIVE, **facts
        )
        db.session.add(made)
        return made

    def new_agency(self, number: int) -> Agency:
        """An agency without facts."""
        self._agencies[number] = made = Agency(id=number)
        db.session.add(made)
        return made

    def new_name(self, unit: projections.AnyUnit, facts: Mapping[str, Any]) -> None:
        """Another name of a unit."""
        unit.names.append(UnitName(**facts))  # type: ignore[arg-type]

    def new_exclusion(self, agency: projections.AnyAgency, facts: Mapping[str, Any]) -> None:
        """An exclusion of an agency."""
        agency.exclusions.append(Exclusion(**facts))  # type: ignore[arg-type]

    # What is found out before an act is written down.

    def _ids(self, kind: EventKind, unit: Unit | None, entry: ListEntry | None) -> tuple[int | None, int | None]:
        """The ids of the unit and the entry of an act, new ones where it makes them."""
        unit_id, entry_id = unit.id if unit else None, entry.id if entry else None
        if kind in MAKING and unit_id is None:
            unit_id = self._next(Unit)
            self._units[unit_id] = None
        if kind in MAKING and entry_id is None:
            entry_id = self._next(ListEntry)
            self._entries[entry_id] = None
        return unit_id, entry_id

    def _remember(self, unit: Unit | None, entry: ListEntry | None, agency: Agency | None) -> None:
        if unit is not None:
            self._units[unit.id] = unit
        if entry is not None:
            self._entries[entry.id] = entry
        if agency is not None:
            self._agencies[agency.id] = agency

    def _agency_of(self, told: Mapping[str, Any]) -> Agency | None:
        """The agency that an act names, made where it is new."""
        entry_facts = told.get("entry")
        name = told.get("agency") or (entry_facts.get("agency") if isinstance(entry_facts, Mapping) else None)
        key = key_of(name) if name else ""
        if not key:
            return None
        if key not in self._named:
            known = db.session.scalars(select(Agency).where(Agency.name_key == key)).one_or_none()
            if known is None:
                known = self.new_agency(self._next(Agency))
                projections.tell(known, {"name": name}, self)
            self._named[key] = known
        return self._named[key]

    def _numbered(self, unit: Unit | None, kind: EventKind, told: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The names of an act with their ids, without those that the unit bears or bore already."""
        known = {item.key: item for item in unit.names} if unit else {}
        current = unit.name_key if unit else key_of(told.get("name", ""))
        if kind is EventKind.RENAMED:
            current = key_of(told["to"])
        elif kind is EventKind.CORRECTED and "name" in told.get("unit", {}):
            current = key_of(told["unit"]["name"])
        found: dict[str, dict[str, Any]] = {}
        for name in told["names"]:
            key, sort = key_of(name["name"]), NameKind(name["kind"])
            if "id" in name:
                found[key] = dict(name)
            elif key and key not in known and key not in found and (key != current or sort is NameKind.FORMER):
                found[key] = {"id": self._next(UnitName), "name": name["name"], "kind": str(sort)}
        return list(found.values())

    def _next(self, table: type[Base]) -> int:
        """An id that no row of a table has."""
        name = table.__tablename__
        if not self._free.get(name):
            numbers = list(_numbers(table, self._reserve, self._last.get(name, 0)))
            self._last[name], self._free[name] = numbers[-1], numbers[::-1]
        return self._free[name].pop()


def _numbers(table: type[Base], many: int, after: int) -> Iterable[int]:
    name = table.__tablename__
    if db.engine.dialect.name == "postgresql":
        sequence = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :many)")
        return sorted(db.session.scalars(sequence, {"name": name, "many": many}))
    # The write lock is held: nobody else takes these.
    first = max(db.session.scalar(select(func.max(table.__table__.c.id))) or 0, after) + 1
    return range(first, first + many)


def _told(unit: Unit) -> dict[str, Any]:
    """All facts of a unit, as an act carries them."""
    return {
        "name": unit.name,
        "name_bo": unit.name_bo or "",
        "uscc": unit.uscc,
        "province": unit.province or "",
        "prefecture": unit.prefecture or "",
        "authority": unit.authority.code if unit.authority else None,
        "attribution_confirmed": bool(unit.attribution_confirmed),
        "is_sample": bool(unit.is_sample),
        "names": [{"id": item.id, "name": item.name, "kind": str(item.kind)} for item in unit.names],
    }


def _new_unit_facts() -> dict[str, Any]:
    return {
        "name_bo": "",
        "uscc": None,
        "province": "",
        "prefecture": "",
        "authority": None,
        "attribution_confirmed": False,
        "is_sample": False,
    }


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
