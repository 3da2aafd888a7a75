"""What others say of units in spreadsheets: kinds of sheets, their rows, and why a row cannot be taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities.models import Person
from portal.register.models import Unit

T = TypeVar("T", bound=StrEnum)
NO_YEAR = _l("The year is missing or not possible.")


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
    RowFault.NO_YEAR: NO_YEAR,
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
    """A spreadsheet looked at.

    ``digest`` is the file's SHA-256, ``year`` that of rows that name none; ``taken`` says whether it was saved.
    """

    rows: Sequence[Told[T]]
    digest: str
    year: int
    taken: bool = False

    @property
    def preview(self) -> str:
        """What tells this preview from every other one: the same file tells something else of another year."""
        return f"{self.digest}.{self.year}"

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
class Kind(Generic[T]):
    """One kind of sheet: how its rows are read, what is known already, and how a row is kept.

    ``headings`` are those of the column that tells, ``words`` what its cells mean as :func:`plain` gives them, ``act`` the
    name of the audit record. ``known`` gives what is recorded by unit (its number) and year; ``keep`` keeps a row's
    unit, year and value, told by a person in the file of a digest. Both run inside the transaction.
    """

    headings: Sequence[str]
    words: Mapping[str, T]
    first_year: int
    act: str
    known: Callable[[], Mapping[tuple[int, int], T]]
    keep: Callable[[Unit, int, T, Person, str], None]

    def possible(self, year: int, today: date) -> bool:
        """Whether something can have been told for a year: for none to come."""
        return self.first_year <= year <= today.year


def plain(text: str) -> str:
    """A word as it is compared: full-width signs, spaces and capitals make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
