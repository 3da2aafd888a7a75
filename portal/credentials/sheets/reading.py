"""From a file to what its rows tell of which unit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permits
from portal.credentials.sheets.rules import Kind, Report, RowFault, T, Told, plain
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.identifiers import InvalidIdentifier, uscc
from portal.register.lists import files
from portal.register.lists.files import Sheet, UnreadableList
from portal.register.models import Unit

#: A row is looked for among so many lines; above it stand titles.
HEADING_WITHIN = 30
CODE_HEADINGS = ("统一社会信用代码", "社会信用代码", "信用代码", "credit code", "uscc")
YEAR_HEADINGS = ("年度", "年份", "year")
NO_CODES = _l("This file needs a heading row with a column of credit codes and a column of what is told of them.")


def look(content: bytes, kind: Kind[T], year: int, by: Person) -> Report[T]:
    """What a file tells, row by row, as far as ``by`` may tell it of these units.

    Args:
        year: of rows that name none.

    Raises:
        UnreadableList: it is no list with these columns.
    """
    found = list(_rows(content, kind, year))
    known, today = kind.known(), clock.today()
    codes = {row.code: _normal(row.code) for row in found}
    query = select(Unit).where(Unit.uscc.in_({code for code in codes.values() if code}))
    units = {unit.uscc: unit for unit in db.session.scalars(query).unique()}
    rows: list[Told[T]] = []
    seen: set[tuple[int, int]] = set()
    for row in found:
        code = codes[row.code]
        unit = units.get(code) if code else None
        fault = _fault(row, code, unit, by)
        if fault is None and (row.year is None or not kind.possible(row.year, today)):
            fault = RowFault.NO_YEAR
        if fault is None and unit is not None and row.year is not None:
            if (unit.id, row.year) in seen:
                fault = RowFault.TWICE
            seen.add((unit.id, row.year))
        same = fault is None and unit is not None and known.get((unit.id, row.year or 0)) == row.value
        rows.append(Told(row.number, row.sheet, row.code, row.word, row.year, unit, row.value, fault, same))
    return Report(rows, hashlib.sha256(content).hexdigest(), year)


def _fault(row: Told[T], code: str, unit: Unit | None, by: Person) -> RowFault | None:
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
    return RowFault.NO_WORD if row.value is None else None


def _rows(content: bytes, kind: Kind[T], year: int) -> Iterator[Told[T]]:
    any_heading = False
    for sheet in files.read(content):
        columns = _columns(sheet, kind)
        if columns is None:
            continue
        any_heading = True
        first, code_at, word_at, year_at = columns
        for number, cells in sheet.rows:
            code, word = _cell(cells, code_at), _cell(cells, word_at)
            # An empty line, or a note under the table, tells of no unit.
            if number <= first or not (code or word):
                continue
            told_year = _year(_cell(cells, year_at)) if year_at is not None else year
            yield Told(number, sheet.name, code[:60], word[:60], told_year, value=kind.words.get(plain(word)))
    if not any_heading:
        raise UnreadableList(NO_CODES)


def _columns(sheet: Sheet, kind: Kind[T]) -> tuple[int, int, int, int | None] | None:
    """The heading's line, and where code, word and year stand; None for a sheet without them."""
    for number, cells in sheet.rows[:HEADING_WITHIN]:
        code = _headed(cells, CODE_HEADINGS)
        word = _headed(cells, kind.headings)
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
