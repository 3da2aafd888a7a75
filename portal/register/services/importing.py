"""Take published lists into the register: every row imported, merged, unchanged, or named with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import SYSTEM, require
from portal.foundation import audit, clock
from portal.foundation.database import transaction
from portal.register.cleaning import name_key
from portal.register.ledger import Writer
from portal.register.lists import files
from portal.register.lists.book import Book
from portal.register.lists.headings import Field
from portal.register.lists.report import ImportReport, Outcome, Remark, RowReport
from portal.register.lists.rows import Defaults, Fault, RawRow, Row, normalize, rows_of
from portal.register.models import Agency, ListEntry, Unit
from portal.register.places import DEPARTMENT
from portal.register.rules import EntryStatus, EventKind, NameKind
from portal.search import mark_changed


class _Undo(Exception):
    """Ends a dry run: everything was tried, nothing stays."""


@dataclass
class _Run:
    """One import while it goes through its rows."""

    book: Book
    ledger: Writer
    actor: str
    digest: str
    entries_by_row: dict[ListEntry, int] = field(default_factory=dict)
    touched_units: set[Unit] = field(default_factory=set)
    touched_agencies: set[str] = field(default_factory=set)
    new_units: int = 0
    new_agencies: int = 0


def import_list(
    source: bytes | Iterable[RawRow],
    defaults: Defaults | None = None,
    *,
    dry_run: bool = False,
    by: Person | None = None,
) -> ImportReport:
    """Take a list into the register, in one transaction.

    Args:
        source: the bytes of a CSV or XLSX file, or rows.
        defaults: what holds for rows that do not say otherwise.
        dry_run: try everything and keep nothing.
        by: who imports; None for the command line and the demo.

    Raises:
        UnreadableList: where the file is no list; nothing is imported.
        NotPermitted: where ``by`` does not keep the register.
    """
    if by is not None:
        require(by, Permission.KEEP_REGISTER)
    given = defaults or Defaults()
    digest = ""
    if isinstance(source, bytes):
        digest = hashlib.sha256(source).hexdigest()
        rows: Sequence[RawRow] = rows_of(files.read(source), given)
    else:
        rows = list(source)
    report = ImportReport(())
    try:
        with transaction():
            report = _take_all(rows, digest, by.actor if by else SYSTEM, dry_run=dry_run)
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    return report


def _take_all(rows: Sequence[RawRow], digest: str, actor: str, *, dry_run: bool) -> ImportReport:
    run = _Run(Book(), Writer(reserve=max(len(rows), 1)), actor, digest)
    today = clock.today()
    reports = tuple(_take(run, raw, normalize(raw, today)) for raw in rows)
    report = ImportReport(reports, dry_run, digest, run.new_units, run.new_agencies)
    if dry_run or not report.changed:
        return report
    run.ledger.write()
    mark_changed(
        *sorted(f"unit:{unit.public_id}" for unit in run.touched_units),
        *sorted(f"agency:{run.book.agencies[key].public_id}" for key in run.touched_agencies),
    )
    counts = {str(outcome): number for outcome, number in report.counts.items()}
    audit.record(
        "register.list.imported",
        f"file:{digest[:16] or 'rows'}",
        actor,
        {"sha256": digest, "rows": report.total, **counts, "units": run.new_units, "agencies": run.new_agencies},
    )
    return report


def _take(run: _Run, raw: RawRow, row: Row | Fault) -> RowReport:
    printed = raw.values.get(Field.NAME, "") or next((cell for cell in raw.cells if cell), "")
    report = RowReport(raw.number, raw.sheet, printed[:120], Outcome.SKIPPED)
    if isinstance(row, Fault):
        return replace(report, fault=row)
    found = run.book.find(row)
    if isinstance(found, Fault):
        return replace(report, fault=found)
    remarks = _remarks(row)
    if found is None:
        _new_entry(run, None, row, raw.number, remarks)
        return replace(report, outcome=Outcome.IMPORTED, remarks=tuple(remarks))
    unit, changed = found, _complete_unit(run, found, row, remarks)
    entry = run.book.entries.get((unit, row.category, row.level, row.year))
    if entry is None:
        _new_entry(run, unit, row, raw.number, remarks)
        return replace(report, outcome=Outcome.IMPORTED, remarks=tuple(remarks))
    completed = _complete_entry(run, entry, row, remarks)
    first = run.entries_by_row.get(entry)
    if first is not None:
        remarks.append(Remark.SAME_AS_ROW)
    merged = bool(changed or completed or first is not None)
    outcome = Outcome.MERGED if merged else Outcome.UNCHANGED
    return replace(report, outcome=outcome, remarks=tuple(remarks), other_row=first)


def _remarks(row: Row) -> list[Remark]:
    said = {
        Remark.NAME_REWRITTEN: row.name_was_rewritten,
        Remark.AGENCY_REWRITTEN: row.agency_was_rewritten,
        Remark.PUBLICITY_ONLY: "公示" in row.batch,
        Remark.NO_PROVINCE: not row.province and row.authority is None,
        Remark.UNASSIGNED: row.authority == DEPARTMENT,
    }
    return [remark for remark, holds in said.items() if holds]


def _complete_unit(run: _Run, unit: Unit, row: Row, remarks: list[Remark]) -> bool:
    """Add to a known unit what it lacked; whether anything was added."""
    renamed = named = False
    names: list[dict[str, str]] = []
    if unit.name_key != row.key:
        former_keys = {item.key for item in unit.names if item.kind is NameKind.FORMER}
        # Only a later list that itself tells the former name gives a unit a new one.
        if row.key not in former_keys and row.name.former and row.year >= run.book.latest.get(unit, 0):
            old_key = unit.name_key
            _note(run, EventKind.RENAMED, row, {"to": row.name.name}, unit=unit)
            run.book.renamed(unit, old_key)
            remarks.append(Remark.RENAMED)
            renamed = True
        else:
            other = run.book.other_name(unit, unit.name_key, row.name.name, NameKind.ALIAS)
            names += [other] if other else []
            remarks.append(Remark.OTHER_NAME)
    if row.province and unit.province and unit.province != row.province:
        remarks.append(Remark.OTHER_PROVINCE)
    gained: dict[str, object] = {
        name: getattr(row, name)
        for name in ("name_bo", "uscc", "province", "prefecture")
        if getattr(row, name) and not getattr(unit, name)
    }
    names += _other_names(run, unit, unit.name_key, row, remarks)
    if gained or names:
        _note(run, EventKind.CHANGED, row, {**gained, **({"names": names} if names else {})}, unit=unit)
        named = _findable(run, unit, row, names)
    moved = _assign(run, unit, row)
    if renamed or gained or moved or named:
        run.touched_units.add(unit)
        return True
    return False


def _assign(run: _Run, unit: Unit, row: Row) -> bool:
    """Put a unit under the authority that a row says; a confirmed attribution is never changed by a list."""
    if row.authority is None or unit.attribution_confirmed:
        return False
    known = unit.authority.code if unit.authority else None
    better = known in {None, DEPARTMENT} or row.authority_is_said
    if not better or known == row.authority:
        return False
    _note(run, EventKind.MOVED, row, {"to": row.authority, "confirmed": row.authority_is_said}, unit=unit)
    return True


def _other_names(run: _Run, unit: Unit | None, current: str, row: Row, remarks: list[Remark]) -> list[dict[str, str]]:
    """The other names that a row tells and that are new, each with its remark."""
    found: list[dict[str, str]] = []
    for kind, names, remark in (
        (NameKind.FORMER, row.name.former, Remark.FORMER_NAME),
        (NameKind.ALIAS, row.name.aliases, Remark.ALIAS),
    ):
        new = [told for name in names if (told := run.book.other_name(unit, current, name, kind))]
        if new and Remark.RENAMED not in remarks:
            remarks.append(remark)
        found += new
    return found


def _findable(run: _Run, unit: Unit, row: Row, names: list[dict[str, str]]) -> bool:
    """Let the next rows find a unit by its new code and names; whether there were names."""
    if row.uscc:
        run.book.by_code[row.uscc] = unit
    for name in names:
        if name["kind"] == NameKind.FORMER:
            run.book.by_former[name_key(name["name"])].append(unit)
    return bool(names)


def _new_entry(run: _Run, unit: Unit | None, row: Row, number: int, remarks: list[Remark]) -> None:
    """Take an entry in, with its unit and its agency where they are new."""
    data: dict[str, object] = {
        "category": row.category,
        "level": row.level,
        "year": row.year,
        "batch": row.batch[:60],
        "source_name": row.source_name,
        "agency": row.agency,
    }
    if unit is None:
        data |= {
            "name": row.name.name,
            "name_bo": row.name_bo,
            "uscc": row.uscc,
            "province": row.province,
            "prefecture": row.prefecture,
            "authority": row.authority,
            "attribution_confirmed": row.authority_is_said,
            "is_sample": row.is_sample,
            "names": _other_names(run, None, row.key, row, remarks),
        }
    entry = _note(run, EventKind.IMPORTED, row, data, unit=unit, agency=run.book.agency(row.agency))
    if unit is None:
        run.book.remember(entry.unit)
        run.new_units += 1
    run.book.remember_entry(entry)
    run.entries_by_row[entry] = number
    _touch(run, entry)


def _complete_entry(run: _Run, entry: ListEntry, row: Row, remarks: list[Remark]) -> bool:
    """Add to a known entry what it lacked; whether anything was added."""
    if entry.status is EntryStatus.REMOVED:
        remarks.append(Remark.REMOVED_BEFORE)
        return False
    gained: dict[str, object] = {
        name: getattr(row, name)
        for name in ("batch", "listed_on", "source_url", "source_name")
        if getattr(row, name) and not getattr(entry, name)
    }
    if row.agency and entry.agency is None:
        gained["agency"] = row.agency
    elif row.agency and entry.agency and entry.agency.name_key != name_key(row.agency):
        remarks.append(Remark.AGENCY_DIFFERS)
    if gained:
        agency = run.book.agency(row.agency) if "agency" in gained else entry.agency
        _note(run, EventKind.COMPLETED, row, gained, entry=entry, agency=agency)
        _touch(run, entry)
    return bool(gained)


def _note(
    run: _Run,
    kind: EventKind,
    row: Row,
    data: dict[str, object],
    *,
    unit: Unit | None = None,
    entry: ListEntry | None = None,
    agency: Agency | None = None,
) -> ListEntry:
    """Write an act of this import down; the entry that it is about, where it is about one."""
    event = run.ledger.record(
        kind,
        unit=unit,
        entry=entry,
        agency=agency,
        effective_on=row.listed_on,
        by_actor=run.actor,
        source_url=row.source_url,
        data={"year": row.year, **data} | ({"file": run.digest[:16]} if run.digest else {}),
    )
    if event.agency is not None and event.agency.name_key not in run.book.agencies:
        run.book.agencies[event.agency.name_key] = event.agency
        run.new_agencies += 1
    return event.entry  # type: ignore[return-value]


def _touch(run: _Run, entry: ListEntry) -> None:
    run.touched_units.add(entry.unit)
    if entry.agency is not None:
        run.touched_agencies.add(entry.agency.name_key)
