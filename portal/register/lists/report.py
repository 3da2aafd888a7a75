"""What an import did with every row, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.register.lists.rows import FAULT_LABELS, Fault


class Outcome(StrEnum):
    """What became of a row. Every row has exactly one outcome."""

    IMPORTED = "imported"
    MERGED = "merged"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


class Remark(StrEnum):
    """What a reader of the report should know of a row that was taken."""

    NAME_REWRITTEN = "name_rewritten"
    FORMER_NAME = "former_name"
    ALIAS = "alias"
    OTHER_NAME = "other_name"
    RENAMED = "renamed"
    SAME_AS_ROW = "same_as_row"
    OTHER_PROVINCE = "other_province"
    AGENCY_REWRITTEN = "agency_rewritten"
    AGENCY_DIFFERS = "agency_differs"
    PUBLICITY_ONLY = "publicity_only"
    NO_PROVINCE = "no_province"
    UNASSIGNED = "unassigned"
    REMOVED_BEFORE = "removed_before"


OUTCOME_LABELS: Mapping[Outcome, LazyString] = {
    Outcome.IMPORTED: _l("imported"),
    Outcome.MERGED: _l("merged"),
    Outcome.UNCHANGED: _l("unchanged"),
    Outcome.SKIPPED: _l("skipped"),
}
REMARK_LABELS: Mapping[Remark, LazyString] = {
    Remark.NAME_REWRITTEN: _l("The name was brought into one writing."),
    Remark.FORMER_NAME: _l("A former name was recorded."),
    Remark.ALIAS: _l("A short name was recorded."),
    Remark.OTHER_NAME: _l("The unit is known under another name."),
    Remark.RENAMED: _l("The unit was known by its former name and now has the new one."),
    Remark.SAME_AS_ROW: _l("The unit already stands in this list."),
    Remark.OTHER_PROVINCE: _l("The unit stands under another place of the same province."),
    Remark.AGENCY_REWRITTEN: _l("The evaluator's name was brought into one writing."),
    Remark.AGENCY_DIFFERS: _l("The register names another evaluator; it was kept."),
    Remark.PUBLICITY_ONLY: _l("The source is a publicity notice and not yet an announcement."),
    Remark.NO_PROVINCE: _l("The province is missing or unknown."),
    Remark.UNASSIGNED: _l("No prefecture is given; the unit stands under the department until it is assigned."),
    Remark.REMOVED_BEFORE: _l("This entry was removed before; it stays removed."),
}
#: Remarks about the writing alone, which a long report leaves out.
MINOR = frozenset({Remark.NAME_REWRITTEN, Remark.AGENCY_REWRITTEN})


@dataclass(frozen=True)
class RowReport:
    """One row: its line, its name as printed, what became of it and why. ``other_row`` is the row it repeats."""

    number: int
    sheet: str
    name: str
    outcome: Outcome
    fault: Fault | None = None
    remarks: tuple[Remark, ...] = ()
    other_row: int | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing needs to be said of the row."""
        return self.outcome in {Outcome.IMPORTED, Outcome.UNCHANGED} and not set(self.remarks) - MINOR

    @property
    def sentences(self) -> list[LazyString]:
        """What is said of the row."""
        faults = [FAULT_LABELS[self.fault]] if self.fault else []
        return faults + [REMARK_LABELS[remark] for remark in self.remarks]


@dataclass(frozen=True)
class ImportReport:
    """All rows of an import. ``digest`` is the SHA-256 of the file, hexadecimal; empty for rows without one."""

    rows: tuple[RowReport, ...]
    dry_run: bool = False
    digest: str = ""
    new_units: int = 0
    new_agencies: int = 0
    counts: Mapping[Outcome, int] = field(init=False)

    def __post_init__(self) -> None:
        counted = Counter(row.outcome for row in self.rows)
        object.__setattr__(self, "counts", {outcome: counted[outcome] for outcome in Outcome})

    @property
    def total(self) -> int:
        """How many rows there were; the counts add up to it."""
        return len(self.rows)

    @property
    def changed(self) -> bool:
        """Whether the register differs from before."""
        return bool(self.counts[Outcome.IMPORTED] or self.counts[Outcome.MERGED])

    @property
    def telling(self) -> list[RowReport]:
        """The rows of which something should be said."""
        return [row for row in self.rows if not row.is_plain]
