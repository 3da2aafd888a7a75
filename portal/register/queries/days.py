"""A selection of the register as it stood at the end of a day: a replay of the ledger, chosen from in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask_sqlalchemy.pagination import Pagination

from portal.register import replay
from portal.register.cleaning import name_key
from portal.register.queries.selection import Order, Scope, Selection
from portal.register.rules import PUBLIC_STATUSES, EntryStatus
from portal.register.standing import StandingEntry, StandingUnit

#: What a facet asks of an entry.
_VALUES: Mapping[str, Callable[[StandingEntry], Any]] = {
    "level": lambda entry: entry.level,
    "category": lambda entry: entry.category,
    "year": lambda entry: entry.year,
    "authority": lambda entry: entry.unit.authority.code if entry.unit.authority else None,
    "province": lambda entry: entry.unit.province,
    "status": lambda entry: entry.public_status,
}
_ORDERS: Mapping[Order, Callable[[StandingEntry], tuple[Any, ...]]] = {
    Order.NEWEST: lambda entry: (-entry.year, entry.id),
    Order.OLDEST: lambda entry: (entry.year, entry.id),
    Order.NAME: lambda entry: (entry.unit.name_sound, entry.unit.id, entry.id),
}


class DayPage(Pagination):
    """A page of what stood on a day."""

    def _query_items(self) -> list[Any]:
        entries: Sequence[StandingEntry] = self._query_args["entries"]
        first = (self.page - 1) * self.per_page
        return list(entries[first : first + self.per_page])

    def _query_count(self) -> int:
        return len(self._query_args["entries"])


def entries_on(selection: Selection, day: date) -> list[StandingEntry]:
    """The entries of a selection at the end of a day, in order.

    Without a status, those on the lists of that day; with one or both, those that had it then.
    """
    wanted = selection if selection.status else replace(selection, status=(EntryStatus.ACTIVE,))
    return sorted(_chosen(wanted, day), key=_ORDERS[selection.sort])


def page_on(selection: Selection, day: date, number: int, per_page: int, most: int) -> Pagination:
    """A page of them; behind the last one there is nothing."""
    return DayPage(
        page=max(number, 1), per_page=per_page, max_per_page=most, error_out=False, entries=entries_on(selection, day)
    )


def facet_counts_on(selection: Selection, day: date) -> dict[str, dict[Any, int]]:
    """Per facet the values there were with their numbers of entries, each facet as if it were not narrowed itself."""
    found: dict[str, dict[Any, int]] = {name: {} for name in _VALUES}
    for name, value_of in _VALUES.items():
        open_status = PUBLIC_STATUSES if name == "status" else selection.status or (EntryStatus.ACTIVE,)
        widened: dict[str, Any] = {"status": open_status} if name == "status" else {name: (), "status": open_status}
        for entry in _chosen(replace(selection, **widened), day):
            value = value_of(entry)
            if value not in {None, ""}:
                found[name][value] = found[name].get(value, 0) + 1
    return found


def _chosen(selection: Selection, day: date) -> Iterator[StandingEntry]:
    narrowed = [(_VALUES[name], set(getattr(selection, name))) for name in _VALUES if getattr(selection, name)]
    named = _named(selection.q) if selection.q else None
    for entry in replay.as_of(day).entries.values():
        if selection.scope is Scope.REGION and not entry.unit.in_region:
            continue
        if all(value_of(entry) in values for value_of, values in narrowed) and (named is None or named(entry.unit)):
            yield entry


def _named(text: str) -> Callable[[StandingUnit], bool]:
    """Whether a unit bears or bore a name with each word of ``text`` in it, or has it in its credit code."""
    words = [(word, name_key(word)) for word in text.split()[:6]]

    def bears(unit: StandingUnit, word: str, key: str) -> bool:
        keys = [unit.name_key, *(name.key for name in unit.names)]
        return bool(key) and (
            any(key in known for known in keys) or word in unit.name_bo or key.upper() in (unit.uscc or "")
        )

    return lambda unit: bool(words) and all(bears(unit, word, key) for word, key in words)
