"""Many units asked about at once: a dated answer for each credit code, and the whole of it signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.credentials import credential
from portal.credentials.queries import codes_of_units
from portal.credentials.rules import Standing, standing
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import DomainError
from portal.foundation.identifiers import InvalidIdentifier, uscc
from portal.register.lists import files
from portal.register.models import ListEntry, Unit
from portal.vault import current_vault

TYP = "portal-batch+jws"
MOST = 1_000
LONGEST_CELL = 60


class Found(StrEnum):
    """What the register says of a credit code."""

    LISTED = "listed"
    NOT_LISTED_NOW = "not_listed_now"
    UNKNOWN = "unknown"
    NOT_A_CODE = "not_a_code"


FOUND_LABELS = {
    Found.LISTED: _l("On the list"),
    Found.NOT_LISTED_NOW: _l("Was on the list, removed"),
    Found.UNKNOWN: _l("Not in the register under this credit code"),
    Found.NOT_A_CODE: _l("Not a unified social credit code"),
}


class TooMany(DomainError):
    """More codes than are answered at once."""

    status = 413
    message = _l("At most %(n)s credit codes are checked at once.", n=MOST)


class Nothing(DomainError):
    """There is no code in what was sent."""

    status = 422
    message: LazyString | str = _l("Please paste credit codes, or choose a file that has them in a column.")


@dataclass(frozen=True)
class Line:
    """One code that was asked about: as it was written, and what the register says of it today."""

    asked: str
    found: Found
    unit: Unit | None = None
    entries: Sequence[ListEntry] = ()
    #: The code to check each entry by, as far as it has one.
    codes: Sequence[str] = ()


@dataclass(frozen=True)
class Batch:
    """The answers in the order of the questions, as of one moment."""

    as_of: datetime
    lines: Sequence[Line]

    def counts(self) -> dict[Found, int]:
        """How many answers of each kind there are."""
        return {kind: sum(line.found is kind for line in self.lines) for kind in Found}


def asked_in(text: str) -> list[str]:
    """The codes of a text: one in a line, or parted by commas or semicolons."""
    for sign in ",;，；、\t":
        text = text.replace(sign, "\n")
    return [word for line in text.splitlines() if (word := line.strip())]


def asked_in_file(content: bytes) -> list[str]:
    """The codes of a spreadsheet: of each row the first cell that can be one, or else what stands in that column.

    Raises:
        portal.register.lists.files.UnreadableList: it is no list that can be read.
    """
    rows = [cells for sheet in files.read(content) for _number, cells in sheet.rows]
    columns = [column for cells in rows for column, cell in enumerate(cells) if _normal(cell)]
    if not columns:
        return []
    chosen = max(set(columns), key=columns.count)
    # What stands above the first code are headings.
    first = next(number for number, cells in enumerate(rows) if len(cells) > chosen and _normal(cells[chosen]))
    return [cells[chosen] for cells in rows[first:] if len(cells) > chosen and cells[chosen].strip()]


def check(asked: Iterable[str]) -> Batch:
    """What the register says of each code now, in a fixed number of questions to the database.

    Raises:
        Nothing: there is no code.
        TooMany: there are more than :data:`MOST`.
    """
    written = [text.strip()[:LONGEST_CELL] for text in asked]
    if not written:
        raise Nothing
    if len(written) > MOST:
        raise TooMany
    codes = {text: _normal(text) for text in written}
    query = (
        select(Unit).where(Unit.uscc.in_({code for code in codes.values() if code})).options(selectinload(Unit.entries))
    )
    units = {unit.uscc: unit for unit in db.session.scalars(query).unique()}
    issued = codes_of_units([unit.id for unit in units.values()])
    lines = []
    for text in written:
        code = codes[text]
        unit = units.get(code) if code else None
        if unit is None:
            lines.append(Line(text, Found.UNKNOWN if code else Found.NOT_A_CODE))
            continue
        by_entry = {item.entry_id: item.code for item in issued[unit.id]}
        standing_now = [entry for entry in unit.entries if standing(entry.status) is Standing.IN_FORCE]
        shown = standing_now or unit.entries
        lines.append(
            Line(
                text,
                Found.LISTED if standing_now else Found.NOT_LISTED_NOW,
                unit,
                shown,
                [by_entry.get(entry.id, "") for entry in shown],
            )
        )
    return Batch(clock.now().replace(microsecond=0), lines)


def content(batch: Batch) -> dict[str, Any]:
    """The answer for machines; what is signed is exactly this."""
    return {
        "iss": credential.origin(),
        "as_of": clock.local(batch.as_of).isoformat(timespec="seconds"),
        "total": len(batch.lines),
        "items": [_item(line) for line in batch.lines],
    }


def signed(batch: Batch) -> str:
    """The answer as a signed text."""
    return current_vault().signing.sign(content(batch), TYP)


def _item(line: Line) -> dict[str, Any]:
    return {
        "asked": line.asked,
        "found": str(line.found),
        "id": line.unit.public_id if line.unit else None,
        "name": line.unit.name if line.unit else None,
        "entries": [
            {
                "category": str(entry.category),
                "level": str(entry.level),
                "year": entry.year,
                "status": str(entry.public_status),
                "listed_on": entry.listed_on.isoformat() if entry.listed_on else None,
                "removed_on": entry.removed_on.isoformat() if entry.removed_on else None,
                "code": code or None,
            }
            for entry, code in zip(line.entries, line.codes, strict=True)
        ],
    }


def _normal(text: str) -> str:
    try:
        return uscc(text)
    except InvalidIdentifier:
        return ""
