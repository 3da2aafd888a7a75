"""Small numbers are kept back before figures become public, with others from which they could be computed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, TypeVar

#: The least number that is shown: one or two complaints could point to a person.
LEAST_SHOWN = 3

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)


@dataclass(frozen=True)
class Table(Generic[R, C]):
    """Counts by row and column. ``None`` as a row or column is the sum over all of them."""

    rows: Sequence[R]
    columns: Sequence[C]
    counts: Mapping[tuple[R, C], int]

    def cells(self) -> Iterator[tuple[R | None, C | None]]:
        """Every place that holds a number, the sums last."""
        for row in (*self.rows, None):
            for column in (*self.columns, None):
                yield row, column

    def number(self, row: R | None, column: C | None) -> int:
        """The number at a place."""
        rows = self.rows if row is None else (row,)
        columns = self.columns if column is None else (column,)
        return sum(self.counts.get((r, c), 0) for r in rows for c in columns)


Place = tuple[Hashable | None, Hashable | None]
#: A line of a table: a row or a column.
End = tuple[str, Hashable | None]
Bounds = Mapping[Place, tuple[int, int | None]]


def hidden_places(table: Table[R, C], bounds: Bounds | None = None, already: Iterable[Place] = ()) -> frozenset[Place]:
    """The places whose numbers are kept back.

    They are the numbers below :data:`LEAST_SHOWN`, and as many others as it takes that none of the hidden ones follows
    from the shown ones. A hidden number follows where no other table of counts has the same shown numbers. By the sums
    along rows and columns there is such a table exactly where the number lies on a ring of hidden places that can
    become alternately one more and one less, and none of them impossible.

    Args:
        bounds: what a reader of other tables knows about a place: its least and its greatest possible number.
        already: places that are kept back in any case.
    """
    numbers: dict[Place, int] = {place: table.number(*place) for place in table.cells()}
    known = bounds or {}
    hidden = {place for place, number in numbers.items() if number < LEAST_SHOWN} | set(already)
    while True:
        rings = (_cheapest_ring(place, hidden, numbers, known) for place in sorted(hidden, key=str))
        lacking = next((ring - hidden for ring in rings if ring - hidden), None)
        if lacking is None:
            return frozenset(hidden)
        hidden |= lacking


def _cheapest_ring(start: Place, hidden: Set[Place], numbers: Mapping[Place, int], bounds: Bounds) -> frozenset[Place]:
    """The places on a ring through ``start`` that costs the reader least; all of them where there is none."""
    steps: dict[End, list[tuple[End, Place]]] = {}
    ways: list[tuple[End, End]] = []
    for place, number in numbers.items():
        row, column = ("row", place[0]), ("column", place[1])
        lowest, highest = bounds.get(place, (0, None))
        up, down = highest is None or number < highest, number > lowest
        # A sum stands on the other side of the equation, so it goes the other way.
        if place.count(None) == 1:
            up, down = down, up
        if place == start:
            ways = [way for way, is_open in (((column, row), up), ((row, column), down)) if is_open]
            continue
        if up:
            steps.setdefault(row, []).append((column, place))
        if down:
            steps.setdefault(column, []).append((row, place))
    found = [_path(steps, ends, lambda place: 0 if place in hidden else _cost(place, numbers[place])) for ends in ways]
    rings = [ring for ring in found if ring is not None]
    return frozenset({start, *min(rings, key=lambda ring: ring[0])[1]}) if rings else frozenset(numbers)


def _cost(place: Place, number: int) -> int:
    """What is lost when a number is not shown: a sum is worth more than what lies within, the sum of all the most."""
    return number + 1 + (0, 10**6, 10**9)[place.count(None)]


def _path(
    steps: Mapping[End, Sequence[tuple[End, Place]]], ends: tuple[End, End], cost: Callable[[Place], int]
) -> tuple[int, tuple[Place, ...]] | None:
    """The cheapest way from one line to another, as its cost and the places on it."""
    start, end = ends
    waiting: list[tuple[int, int, End, tuple[Place, ...]]] = [(0, 0, start, ())]
    done, order = set(), 0
    while waiting:
        paid, _order, line, places = heappop(waiting)
        if line == end:
            return paid, tuple(sorted(places, key=str))
        if line in done:
            continue
        done.add(line)
        for following, place in steps.get(line, ()):
            order += 1
            heappush(waiting, (paid + cost(place), order, following, (*places, place)))
    return None
