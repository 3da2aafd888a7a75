"""The lists in numbers: how many units stand on them by year, level, category and place, and who came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from portal.register.queries import Scope
from portal.register.queries.facts import Fact
from portal.register.rules import Category, Level

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Row:
    """One line of a table: its entries by level, which add up to ``entries``, and the different units behind them."""

    by_level: Mapping[Level, int]
    entries: int
    units: int


@dataclass(frozen=True)
class Flow:
    """What happened to the lists in a year, in entries, and how many stood at its end (this year: stand now)."""

    year: int
    entered: int
    left: int
    standing: int


@dataclass(frozen=True)
class Statistics:
    """The lists on a day. ``by_place`` goes by authority in the region, by province for all."""

    day: date
    scope: Scope
    total: Row
    by_level: Mapping[Level, Row]
    by_year: Mapping[int, Row]
    by_category: Mapping[Category, Row]
    by_place: Mapping[str, Row]
    flows: Sequence[Flow]

    @property
    def levels(self) -> list[Level]:
        """The levels on which anything stands, highest first."""
        return list(self.by_level)


def statistics(facts: Sequence[Fact], scope: Scope, today: date) -> Statistics:
    """Count what stands on the lists now; a removal that is not announced still stands.

    A unit counts once in each line in which it has an entry, however many it has there.
    """
    standing = [fact for fact in facts if fact.left_in is None]
    by_level = _rows(standing, lambda fact: fact.level)
    by_category = _rows(standing, lambda fact: fact.category)
    return Statistics(
        day=today,
        scope=scope,
        total=_row(standing),
        by_level={level: by_level[level] for level in Level if level in by_level},
        by_year=_years(standing),
        by_category={category: by_category[category] for category in Category if category in by_category},
        by_place=_rows(standing, _authority if scope is Scope.REGION else _province),
        flows=flows(facts, today.year),
    )


def flows(facts: Iterable[Fact], this_year: int) -> list[Flow]:
    """Entries and exits of every year from the first list to this year, without a gap between."""
    entered, left = Counter[int](), Counter[int]()
    for fact in facts:
        entered[fact.entered_in] += 1
        if fact.left_in is not None:
            left[fact.left_in] += 1
    lines: list[Flow] = []
    standing = 0
    last = max((this_year, *entered, *left))
    for year in range(min(entered, default=last + 1), last + 1):
        standing += entered[year] - left[year]
        lines.append(Flow(year, entered[year], left[year], standing))
    return lines


def _years(facts: Iterable[Fact]) -> dict[int, Row]:
    """A line for every year from the first to the last, also for those of which nothing stands."""
    rows = _rows(facts, lambda fact: fact.year)
    return {year: rows.get(year, _row(())) for year in range(min(rows, default=0), max(rows, default=-1) + 1)}


def _rows(facts: Iterable[Fact], key: Callable[[Fact], Key]) -> dict[Key, Row]:
    parted: dict[Key, list[Fact]] = {}
    for fact in facts:
        parted.setdefault(key(fact), []).append(fact)
    rows = {name: _row(part) for name, part in parted.items()}
    return dict(sorted(rows.items(), key=lambda item: -item[1].entries))


def _row(facts: Sequence[Fact]) -> Row:
    levels = Counter(fact.level for fact in facts)
    return Row({level: levels[level] for level in Level}, len(facts), len({fact.unit_id for fact in facts}))


def _authority(fact: Fact) -> str:
    return fact.authority


def _province(fact: Fact) -> str:
    return fact.province
