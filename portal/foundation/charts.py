"""Drawings of numbers as rectangles and lines: pure geometry, which the templates write as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

#: The size of a drawing of columns in its own units; it grows and shrinks with the page.
WIDTH, HEIGHT = 480.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 4.0, 22.0, 26.0
#: The share of its place that a column fills.
FILLED = 0.62
MOST_STEPS = 5


@dataclass(frozen=True)
class Block:
    """A rectangle: one part of a column, ``part`` counted from 0."""

    part: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """A column with its blocks from the base upwards, its label below and its number above."""

    label: str
    number: str
    middle: float
    top: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Tick:
    """A line across the drawing with its number."""

    y: float
    number: int


@dataclass(frozen=True)
class Chart:
    """A drawing of columns on one scale. ``base`` is where zero lies."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    base: float
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT


def stacked(labels: Sequence[str], stacks: Sequence[Sequence[int]]) -> Chart:
    """Columns of parts that stand upon each other; the number above is their sum."""
    scale = _Scale.over(max((sum(stack) for stack in stacks), default=0))
    columns = []
    for place, (label, stack) in enumerate(zip(labels, stacks, strict=True)):
        blocks, reached = [], 0
        for part, number in enumerate(stack):
            if number:
                blocks.append(scale.block(part, place, len(labels), reached, reached + number))
            reached += number
        columns.append(scale.column(label, reached, place, len(labels), tuple(blocks)))
    return Chart(tuple(columns), scale.ticks(), scale.y(0))


def paired(labels: Sequence[str], up: Sequence[int], down: Sequence[int]) -> Chart:
    """Columns that go up from zero and columns that go down from it, such as entries and exits."""
    scale = _Scale.over(max(up, default=0), max(down, default=0))
    columns = []
    for place, (label, above, below) in enumerate(zip(labels, up, down, strict=True)):
        spans = [(0, 0, above)] if above else []
        spans += [(1, -below, 0)] if below else []
        blocks = tuple(scale.block(part, place, len(labels), low, high) for part, low, high in spans)
        columns.append(scale.column(label, above, place, len(labels), blocks))
    return Chart(tuple(columns), scale.ticks(), scale.y(0))


def trend(labels: Sequence[str], numbers: Sequence[Decimal | None], told: Sequence[str]) -> Chart:
    """Columns of measured numbers, none below zero; None where nothing was measured.

    Args:
        told: the numbers as they are written above their columns, which spares the lines across the drawing.
    """
    highest = max((number for number in numbers if number is not None), default=Decimal(0)) or Decimal(1)
    base, span, room = HEIGHT - BOTTOM, HEIGHT - TOP - BOTTOM, _room(len(labels))
    columns = []
    for place, (label, number, words) in enumerate(zip(labels, numbers, told, strict=True)):
        top = round(base - float((number or Decimal(0)) / highest) * span, 2)
        x = LEFT + place * room + room * (1 - FILLED) / 2
        blocks = (Block(0, round(x, 2), top, round(room * FILLED, 2), round(base - top, 2)),) if number else ()
        columns.append(Column(label, words, round(LEFT + (place + 0.5) * room, 2), top, blocks))
    return Chart(tuple(columns), (Tick(base, 0),), base)


@dataclass(frozen=True)
class _Scale:
    """Numbers to places: from ``-lowest`` at the bottom to ``highest`` at the top, both whole steps."""

    lowest: int
    highest: int
    step: int

    @classmethod
    def over(cls, highest: int, lowest: int = 0) -> _Scale:
        step = nice_step(highest + lowest)
        return cls(-(-lowest // step) * step, max(-(-highest // step) * step, step), step)

    def y(self, number: float) -> float:
        share = (self.highest - number) / (self.highest + self.lowest)
        return round(TOP + share * (HEIGHT - TOP - BOTTOM), 2)

    def ticks(self) -> tuple[Tick, ...]:
        numbers = range(-self.lowest, self.highest + 1, self.step)
        return tuple(Tick(self.y(number), abs(number)) for number in numbers)

    def block(self, part: int, place: int, places: int, low: int, high: int) -> Block:
        room = _room(places)
        x = LEFT + place * room + room * (1 - FILLED) / 2
        return Block(part, round(x, 2), self.y(high), round(room * FILLED, 2), round(self.y(low) - self.y(high), 2))

    def column(self, label: str, number: int, place: int, places: int, blocks: tuple[Block, ...]) -> Column:
        room = _room(places)
        return Column(label, str(number), round(LEFT + (place + 0.5) * room, 2), self.y(number), blocks)


def nice_step(span: int) -> int:
    """The distance of lines such that at most five steps of 1, 2 or 5 times a power of ten reach over ``span``."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if factor * size * MOST_STEPS >= span:
                return factor * size
        size *= 10


def _room(places: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(places, 1)
