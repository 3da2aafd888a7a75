"""The register as dictionaries, so that thousands of rows are matched without asking the database for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority
from portal.foundation.database import db
from portal.register.cleaning import name_key
from portal.register.lists.rows import Fault, Row
from portal.register.models import Agency, ListEntry, Unit
from portal.register.places import family
from portal.register.rules import NameKind

EntryKey = tuple[Unit, str, str, int]


class Book:
    """Every unit, agency and entry, by what a row says of them."""

    def __init__(self) -> None:
        self.by_key: dict[str, list[Unit]] = defaultdict(list)
        self.by_former: dict[str, list[Unit]] = defaultdict(list)
        self.by_code: dict[str, Unit] = {}
        self.agencies: dict[str, Agency] = {}
        self.entries: dict[EntryKey, ListEntry] = {}
        self.latest: dict[Unit, int] = {}
        self.authorities: dict[str, Authority] = {item.code: item for item in authority_queries.authorities()}
        for unit in db.session.scalars(select(Unit).options(selectinload(Unit.names))).unique():
            self.remember(unit)
        self.agencies.update((agency.name_key, agency) for agency in db.session.scalars(select(Agency)).unique())
        for entry in db.session.scalars(select(ListEntry)):
            self.remember_entry(entry)

    def remember(self, unit: Unit) -> None:
        """Let a unit be found by its names and its code."""
        self.by_key[unit.name_key].append(unit)
        for other in unit.names:
            if other.kind is NameKind.FORMER:
                self.by_former[other.key].append(unit)
        if unit.uscc:
            self.by_code[unit.uscc] = unit

    def remember_entry(self, entry: ListEntry) -> None:
        """Let an entry be found by its unit and its list."""
        self.entries[entry.unit, entry.category, entry.level, entry.year] = entry
        self.latest[entry.unit] = max(entry.year, self.latest.get(entry.unit, 0))

    def find(self, row: Row) -> Unit | Fault | None:
        """The unit that a row means; None for a new one, a fault where the row does not say which."""
        named = self._same_place(self.by_key.get(row.key, ()), row)
        named = named or self._same_place(self.by_former.get(row.key, ()), row)
        if not named:
            for former in row.name.former:
                named = named or self._same_place(self.by_key.get(name_key(former), ()), row)
        coded = self.by_code.get(row.uscc or "")
        if coded is not None:
            return coded if not named or coded in named else Fault.CODE_TAKEN
        if len(named) > 1:
            return Fault.AMBIGUOUS
        if named and row.uscc and named[0].uscc not in {None, row.uscc}:
            return Fault.AMBIGUOUS
        return named[0] if named else None

    def renamed(self, unit: Unit, old_key: str) -> None:
        """Let a unit be found by its new name, and by the one that it had."""
        self.by_key[old_key].remove(unit)
        self.by_key[unit.name_key].append(unit)
        self.by_former[old_key].append(unit)

    def other_name(self, unit: Unit | None, current: str, name: str, kind: NameKind) -> dict[str, str] | None:
        """Another name as an act tells it; None where it is the current one or known already."""
        key = name_key(name)
        known = unit is not None and any(item.key == key for item in unit.names)
        if not key or known or (key == current and kind is not NameKind.FORMER):
            return None
        return {"name": name, "kind": str(kind)}

    def agency(self, name: str) -> Agency | None:
        """The agency of a name; None where there is none yet."""
        return self.agencies.get(name_key(name)) if name else None

    @staticmethod
    def _same_place(units: Sequence[Unit], row: Row) -> list[Unit]:
        """Those of a name's units that may be the row's: of its province, or of a province not known."""
        exact = [unit for unit in units if unit.province and family(unit.province) == family(row.province)]
        return exact or [unit for unit in units if not unit.province or not row.province]
