"""Removal and exclusion: proposed with a drafted announcement, in force when it is published (Art. 18, 22, 24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from portal.authorities import queries as authority_queries
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import SYSTEM, require
from portal.content import services as content
from portal.content.models import Document
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.register import endings, queries
from portal.register.drafts import exclusion_announcement, removal_announcement
from portal.register.models import Agency, PendingAct, Unit
from portal.register.rules import (
    AlreadyPending,
    EntryStatus,
    EventKind,
    ExclusionGround,
    NothingToRemove,
    PendingKind,
    PendingState,
    RemovalGround,
    years_later,
)
from portal.rulebook.queries import number
from portal.rulebook.rules import Rule
from portal.search import mark_changed


def propose_removal(unit: Unit, ground: RemovalGround, *, by: Person | None, case: str = "") -> Document:
    """Decide that a unit leaves the lists: its active entries become pending, with a drafted announcement.

    Args:
        case: the case behind the decision, such as ``case:12``; it goes into the audit log, never on a page.

    Raises:
        NothingToRemove: where the unit has no active entry.
        AlreadyPending: where its removal already awaits an announcement.
        NotPermitted: where ``by`` may not determine.
    """
    with transaction():
        _require(by)
        entries = queries.removable_entries(_fresh(unit))
        if not entries:
            raise (
                AlreadyPending
                if any(e.status is EntryStatus.PENDING_REMOVAL for e in unit.entries)
                else NothingToRemove
            )
        document = content.draft(removal_announcement(unit, entries, ground), authority_queries.department(), by=None)
        actor = by.actor if by else SYSTEM
        for entry in entries:
            act = PendingAct(
                kind=PendingKind.REMOVAL,
                document_id=document.id,
                unit_id=unit.id,
                entry=entry,
                ground=str(ground),
                case_ref=case,
            )
            db.session.add(act)
            endings.removal(EventKind.REMOVAL_PROPOSED, entry, act.ground, actor, document=document.id)
        db.session.flush()
        audit.record(
            "register.removal.proposed",
            f"unit:{unit.public_id}",
            actor,
            {"ground": str(ground), "document": document.id, "case": case, "entries": [entry.id for entry in entries]},
        )
    return document


def propose_exclusion(agency: Agency, ground: ExclusionGround, *, by: Person | None, case: str = "") -> Document:
    """Decide that an agency may not evaluate in the region for a time, with a drafted announcement.

    Raises:
        AlreadyPending: where its exclusion already awaits an announcement.
        NotPermitted: where ``by`` may not determine.
    """
    with transaction():
        _require(by)
        waiting = select(PendingAct).where(
            PendingAct.agency_id == agency.id,
            PendingAct.kind == PendingKind.EXCLUSION,
            PendingAct.state == PendingState.PENDING,
        )
        if db.session.scalars(waiting).first():
            raise AlreadyPending
        years = number(Rule.EXCLUSION_YEARS, clock.today())
        document = content.draft(exclusion_announcement(agency, ground, years), authority_queries.department(), by=None)
        actor = by.actor if by else SYSTEM
        db.session.add(
            PendingAct(
                kind=PendingKind.EXCLUSION,
                document_id=document.id,
                agency_id=agency.id,
                ground=str(ground),
                case_ref=case,
            )
        )
        facts = {"ground": ground, "years": years}
        endings.exclusion(EventKind.EXCLUSION_PROPOSED, agency, actor, facts, document=document)
        db.session.flush()
        audit.record(
            "register.exclusion.proposed",
            f"agency:{agency.public_id}",
            actor,
            {"ground": str(ground), "document": document.id, "case": case, "years": years},
        )
    return document


def take_effect(document: Document, day: date, by: Person | None) -> None:
    """Let the decisions that awaited this announcement hold from ``day`` on, in the publication's own transaction."""
    with transaction():
        actor = by.actor if by else SYSTEM
        for act in _pending(document):
            act.state = PendingState.EFFECTIVE
            if act.kind is PendingKind.REMOVAL:
                _remove(act, document, day, actor)
            else:
                _exclude(act, document, day, actor)


def drop(document: Document, by: Person | None) -> None:
    """Let the decisions fall whose announcement was taken back before it was ever published."""
    with transaction():
        actor = by.actor if by else SYSTEM
        for act in _pending(document):
            _drop(act, actor)


def withdraw_proposal(case: str, *, by: Person) -> None:
    """Let what was proposed because of a case fall, before its announcement was ever published.

    Raises:
        NotPermitted: where ``by`` may not determine.
    """
    with transaction():
        require(by, Permission.DETERMINE)
        query = select(PendingAct).where(PendingAct.case_ref == case, PendingAct.state == PendingState.PENDING)
        for act in db.session.scalars(query.order_by(PendingAct.id).with_for_update(of=PendingAct)).all():
            _drop(act, by.actor)


def _drop(act: PendingAct, actor: str) -> None:
    act.state = PendingState.DROPPED
    endings.dropped(act, actor)
    audit.record("register.decision.dropped", f"document:{act.document_id}", actor, {"act": act.id})


def _remove(act: PendingAct, document: Document, day: date, actor: str) -> None:
    entry = act.entry
    if entry is None or entry.status is EntryStatus.REMOVED:
        return
    endings.removal(EventKind.REMOVED, entry, act.ground, actor, document=document.id, day=day)
    mark_changed(f"unit:{entry.unit.public_id}")
    audit.record(
        "register.entry.removed",
        f"unit:{entry.unit.public_id}",
        actor,
        {"entry": entry.id, "ground": act.ground, "document": document.id, "case": act.case_ref},
    )


def _exclude(act: PendingAct, document: Document, day: date, actor: str) -> None:
    agency = act.agency
    if agency is None:
        return
    last = years_later(day, number(Rule.EXCLUSION_YEARS, day))
    facts = {"ground": act.ground, "until": last}
    endings.exclusion(EventKind.EXCLUDED, agency, actor, facts, document=document, day=day)
    mark_changed(f"agency:{agency.public_id}")
    audit.record(
        "register.agency.excluded",
        f"agency:{agency.public_id}",
        actor,
        {"ground": act.ground, "until": last.isoformat(), "document": document.id, "case": act.case_ref},
    )


def _pending(document: Document) -> Sequence[PendingAct]:
    query = select(PendingAct).where(PendingAct.document_id == document.id, PendingAct.state == PendingState.PENDING)
    return db.session.scalars(query.order_by(PendingAct.id).with_for_update()).all()


def _fresh(unit: Unit) -> Unit:
    """The unit as it is under the lock of this transaction."""
    db.session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update(key_share=True))
    db.session.refresh(unit, ["entries"])
    return unit


def _require(by: Person | None) -> None:
    if by is not None:
        require(by, Permission.DETERMINE)
