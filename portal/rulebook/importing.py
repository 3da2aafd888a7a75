"""Days of the calendar from a file or from lines: each row a day or a run of days, taken whole or not at all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zipfile import BadZipFile

import openpyxl
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError

LARGEST_FILE = 1024 * 1024
MOST_ROWS = 1000
LONGEST_RUN = 62
COLUMNS = {
    "day": ("日期", "开始", "开始日期", "起", "date", "day", "from", "start"),
    "until": ("结束", "结束日期", "止", "to", "until", "end"),
    "kind": ("类型", "安排", "休班", "kind", "type"),
    "name": ("名称", "节日", "假日", "说明", "name", "holiday"),
}
FREE = frozenset({"休", "放假", "休息", "假", "节假日", "off", "free", "holiday", "false", "0"})
WORKING = frozenset({"班", "上班", "补班", "工作日", "on", "work", "working", "workday", "true", "1"})

NO_DAY = _l("The date is missing or is none.")
NO_KIND = _l("It must say whether the day is free or working.")
BAD_RUN = _l("The last day lies before the first, or too far behind it.")
TWICE = _l("This day stands twice in the list.")
OTHER_YEAR = _l("This day does not lie in the year that is entered.")
OUTSIDE = _l("Only days of this century can be entered.")


class UnreadableDays(DomainError):
    """The file is no list of days."""

    message = _l("This is no list of days that can be read. Send a CSV or XLSX file with date, kind and name.")


@dataclass(frozen=True)
class DayRow:
    """One day, free or working, and what it is called."""

    day: date
    working: bool
    name: str = ""


@dataclass(frozen=True)
class DayFault:
    """A row that cannot be taken: its number in the list, what stands there, and why."""

    row: int
    text: str
    reason: LazyString


@dataclass(frozen=True)
class Days:
    """What a list says. Nothing of it is taken while it has a fault."""

    rows: tuple[DayRow, ...]
    faults: tuple[DayFault, ...]

    @property
    def as_text(self) -> str:
        """The days as lines that read as the same days again."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for row in self.rows:
            writer.writerow([row.day.isoformat(), "班" if row.working else "休", row.name])
        return out.getvalue()


def read_file(content: bytes, year: int | None = None) -> Days:
    """The days of a CSV or XLSX file.

    Raises:
        UnreadableDays: where it is neither, or too large.
    """
    if len(content) > LARGEST_FILE:
        raise UnreadableDays
    if content.startswith(b"PK"):
        return _take(_sheet(content), year)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return read_text(content.decode(encoding), year)
        except UnicodeDecodeError:
            continue
    raise UnreadableDays


def read_text(text: str, year: int | None = None) -> Days:
    """The days of lines whose columns are parted by commas, semicolons or tabs.

    Raises:
        UnreadableDays: where the lines cannot be parted.
    """
    lines = re.sub(r"[，;；\t]", ",", text.replace("\0", "")).splitlines()
    try:
        return _take(list(csv.reader(lines)), year)
    except csv.Error as wrong:
        raise UnreadableDays from wrong


def _sheet(content: bytes) -> list[list[object]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 1, max_col=10, values_only=True)
        return [list(row) for row in rows]
    except (BadZipFile, KeyError, ValueError, IndexError, OSError) as wrong:
        raise UnreadableDays from wrong


def _take(table: Sequence[Sequence[object]], year: int | None) -> Days:
    if len(table) > MOST_ROWS:
        raise UnreadableDays
    filled = [(number, cells) for number, cells in enumerate(table, 1) if any(_text(cell) for cell in cells)]
    columns = _columns([_text(cell).lower() for cell in filled[0][1]]) if filled else {}
    body = filled[1:] if columns else filled
    columns = columns or {"day": 0, "kind": 1, "name": 2}
    rows: dict[date, DayRow] = {}
    faults: list[DayFault] = []
    for number, cells in body:
        found = _row(cells, columns)
        reason = found if not isinstance(found, list) else _refusal(found, rows, year)
        if reason is not None:
            faults.append(DayFault(number, ", ".join(_text(cell) for cell in cells if _text(cell))[:120], reason))
        elif isinstance(found, list):
            rows.update((item.day, item) for item in found)
    if not rows and not faults:
        raise UnreadableDays
    return Days(tuple(rows[day] for day in sorted(rows)), tuple(faults))


def _columns(heads: Sequence[str]) -> dict[str, int]:
    """Where each column stands by the heading row; empty where the first row is none."""
    found = {
        column: heads.index(word) for column, words in COLUMNS.items() for word in reversed(words) if word in heads
    }
    return found if {"day", "kind"} <= set(found) else {}


def _row(cells: Sequence[object], columns: dict[str, int]) -> list[DayRow] | LazyString:
    def cell(column: str) -> object:
        place = columns.get(column, len(cells))
        return cells[place] if place < len(cells) else ""

    first = _day(cell("day"))
    last = _day(cell("until")) if _text(cell("until")) else first
    if first is None or last is None:
        return NO_DAY
    if not first <= last <= first + timedelta(days=LONGEST_RUN):
        return BAD_RUN
    kind = _text(cell("kind")).lower()
    if kind not in FREE | WORKING:
        return NO_KIND
    name = _text(cell("name"))[:60]
    return [DayRow(day, kind in WORKING, name) for day in _run(first, last)]


def _refusal(found: Iterable[DayRow], rows: dict[date, DayRow], year: int | None) -> LazyString | None:
    for item in found:
        if item.day in rows:
            return TWICE
        if year is not None and item.day.year != year:
            return OTHER_YEAR
        if not 2000 <= item.day.year <= 2099:
            return OUTSIDE
    return None


def _run(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", _text(cell), re.ASCII)
    try:
        return date(*map(int, parts.groups())) if parts else None
    except ValueError:
        return None


def _text(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())
