"""Recommendation: one candidate by form, many by spreadsheet, and taking one out again (Art. 12)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority, Person
from portal.foundation import clock, sanitizing
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotPermitted
from portal.foundation.identifiers import InvalidIdentifier
from portal.foundation.identifiers import uscc as plausible_uscc
from portal.foundation.workflow import IllegalTransition
from portal.register.batches.models import Batch, Candidate
from portal.register.batches.recommending import (
    Examiner,
    ListReport,
    ListRow,
    Recommended,
    Refused,
    fill,
)
from portal.register.batches.rules import BEFORE_PUBLICITY, BatchAct, CandidateState
from portal.register.batches.services.steps import begin, begin_with, end, past, told
from portal.register.batches.words import NO_AUTHORITY
from portal.register.cleaning import agency_name, is_name, name_key, split_names
from portal.register.lists import files
from portal.register.lists.headings import Field
from portal.register.lists.rows import FAULT_LABELS, Defaults, Fault, Row, rows_of
from portal.register.places import prefecture
from portal.register.rules import TIBET, Category
from portal.register.services.keeping import OLD_FONT


@dataclass(frozen=True)
class Recommendation:
    """What an authority says of a unit. ``authority`` is a code; empty for the recommending person's own."""

    name: str
    category: Category
    authority: str = ""
    name_bo: str = ""
    uscc: str = ""
    place: str = ""
    agency: str = ""
    report_on: date | None = None
    is_sample: bool = False


class _Undo(Exception):
    """Ends a preview: everything was tried, nothing stays."""


def recommend(batch: Batch, given: Recommendation, *, by: Person | None) -> Candidate:
    """Recommend one unit.

    Raises:
        Invalid: naming the fields at fault: no name, a bad code, another authority's unit, one that stands on the
            list or in the round already, a report by a body that is excluded or lacks the basic conditions (Art. 22).
        IllegalTransition, NotPermitted: as for :func:`steps.begin`.
    """
    with transaction():
        own = _authority(given.authority, by)
        batch = begin(batch, BatchAct.RECOMMEND, by, authority_id=own.id)
        looked = Examiner(batch, own, clock.today()).look(_row(batch, given, own), given.report_on)
        if isinstance(looked, Refused):
            raise Invalid(dict(looked.faults))
        candidate = _take(batch, looked)
        end(batch, BatchAct.RECOMMEND, by, candidate=candidate, data={"authority": own.code})
    return candidate


def recommend_list(batch: Batch, content: bytes, *, accepted: str = "", by: Person | None) -> ListReport:
    """Recommend the units of a spreadsheet: all of its rows, or none.

    Args:
        accepted: the digest of the file whose preview was looked at. Any other file is only looked at.

    Raises:
        UnreadableList: where the file is no list.
        IllegalTransition, NotPermitted: as for :func:`steps.begin`.
    """
    digest = hashlib.sha256(content).hexdigest()
    report = ListReport((), digest)
    try:
        with transaction():
            own = by.authority if by is not None and not by.authority.is_department else None
            batch = begin(batch, BatchAct.RECOMMEND, by, authority_id=own.id if own else None)
            report, good = _look(batch, content, own, digest)
            if accepted != digest or report.bad or not good:
                raise _Undo
            for item in good:
                candidate = _take(batch, item)
                end(batch, BatchAct.RECOMMEND, by, candidate=candidate, data={"file": digest[:16]})
            report = ListReport(report.rows, digest, taken=True)
    except _Undo:
        pass
    return report


def take_out(candidate: Candidate, *, reason: str, by: Person | None, version: int | None = None) -> Candidate:
    """Take a candidate out of the round before its publicity, for a reason.

    Raises:
        Invalid: without a reason.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`.
    """
    with transaction():
        candidate = begin_with(candidate, BatchAct.TAKE_OUT, by, version)
        if candidate.state not in BEFORE_PUBLICITY:
            raise IllegalTransition(BatchAct.TAKE_OUT, candidate.state)
        candidate.reason = told(reason, "note")
        candidate.state = CandidateState.WITHDRAWN
        end(candidate.batch, BatchAct.TAKE_OUT, by, candidate=candidate, note=candidate.reason)
    return candidate


def _authority(code: str, by: Person | None) -> Authority:
    """In whose name is recommended: that of a verifying authority, never the department's own.

    Raises:
        Invalid: without an authority.
        NotPermitted: for another one than the person's own, except by the department.
    """
    own = by.authority if by is not None else None
    if own is not None and not own.is_department:
        if code not in {"", own.code}:
            raise NotPermitted
        return own
    found = authority_queries.authority_by_code(code) if code else None
    if found is None or found.is_department:
        raise Invalid({"authority": NO_AUTHORITY})
    return found


def _row(batch: Batch, given: Recommendation, own: Authority) -> Row:
    """The recommendation as the row of a list.

    Raises:
        Invalid: naming the fields that cannot be read.
    """
    faults: dict[str, object] = {}
    name = split_names(given.name)
    if not is_name(name.name):
        faults["name"] = FAULT_LABELS[Fault.NOT_A_NAME if name.name else Fault.NO_NAME]
    if sanitizing.has_private_use(given.name_bo):
        faults["name_bo"] = OLD_FONT
    code: str | None = None
    try:
        code = plausible_uscc(given.uscc) if given.uscc.strip() else None
    except InvalidIdentifier:
        faults["uscc"] = FAULT_LABELS[Fault.BAD_CODE]
    if given.report_on is not None:
        try:
            past(given.report_on, "report_on")
        except Invalid as wrong:
            faults |= wrong.fields
    if faults:
        raise Invalid(faults)
    return Row(
        name=name,
        key=name_key(name.name),
        category=given.category,
        level=batch.level,
        year=batch.year,
        name_bo=sanitizing.normalize(given.name_bo).strip(),
        uscc=code,
        province=TIBET,
        prefecture=(prefecture(given.place) or given.place.strip())[:60],
        authority=own.code,
        authority_is_said=True,
        agency=agency_name(given.agency),
        is_sample=given.is_sample or batch.is_sample,
    )


def _look(batch: Batch, content: bytes, own: Authority | None, digest: str) -> tuple[ListReport, list[Recommended]]:
    defaults = Defaults(level=batch.level, year=batch.year, province=TIBET, is_sample=batch.is_sample)
    examiner = Examiner(batch, own, clock.today())
    rows: list[ListRow] = []
    good: list[Recommended] = []
    for raw in rows_of(files.read(content), defaults):
        looked = examiner.look_at(raw)
        printed = raw.values.get(Field.NAME, "") or next((cell for cell in raw.cells if cell), "")
        if isinstance(looked, Refused):
            sentences = tuple(dict.fromkeys(words for _field, words in looked.faults))
            summary = FAULT_LABELS[Fault.SUMMARY] in sentences
            rows.append(ListRow(raw.number, raw.sheet, printed[:120], sentences, summary))
        else:
            rows.append(ListRow(raw.number, raw.sheet, printed[:120]))
            good.append(looked)
    return ListReport(tuple(rows), digest), good


def _take(batch: Batch, given: Recommended) -> Candidate:
    """The candidate of a recommendation; one that was taken out comes back with what is said now."""
    key = (given.row.category, given.row.key)
    known = next((item for item in batch.candidates if (item.category, item.name_key) == key), None)
    candidate = known or Candidate(batch=batch)
    fill(candidate, given, clock.today())
    db.session.add(candidate)
    db.session.flush()
    return candidate
