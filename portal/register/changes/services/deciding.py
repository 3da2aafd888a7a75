"""Removal decided at the desk: chosen entries, a ground of the rulebook, with the yearly list or at once (Art. 18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import require
from portal.content.models import Document
from portal.foundation import audit, clock, sanitizing
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, Stale
from portal.register.changes import queries
from portal.register.changes.models import HigherReport
from portal.register.changes.rules import (
    DECISIONS,
    FUTURE,
    REFERENCE_LENGTH,
    REPORTS,
    REQUIRED,
    TOO_LONG,
    DecisionAct,
    OfACase,
    Removal,
    ReportAct,
    Timing,
    ended_here,
    removal_faults,
    told_above,
)
from portal.register.changes.services import announcing, pending
from portal.register.models import ListEntry, PendingAct, Unit
from portal.register.rules import AlreadyPending, EntryStatus, NothingToRemove


@dataclass(frozen=True)
class Decided:
    """What a decision made: acts that await an announcement, reports to the ministry, and the draft of a removal at once."""

    acts: tuple[PendingAct, ...]
    reports: tuple[HigherReport, ...]
    document: Document | None = None


def decide_removal(unit: Unit, removal: Removal, *, seen: Mapping[int, int] | None, by: Person) -> Decided:
    """Decide that chosen entries of a unit end.

    Entries of the ministry's list are reported to it; they end here only where the removal says so. A removal at once
    gets its draft with the decision, a yearly one waits for the announcement that the yearly ones share.

    Args:
        seen: the versions of the entries that the person saw, by id; None where nobody looked at a page before.

    Raises:
        Invalid: no entry, no ground, or one that the rulebook does not know for this kind of removal; no reason.
        NothingToRemove: an entry that is not the unit's, or has ended.
        AlreadyPending: where an entry's removal or its report is decided already.
        NotPermitted: where ``by`` may not determine.
        Stale: where an entry was changed meanwhile.
    """
    with transaction():
        require(by, Permission.DETERMINE)
        note = sanitizing.normalize(removal.note).strip()
        faults = removal_faults(removal, queries.grounds_for(removal.timing, clock.today()))
        if faults or removal.ground is None:
            raise Invalid(faults)
        entries = _chosen(unit, removal, seen)
        acts = [
            pending.propose(entry, removal.ground, by, timing=removal.timing, note=note)
            for entry in entries
            if ended_here(entry.level, ends_national=removal.ends_national)
        ]
        db.session.flush()
        act_of = {act.entry_id: act for act in acts}
        reports = [
            pending.report(entry, ground=removal.ground, note=note, act=act_of.get(entry.id))
            for entry in entries
            if told_above(entry.level)
        ]
        db.session.flush()
        audit.record(
            "register.removal.decided",
            f"unit:{unit.public_id}",
            by.actor,
            {
                "ground": str(removal.ground),
                "timing": str(removal.timing),
                "entries": [act.entry_id for act in acts],
                "reported": [item.entry_id for item in reports],
            },
        )
        document = announcing.draft_for(acts, [], by) if acts and removal.timing is Timing.AT_ONCE else None
    return Decided(tuple(acts), tuple(reports), document)


def withdraw_decision(act_id: int, *, reason: str, version: int | None, by: Person) -> PendingAct:
    """Take a decision back before its announcement; the draft that it stands in is written anew without it.

    Raises:
        IllegalTransition: where it took effect or was withdrawn already.
        Invalid: without a reason.
        NotFound: there is none.
        NotPermitted: where ``by`` may not determine.
        OfACase: where it is the outcome of a complaint.
        Stale: where somebody changed it meanwhile.
        UnderReview: where its announcement is with the reviewers.
    """
    with transaction():
        require(by, Permission.DETERMINE)
        act = _locked(act_id, version)
        if act.case_ref:
            raise OfACase
        document = act.document
        pending.drop(act, pending.explained(reason, "reason"), by)
        if document is not None:
            announcing.redraft(document, act.dropped_for)
    return act


def tell(report_id: int, *, told_on: date | None, reference: str, version: int | None, by: Person) -> HigherReport:
    """Record that the ministry was told: the day, and the letter or the entry of the platform by which (Art. 19).

    Raises:
        IllegalTransition: where it is recorded already, or fell with its decision.
        Invalid: no day, one to come, or no reference.
        NotPermitted: where ``by`` neither keeps the register nor determines.
        NotFound, Stale: as for :func:`withdraw_decision`.
    """
    with transaction():
        require(by, Permission.DETERMINE if Permission.DETERMINE in queries.held(by) else Permission.KEEP_REGISTER)
        query = select(HigherReport).where(HigherReport.id == report_id).with_for_update()
        found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        if found is None:
            raise NotFound
        target = REPORTS.target(ReportAct.TELL, found.state)
        if version is not None and version != found.version:
            raise Stale
        reference = " ".join(sanitizing.normalize(reference).split())
        faults: dict[str, object] = {}
        if told_on is None or told_on > clock.today():
            faults["told_on"] = FUTURE if told_on else REQUIRED
        if not reference or len(reference) > REFERENCE_LENGTH:
            faults["reference"] = TOO_LONG if reference else REQUIRED
        if faults:
            raise Invalid(faults)
        found.state, found.told_on, found.reference, found.told_by_id = target, told_on, reference, by.id
        db.session.flush()
        audit.record("register.ministry.told", f"entry:{found.entry_id}", by.actor, {"report": found.id})
    return found


def _chosen(unit: Unit, removal: Removal, seen: Mapping[int, int] | None) -> Sequence[ListEntry]:
    """The chosen entries under the lock of this transaction, all of which may be removed."""
    query = select(ListEntry).where(ListEntry.unit_id == unit.id, ListEntry.id.in_(removal.entries))
    query = query.order_by(ListEntry.id).with_for_update(of=ListEntry).execution_options(populate_existing=True)
    entries = db.session.scalars(query).all()
    if len(entries) != len(set(removal.entries)) or any(e.status is EntryStatus.REMOVED for e in entries):
        raise NothingToRemove
    waiting = {item.entry_id for item in queries.reports_due(HigherReport.ground == str(removal.ground))}
    if any(e.status is EntryStatus.PENDING_REMOVAL or e.id in waiting for e in entries):
        raise AlreadyPending
    if seen is not None and any(seen.get(e.id) != e.version for e in entries):
        raise Stale
    return entries


def _locked(act_id: int, version: int | None) -> PendingAct:
    query = select(PendingAct).where(PendingAct.id == act_id).with_for_update(of=PendingAct)
    act = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if act is None:
        raise NotFound
    # A second click is told what has happened already, rather than that the page is old.
    DECISIONS.target(DecisionAct.WITHDRAW, act.state)
    if version is not None and version != act.version:
        raise Stale
    return act
