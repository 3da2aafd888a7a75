"""Who may be recommended: one row, from a form or from a spreadsheet, against the register and the round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import LazyString

from portal.authorities.models import Authority
from portal.register.batches import queries
from portal.register.batches.models import Batch, Candidate
from portal.register.batches.rules import CandidateState
from portal.register.batches.words import (
    AGENCY_BARRED,
    ALREADY_CANDIDATE,
    ALREADY_LISTED,
    NO_AUTHORITY,
    NOT_YOURS,
    OTHER_LEVEL,
)
from portal.register.cleaning import name_key
from portal.register.lists.book import Book
from portal.register.lists.rows import FAULT_LABELS, Fault, RawRow, Row, normalize
from portal.register.models import Unit
from portal.register.places import DEPARTMENT
from portal.register.rules import EntryStatus


@dataclass(frozen=True)
class Recommended:
    """A row that can be taken, with whose it is and the unit of the register that it means (None for a new one)."""

    row: Row
    authority: Authority
    unit: Unit | None
    report_on: date | None = None


@dataclass(frozen=True)
class Refused:
    """Why a row cannot be taken: a field of the form and the words, for each fault."""

    faults: Sequence[tuple[str, LazyString]]


@dataclass(frozen=True)
class ListRow:
    """What a spreadsheet's row would become: taken where ``sentences`` is empty, left out where it only adds up."""

    number: int
    sheet: str
    name: str
    sentences: tuple[LazyString, ...] = ()
    is_summary: bool = False


@dataclass(frozen=True)
class ListReport:
    """A spreadsheet looked at. ``taken`` says whether its rows are candidates now; ``digest`` is the file's SHA-256."""

    rows: tuple[ListRow, ...]
    digest: str
    taken: bool = False

    @property
    def bad(self) -> list[ListRow]:
        """The rows that keep the whole file from being taken."""
        return [row for row in self.rows if row.sentences and not row.is_summary]

    @property
    def good(self) -> list[ListRow]:
        """The rows that can be taken."""
        return [row for row in self.rows if not row.sentences]


@dataclass
class Examiner:
    """Looks at rows one after the other and remembers those it let pass, so that a file cannot name a unit twice."""

    batch: Batch
    #: The authority that recommends; None for the department, which may do it for each.
    own: Authority | None
    today: date
    book: Book = field(default_factory=Book)
    seen: set[tuple[str, str]] = field(default_factory=set)
    seen_units: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for candidate in self.batch.candidates:
            if candidate.state is not CandidateState.WITHDRAWN:
                self.seen.add((str(candidate.category), candidate.name_key))
                if candidate.unit_id is not None:
                    self.seen_units.add((str(candidate.category), candidate.unit_id))

    def look_at(self, raw: RawRow) -> Recommended | Refused:
        """A spreadsheet's row."""
        row = normalize(raw, self.today)
        return Refused([("name", FAULT_LABELS[row])]) if isinstance(row, Fault) else self.look(row)

    def look(self, row: Row, report_on: date | None = None) -> Recommended | Refused:
        """A row in the register's words; one that passes is remembered."""
        faults: list[tuple[str, LazyString]] = []
        authority, fault = self._authority(row)
        if fault is not None:
            faults.append(("authority", fault))
        if (row.level, row.year) != (self.batch.level, self.batch.year):
            faults.append(("category", OTHER_LEVEL))
        unit = self.book.find(row)
        if isinstance(unit, Fault):
            faults.append(("uscc" if unit is Fault.CODE_TAKEN else "name", FAULT_LABELS[unit]))
            unit = None
        faults += self._standing(row, unit)
        if row.agency:
            facts = queries.agencies_by_key({name_key(row.agency)}).get(name_key(row.agency))
            if queries.agency_is_barred(facts, report_on or self.today, self.today):
                faults.append(("agency", AGENCY_BARRED))
        if faults or authority is None:
            return Refused(faults)
        self.seen.add((str(row.category), row.key))
        if unit is not None:
            self.seen_units.add((str(row.category), unit.id))
        return Recommended(row, authority, unit, report_on)

    def _authority(self, row: Row) -> tuple[Authority | None, LazyString | None]:
        """Whose unit it is. An authority recommends its own alone; what says nothing of a place is taken as its own."""
        code = row.authority if row.authority != DEPARTMENT else None
        if self.own is not None:
            return (self.own, None) if code in {None, self.own.code} else (None, NOT_YOURS)
        return (self.book.authorities[code], None) if code else (None, NO_AUTHORITY)

    def _standing(self, row: Row, unit: Unit | None) -> list[tuple[str, LazyString]]:
        """Whether the unit is a candidate already, stands on the list already, or belongs to somebody else."""
        category = str(row.category)
        found: list[tuple[str, LazyString]] = []
        if (category, row.key) in self.seen or (unit is not None and (category, unit.id) in self.seen_units):
            found.append(("name", ALREADY_CANDIDATE))
        if unit is not None and stands_already(unit, self.batch, row.category):
            found.append(("name", ALREADY_LISTED))
        known = unit.authority if unit is not None else None
        # A unit that nobody has assigned yet may be recommended by whoever knows it.
        if known is not None and self.own is not None and not known.is_department and known.id != self.own.id:
            found.append(("name", NOT_YOURS))
        return found


def stands_already(unit: Unit, batch: Batch, category: str) -> bool:
    """Whether a unit has an entry that a listing in this round would repeat."""
    return any(
        entry.category == category
        and entry.level is batch.level
        and (entry.status is not EntryStatus.REMOVED or entry.year == batch.year)
        for entry in unit.entries
    )


def fill(candidate: Candidate, given: Recommended, today: date) -> Candidate:
    """Write what was recommended into a candidate, new or recommended again."""
    row = given.row
    candidate.authority_id = given.authority.id
    candidate.authority = given.authority
    candidate.unit_id = given.unit.id if given.unit else None
    candidate.category = row.category
    candidate.name, candidate.name_key, candidate.name_bo = row.name.name, row.key, row.name_bo
    candidate.uscc, candidate.prefecture = row.uscc, row.prefecture
    candidate.agency_name, candidate.agency_key = row.agency, name_key(row.agency)
    candidate.report_on, candidate.recommended_on = given.report_on, today
    candidate.state, candidate.reason, candidate.is_sample = CandidateState.RECOMMENDED, "", row.is_sample
    return candidate
