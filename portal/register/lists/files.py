"""A list's file as sheets of text: CSV in the encodings that offices use, and XLSX with its merged cells."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from portal.foundation.errors import DomainError

LARGEST_FILE = 20 * 1024**2
LARGEST_CONTENT = 300 * 1024**2
MOST_ROWS = 50_000
MOST_COLUMNS = 100
MOST_MERGES = 20_000
LONGEST_CELL = 4000
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')

UNREADABLE = _l("This file could not be read. Please give a CSV file or an XLSX workbook.")
OLD_OR_LOCKED = _l(
    "This workbook is protected by a password or has the old XLS format. Save it as XLSX without a password."
)
TOO_LARGE = _l("This file is too large for a list.")
NO_HEADING = _l("No heading row with the names of the units was found in this file.")


class UnreadableList(DomainError):
    """The file is no list that can be read; nothing was imported."""

    def __init__(self, message: LazyString) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True)
class Sheet:
    """A table of text. ``rows`` holds the cells with the number of their line, which begins at 1."""

    name: str
    rows: list[tuple[int, list[str]]]


def read(content: bytes) -> list[Sheet]:
    """The sheets of a file, told by its content and not by its name.

    Raises:
        UnreadableList: a locked or old workbook, an image, a broken or too large file.
    """
    if len(content) > LARGEST_FILE:
        raise UnreadableList(TOO_LARGE)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableList(OLD_OR_LOCKED)
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content)
    return [Sheet("", _table(_decoded(content)))]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Binary files decode as something; text has no control characters but these.
        if re.search(r"[\x00-\x08\x0e-\x1f]", text):
            break
        return text
    raise UnreadableList(UNREADABLE)


def _table(text: str) -> list[tuple[int, list[str]]]:
    head = "\n".join(text.splitlines()[:20])
    delimiter = max(",\t;", key=head.count)
    rows = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise UnreadableList(TOO_LARGE)
            rows.append((number, [_text(cell) for cell in cells]))
    except csv.Error as wrong:
        raise UnreadableList(UNREADABLE) from wrong
    return rows


def _workbook(content: bytes) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST_CONTENT:
                raise UnreadableList(TOO_LARGE)
            # Read-only mode keeps memory small; ``data_only`` gives the values that formulas had when it was saved.
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                return [
                    Sheet(sheet.title, _filled(_cells(sheet), _merges(archive, sheet)))
                    for sheet in book.worksheets
                    if sheet.sheet_state == "visible"
                ]
            finally:
                book.close()
    except UnreadableList:
        raise
    # A broken workbook fails in the parser in many ways, and all of them mean the same to the person who sent it.
    except Exception as wrong:
        raise UnreadableList(UNREADABLE) from wrong


def _cells(sheet: object) -> Iterator[tuple[int, list[str]]]:
    # The dimension that a file declares may be wrong, in both directions.
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):  # type: ignore[attr-defined]
        if number > MOST_ROWS or len(row) > MOST_COLUMNS * 10:
            raise UnreadableList(TOO_LARGE)
        yield number, [_text(value) for value in row[:MOST_COLUMNS]]


def _merges(archive: zipfile.ZipFile, sheet: object) -> list[tuple[int, int, int, int]]:
    """Merged ranges as (first column, first row, last column, last row), from 1; read-only mode leaves them out."""
    path = str(sheet._worksheet_path)  # type: ignore[attr-defined]  # noqa: SLF001 - the library tells it nowhere else
    found: list[tuple[int, int, int, int]] = []
    with archive.open(path) as stream:
        rest = b""
        while chunk := stream.read(1 << 20):
            block = rest + chunk
            cut = block.rfind(b">") + 1
            found += [_bounds(match.decode()) for match in _MERGE.findall(block[:cut])]
            rest = block[cut:]
    return found[:MOST_MERGES]


def _bounds(reference: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(reference)
    return left or 1, top or 1, right or 1, bottom or 1


def _filled(
    rows: Iterator[tuple[int, list[str]]], merges: list[tuple[int, int, int, int]]
) -> list[tuple[int, list[str]]]:
    """The rows with every cell of a merged range holding the value of its first, down columns.

    A range over several columns is a title or a section heading: its value stays where it stands.
    """
    table = list(rows)
    for left, top, right, bottom in merges:
        if left != right or left > MOST_COLUMNS or top > len(table):
            continue
        value = table[top - 1][1][left - 1] if len(table[top - 1][1]) >= left else ""
        for _number, cells in table[top : min(bottom, len(table))]:
            cells.extend([""] * (left - len(cells)))
            cells[left - 1] = value
    return table


def _text(value: object) -> str:
    """A cell as text: whole numbers without a point, days as ISO dates, formula errors as nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()[:LONGEST_CELL]
    if text.startswith("#") and text.rstrip("!?").upper() in {
        "#REF",
        "#N/A",
        "#VALUE",
        "#NAME",
        "#DIV/0",
        "#NULL",
        "#NUM",
    }:
        return ""
    # Our own exports put an apostrophe before what a spreadsheet would take for a formula.
    return text[1:] if re.match(r"'[=+\-@\t\r]", text) else text
