"""The diary that a case has at its desk: written in one place, read in one place, never by the complainant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.authorities.models import Person
from portal.complaints.handling.models import DeskEntry
from portal.complaints.handling.rules import ASSIGNING, Assignment, DeskAct
from portal.complaints.models import Case
from portal.filings import sealing
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.vault.boxes import Box

#: What binds a text of the desk to its place in the case's box.
DESK = "desk"


@dataclass(frozen=True)
class Line:
    """A line as a page shows it."""

    entry: DeskEntry
    text: str


def write(case: Case, act: DeskAct, by: Person, *, colleague_id: int | None = None, text: str = "") -> DeskEntry:
    """Add a line inside the transaction of the act, with its audit record, which holds numbers alone."""
    entry = DeskEntry(
        case_id=case.id,
        at=clock.now(),
        act=act,
        person_id=by.id,
        colleague_id=colleague_id,
        sealed_text=sealing.open_filing(case).seal_text(text.strip(), DESK) if text.strip() else None,
    )
    db.session.add(entry)
    facts = {"person": colleague_id} if colleague_id is not None else {}
    audit.record(f"complaints.desk.{act}", case.subject, by.actor, facts)
    return entry


def lines(case: Case, box: Box) -> Sequence[Line]:
    """All lines of a case, the latest first."""
    query = (
        select(DeskEntry)
        .where(DeskEntry.case_id == case.id)
        .options(joinedload(DeskEntry.person), joinedload(DeskEntry.colleague))
        .order_by(DeskEntry.id.desc())
    )
    entries = db.session.scalars(query).unique()
    return [Line(entry, box.open_text(entry.sealed_text, DESK) if entry.sealed_text else "") for entry in entries]


def assignments(case_id: int) -> list[Assignment]:
    """What said who works on a case, oldest first."""
    query = select(DeskEntry.act, DeskEntry.person_id, DeskEntry.colleague_id)
    ours = query.where(DeskEntry.case_id == case_id, DeskEntry.act.in_(ASSIGNING)).order_by(DeskEntry.id)
    return [Assignment(act, by_id, to_id) for act, by_id, to_id in db.session.execute(ours)]
