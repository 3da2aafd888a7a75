"""What awaits an announcement or is to be told to the ministry: made and dropped inside the transaction of a use case."""

from __future__ import annotations

from portal.authorities.models import Person
from portal.foundation import audit, sanitizing
from portal.foundation.database import db
from portal.foundation.errors import Invalid
from portal.register import endings
from portal.register.changes import queries
from portal.register.changes.models import ChangeStatement, HigherReport
from portal.register.changes.rules import (
    DECISIONS,
    NOTE_LENGTH,
    REPORTS,
    REQUIRED,
    TOO_LONG,
    DecisionAct,
    ReportAct,
    Timing,
)
from portal.register.models import ListEntry, PendingAct
from portal.register.rules import EventKind, PendingKind, RemovalGround


def propose(
    entry: ListEntry,
    ground: RemovalGround,
    by: Person,
    *,
    timing: Timing,
    note: str,
    statement: ChangeStatement | None = None,
) -> PendingAct:
    """Let the removal of an entry await its announcement."""
    act = PendingAct(
        kind=PendingKind.REMOVAL,
        unit_id=entry.unit_id,
        entry=entry,
        entry_id=entry.id,
        ground=str(ground),
        timing=timing,
        note=note,
        statement_id=statement.id if statement else None,
    )
    db.session.add(act)
    endings.removal(EventKind.REMOVAL_PROPOSED, entry, ground, by.actor, document=None)
    return act


def report(
    entry: ListEntry,
    *,
    ground: RemovalGround | None = None,
    note: str = "",
    act: PendingAct | None = None,
    statement: ChangeStatement | None = None,
) -> HigherReport:
    """Let the ministry be told of what concerns an entry of its list."""
    made = HigherReport(
        entry_id=entry.id,
        act_id=act.id if act else None,
        statement_id=statement.id if statement else None,
        ground=str(ground or ""),
        note=note,
    )
    db.session.add(made)
    return made


def drop(act: PendingAct, reason: str, by: Person) -> None:
    """Let a decision fall, with what was to be told because of it."""
    act.state = DECISIONS.target(DecisionAct.WITHDRAW, act.state)
    act.dropped_for = reason
    endings.dropped(act, by.actor)
    for item in queries.reports_due(HigherReport.act_id == act.id):
        item.state = REPORTS.target(ReportAct.DROP, item.state)
    db.session.flush()
    audit.record(
        "register.decision.withdrawn", f"act:{act.id}", by.actor, {"entry": act.entry_id, "agency": act.agency_id}
    )


def explained(reason: str, field: str) -> str:
    """A reason as it is kept.

    Raises:
        Invalid: where there is none, or far too much.
    """
    text = sanitizing.normalize(reason).strip()
    if not text or len(text) > NOTE_LENGTH:
        raise Invalid({field: TOO_LONG if text else REQUIRED})
    return text
