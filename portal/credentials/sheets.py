"""What others say of units, as a spreadsheet of credit codes with one word each: looked at row by row, taken as a whole or not at all."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permits
from portal.foundation.database import db
from portal.foundation.identifiers import InvalidIdentifier, uscc
from portal.register.lists import files
from portal.register.lists.files import Sheet, UnreadableList
from portal.register.models import Unit

T = TypeVar("T", bound=StrEnum)
#: A row is looked for among so many lines; above it stand titles.
HEADING_WITHIN = 30
CODE_HEADINGS = ("统一社会信用代码", "社会信用代码", "信用代码", "credit code", "uscc")
YEAR_HEADINGS = ("年度", "年份", "year")
NO_CODES = _l("This file needs a heading row with a column of credit codes and a column of what is told of them.")


class RowFault(StrEnum):
    """Why a row cannot be taken."""

    NOT_A_CODE = "not_a_code"
    UNKNOWN = "unknown"
    NOT_YOURS = "not_yours"
    NO_WORD = "no_word"
    NO_YEAR = "no_year"
    TWICE = "twice"


FAULT_LABELS: Mapping[RowFault, LazyString] = {
    RowFault.NOT_A_CODE: _l("The unified social credit code is not valid."),
    RowFault.UNKNOWN: _l("Not in the register under this credit code"),
    RowFault.NOT_YOURS: _l("This unit stands under another authority."),
    RowFault.NO_WORD: _l("What is told of the unit is missing or unknown."),
    RowFault.NO_YEAR: _l("The year is missing or not possible."),
    RowFault.TWICE: _l("The unit stands in this file more than once for the same year."),
}


@dataclass(frozen=True)
class Told(Generic[T]):
    """One row: of which unit what is told for which year; or its fault. ``known``: nothing new is told."""

    number: int
    sheet: str
    code: str
    word: str
    year: int | None = None
    unit: Unit | None = None
    value: T | None = None
    fault: RowFault | None = None
    known: bool = False


@dataclass(frozen=True)
class Report(Generic[T]):
    """A spreadsheet looked at. ``taken`` says whether it was saved; ``digest`` is the file's SHA-256."""

    rows: Sequence[Told[T]]
    digest: str
    taken: bool = False

    @property
    def bad(self) -> list[Told[T]]:
        """The rows that keep the whole file from being taken."""
        return [row for row in self.rows if row.fault]

    @property
    def good(self) -> list[Told[T]]:
        """The rows that tell something new."""
        return [row for row in self.rows if not row.fault and not row.known]

    @property
    def known(self) -> list[Told[T]]:
        """The rows that tell what is known already."""
        return [row for row in self.rows if row.known]


@dataclass(frozen=True)
class Reading(Generic[T]):
    """How a file is read: the words of the column that tells, what each of them means, and which years are possible."""

    headings: Sequence[str]
    words: Mapping[str, T]
    year: int
    possible: Callable[[int], bool]


def plain(text: str) -> str:
    """A word as it is compared: full-width signs, spaces and capitals make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def look(content: bytes, reading: Reading[T], known: Callable[[int, int], T | None], by: Person) -> Report[T]:
    """What a file tells, row by row, as far as ``by`` may tell it of these units.

    Args:
        known: what is recorded of a unit (its number) for a year; None for nothing.

    Raises:
        UnreadableList: it is no list with these columns.
    """
    found = list(_rows(content, reading))
    codes = {row.code: _normal(row.code) for row in found}
    query = select(Unit).where(Unit.uscc.in_({code for code in codes.values() if code}))
    units = {unit.uscc: unit for unit in db.session.scalars(query).unique()}
    rows: list[Told[T]] = []
    seen: set[tuple[int, int]] = set()
    for row in found:
        code = codes[row.code]
        unit = units.get(code) if code else None
        fault = _fault(row, code, unit, reading, by)
        if fault is None and unit is not None and row.year is not None:
            if (unit.id, row.year) in seen:
                fault = RowFault.TWICE
            seen.add((unit.id, row.year))
        same = fault is None and unit is not None and known(unit.id, row.year or 0) == row.value
        rows.append(Told(row.number, row.sheet, row.code, row.word, row.year, unit, row.value, fault, same))
    return Report(rows, hashlib.sha256(content).hexdigest())


def _fault(row: Told[T], code: str, unit: Unit | None, reading: Reading[T], by: Person) -> RowFault | None:
    if not code:
        return RowFault.NOT_A_CODE
    if unit is None or unit.authority_id is None:
        return RowFault.UNKNOWN
    mine = permits(
        by.role_set,
        Permission.CONFIRM_UNITS,
        at=unit.authority_id,
        own=by.authority_id,
        own_kind=by.authority.kind,
    )
    if not mine:
        return RowFault.NOT_YOURS
    if row.value is None:
        return RowFault.NO_WORD
    return None if row.year is not None and reading.possible(row.year) else RowFault.NO_YEAR


def _rows(content: bytes, reading: Reading[T]) -> Iterator[Told[T]]:
    any_heading = False
    for sheet in files.read(content):
        columns = _columns(sheet, reading)
        if columns is None:
            continue
        any_heading = True
        first, code_at, word_at, year_at = columns
        for number, cells in sheet.rows:
            code, word = _cell(cells, code_at), _cell(cells, word_at)
            # An empty line, or a note under the table, tells of no unit.
            if number <= first or not (code or word):
                continue
            year = _year(_cell(cells, year_at)) if year_at is not None else reading.year
            yield Told(number, sheet.name, code[:60], word[:60], year, value=reading.words.get(plain(word)))
    if not any_heading:
        raise UnreadableList(NO_CODES)


def _columns(sheet: Sheet, reading: Reading[T]) -> tuple[int, int, int, int | None] | None:
    """The heading's line, and where code, word and year stand; None for a sheet without them."""
    for number, cells in sheet.rows[:HEADING_WITHIN]:
        code = _headed(cells, CODE_HEADINGS)
        word = _headed(cells, reading.headings)
        if code is not None and word is not None and code != word:
            return number, code, word, _headed(cells, YEAR_HEADINGS)
    return None


def _headed(cells: Sequence[str], headings: Sequence[str]) -> int | None:
    wanted = [plain(heading) for heading in headings]
    return next((at for heading in wanted for at, cell in enumerate(cells) if heading in plain(cell)), None)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and len(cells) > at else ""


def _year(text: str) -> int | None:
    digits = plain(text).removesuffix("年").removesuffix("年度")
    return int(digits) if digits.isdecimal() and len(digits) == 4 else None


def _normal(text: str) -> str:
    try:
        return uscc(text)
    except InvalidIdentifier:
        return ""
