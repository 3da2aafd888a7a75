"""A selection of the register as a file: CSV, XLSX, JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell

from portal.foundation import clock
from portal.register.models import ListEntry, Unit
from portal.register.rules import CATEGORY_LABELS, REMOVAL_LABELS, STATUS_LABELS, level_label
from portal.register.standing import StandingEntry, StandingUnit

AnyEntry = ListEntry | StandingEntry
BOM = "\ufeff"
SPOOL = 4 * 1024**2
#: The columns in order; the headings are those that an import understands.
COLUMNS: tuple[tuple[str, LazyString], ...] = (
    ("name", _l("Unit name")),
    ("name_bo", _l("Tibetan name")),
    ("former_names", _l("Former names")),
    ("uscc", _l("Unified social credit code")),
    ("category", _l("Category")),
    ("level", _l("Level")),
    ("year", _l("Year")),
    ("batch", _l("Batch")),
    ("province", _l("Province")),
    ("prefecture", _l("Prefecture")),
    ("authority", _l("Authority")),
    ("agency", _l("Third-party evaluation agency")),
    ("status", _l("Status")),
    ("listed_on", _l("Listed on")),
    ("removed_on", _l("Removed on")),
    ("ground", _l("Ground for removal")),
    ("source_url", _l("Source")),
)


def row_of(entry: AnyEntry) -> list[str]:
    """An entry's cells as a reader sees them, in the language of the page."""
    unit = entry.unit
    cells: dict[str, object] = {
        "name": unit.name,
        "name_bo": unit.name_bo,
        "former_names": "；".join(unit.former_names),
        "uscc": unit.uscc,
        "category": CATEGORY_LABELS[entry.category],
        "level": level_label(entry.level, in_region=unit.in_region),
        "year": entry.year,
        "batch": entry.batch,
        "province": unit.province,
        "prefecture": unit.prefecture,
        "authority": unit.authority.name if unit.authority else "",
        "agency": entry.agency.name if entry.agency else "",
        "status": STATUS_LABELS[entry.public_status],
        "listed_on": entry.listed_on,
        "removed_on": entry.removed_on,
        "ground": REMOVAL_LABELS[entry.ground] if entry.ground else "",
        "source_url": entry.source_url,
    }
    return ["" if cells[name] is None else str(cells[name]) for name, _label in COLUMNS]


def csv_of(entries: Iterable[AnyEntry]) -> Iterator[str]:
    """The file in portions, with the mark by which spreadsheets know UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([str(label) for _name, label in COLUMNS])
    for entry in entries:
        writer.writerow([harmless(cell) for cell in row_of(entry)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def xlsx_of(entries: Iterable[AnyEntry], title: str) -> Iterator[bytes]:
    """The workbook in portions. Its cells are text, so that nothing in them is ever a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "B2"
    for column, width in (("A", 36), ("C", 24), ("D", 22), ("L", 32), ("Q", 40)):
        sheet.column_dimensions[column].width = width

    def cells(values: Iterable[str]) -> list[Cell]:
        row = [WriteOnlyCell(sheet, value) for value in values]
        for cell in row:
            cell.data_type = "s"
        return row

    sheet.append(cells(str(label) for _name, label in COLUMNS))
    for entry in entries:
        sheet.append(cells(row_of(entry)))
    with SpooledTemporaryFile(SPOOL) as file:
        book.save(file)
        file.seek(0)
        while portion := file.read(65536):
            yield portion


def json_of(entries: Iterable[AnyEntry], total: int, selection: dict[str, Any]) -> Iterator[str]:
    """The entries with codes instead of words, in portions."""
    head = {
        "generated_at": clock.local(clock.now()).isoformat(timespec="seconds"),
        "selection": selection,
        "total": total,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "items": ['
    for position, entry in enumerate(entries):
        yield (",\n" if position else "\n") + json.dumps(
            entry_data(entry) | {"unit": unit_head(entry.unit)}, ensure_ascii=False
        )
    yield "\n]}\n"


def entry_data(entry: AnyEntry) -> dict[str, Any]:
    """An entry as open data. What is decided and not announced does not show."""
    return {
        "category": str(entry.category),
        "level": str(entry.level),
        "year": entry.year,
        "batch": entry.batch,
        "status": str(entry.public_status),
        "listed_on": entry.listed_on.isoformat() if entry.listed_on else None,
        "removed_on": entry.removed_on.isoformat() if entry.removed_on else None,
        "ground": str(entry.ground) if entry.ground else None,
        "agency": {"id": entry.agency.public_id, "name": entry.agency.name} if entry.agency else None,
        "source_url": entry.source_url or None,
    }


def unit_head(unit: Unit | StandingUnit) -> dict[str, Any]:
    """What open data says of a unit beside its entries."""
    return {
        "id": unit.public_id,
        "name": unit.name,
        "name_bo": unit.name_bo or None,
        "uscc": unit.uscc,
        "province": unit.province or None,
        "prefecture": unit.prefecture or None,
        "authority": unit.authority.code if unit.authority else None,
        "attribution_confirmed": unit.attribution_confirmed,
        "former_names": unit.former_names,
        "sample": unit.is_sample,
        "url": url_for("register.unit", ref=unit.ref, _external=True),
    }


def unit_data(unit: Unit) -> dict[str, Any]:
    """A unit with its entries, as the API gives it."""
    return {**unit_head(unit), "entries": [entry_data(entry) for entry in unit.entries]}
