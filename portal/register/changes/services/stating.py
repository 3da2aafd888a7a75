"""Statements of change: stated by the unit or taken in for it, with evidence, examined by its own authority (Art. 19)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority, Person
from portal.authorities.services import require
from portal.foundation import audit, clock, sanitizing
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, NotPermitted, Stale
from portal.foundation.workflow import IllegalTransition
from portal.register.changes import evidence, queries
from portal.register.changes.evidence import Files
from portal.register.changes.models import ChangeEvidence, ChangeStatement
from portal.register.changes.rules import (
    CHANGES,
    EXPLAINED,
    OPEN_STATES,
    REQUIRED,
    STATING,
    Change,
    ChangeAct,
    ChangeKind,
    ChangeOrigin,
    ChangeState,
    NameTaken,
    NoOwnAuthority,
    NotListed,
    SamePerson,
    change_faults,
    may_act,
)
from portal.register.changes.services import announcing, pending
from portal.register.cleaning import tidy
from portal.register.duties import tell_unit
from portal.register.models import Unit
from portal.register.rules import AlreadyPending, EntryStatus
from portal.register.services.keeping import OLD_FONT
from portal.vault.store import FileMissing


def state_change(
    unit: Unit,
    change: Change,
    files: Files,
    *,
    version: int | None,
    by: Person,
    origin: ChangeOrigin = ChangeOrigin.AUTHORITY,
) -> ChangeStatement:
    """Take in what a unit states of itself, with its evidence.

    Args:
        files: names and seekable streams; at least one.
        version: the unit's version that the person saw.
        origin: whether staff enter it, or ``by`` is a person of the unit; that they are is the caller's to know.

    Raises:
        AlreadyPending: where a change of this kind is open already.
        Invalid: with the fields at fault; ``file`` for the evidence.
        NameTaken: where another unit of the province bears the new name.
        NoOwnAuthority, NotListed: where nobody could confirm, or no entry is concerned.
        NotPermitted: where staff neither keep the register nor verify at the unit's authority.
        Stale: where the unit was changed meanwhile.
    """
    statement: ChangeStatement | None = None
    try:
        with transaction():
            unit = _unit(unit, change, version, by, origin)
            statement = _made(unit, change, _checked(unit, change, files))
            statement.origin = origin
            evidence.keep(statement, files)
            db.session.add(statement)
            db.session.flush()
            facts = {"kind": str(change.kind), "files": [item.sha256 for item in statement.evidence]}
            announcing.note(statement, ChangeAct.STATE, by, data=facts)
    except BaseException:
        evidence.forget(statement.evidence if statement else ())
        raise
    return statement


def withdraw_own(statement_id: int, *, unit: Unit, version: int | None, by: Person) -> ChangeStatement:
    """Take back what a unit stated itself, until its authority has examined it.

    Args:
        by: a person of the unit; that they are is the caller's to know.

    Raises:
        IllegalTransition: where it was examined or withdrawn.
        NotFound: there is none, it is another unit's, or staff entered it.
        NotPermitted: where ``by`` is of the staff.
        Stale: where somebody changed it meanwhile.
    """
    with transaction():
        statement = announcing.locked(statement_id)
        if statement.unit_id != unit.id or statement.origin is not ChangeOrigin.UNIT:
            raise NotFound
        if by.is_staff or not by.active:
            raise NotPermitted
        if statement.state is not ChangeState.STATED:
            raise IllegalTransition(ChangeAct.WITHDRAW, statement.state)
        if version is not None and version != statement.version:
            raise Stale
        statement.state = CHANGES.target(ChangeAct.WITHDRAW, statement.state)
        _fall(statement, "", by)
        announcing.note(statement, ChangeAct.WITHDRAW, by)
    return statement


def read_evidence(statement_id: int, evidence_id: int, *, by: Person) -> tuple[ChangeEvidence, str, Iterator[bytes]]:
    """A file behind a statement with its name and content; that it was read is noted.

    Raises:
        NotFound: there is none, it is another authority's, or the store has lost it.
    """
    with transaction():
        found = queries.evidence_for(statement_id, evidence_id, by)
        audit.record("register.change.evidence_read", f"change:{statement_id}", by.actor, {"evidence": evidence_id})
    try:
        return found, evidence.name_of(found), evidence.content_of(found)
    except FileMissing:
        raise NotFound from None


def act(
    statement_id: int,
    what: ChangeAct,
    *,
    note: str = "",
    qualifies: bool | None = None,
    version: int | None,
    by: Person,
) -> ChangeStatement:
    """Confirm, reject or withdraw a statement.

    Args:
        qualifies: for a confirmation: whether the unit still meets the standard. Where it does not, its entries leave
            the lists with the announcement of the change, and ``note`` says why.

    Raises:
        IllegalTransition: where it has moved on.
        Invalid: a reason or the finding is missing.
        NotFound: there is none, or it is another authority's.
        NotPermitted: where ``by`` may not do this here.
        Stale: where somebody changed it meanwhile.
        UnderReview: where its announcement is with the reviewers.
    """
    with transaction():
        statement, target = _begin(statement_id, what, version, by)
        note = sanitizing.normalize(note).strip()
        if what is ChangeAct.CONFIRM:
            if qualifies is None:
                raise Invalid({"qualifies": REQUIRED})
            statement.qualifies = qualifies
        if what in EXPLAINED or qualifies is False:
            note = pending.explained(note, "note")
        drafted = statement.document if what is ChangeAct.WITHDRAW else None
        statement.state = target
        if what is ChangeAct.CONFIRM:
            for entry in queries.standing_above(statement.unit_id):
                pending.report(entry, statement=statement)
        if what is ChangeAct.WITHDRAW:
            _fall(statement, note, by)
        db.session.flush()
        announcing.note(statement, what, by, note, {"qualifies": statement.qualifies})
        tell_unit(statement.unit, statement.duty_key)
        if drafted is not None:
            announcing.redraft(drafted, note)
    return statement


def _begin(statement_id: int, what: ChangeAct, version: int | None, by: Person) -> tuple[ChangeStatement, ChangeState]:
    """The statement under the lock of this transaction, and the state in which the act will leave it."""
    statement = announcing.locked(statement_id)
    if not queries.may_see(statement, by):
        raise NotFound
    # A second click is told what has happened already, rather than that the page is old.
    target = CHANGES.target(what, statement.state)
    held = queries.held(by, statement.authority_id)
    if not by.active or not may_act(what, statement.state, held, statement.origin):
        raise NotPermitted
    if statement.origin is ChangeOrigin.UNIT and any(event.person_id == by.id for event in statement.events[:1]):
        raise SamePerson
    if version is not None and version != statement.version:
        raise Stale
    return statement, target


def _fall(statement: ChangeStatement, reason: str, by: Person) -> None:
    statement.document_id = None
    announcing.drop_what_follows(statement, reason, by)


def _unit(unit: Unit, change: Change, version: int | None, by: Person, origin: ChangeOrigin) -> Unit:
    """The unit under the lock of this transaction, for someone who may state its change."""
    query = select(Unit).where(Unit.id == unit.id).with_for_update(of=Unit)
    found = db.session.scalars(query.execution_options(populate_existing=True)).unique().one()
    if found.authority is None or found.authority.is_department:
        raise NoOwnAuthority
    _may_state(by, found, origin)
    open_ones = select(ChangeStatement.id).where(
        ChangeStatement.unit_id == unit.id,
        ChangeStatement.kind == change.kind,
        ChangeStatement.state.in_(OPEN_STATES),
    )
    if db.session.scalars(open_ones).first():
        raise AlreadyPending
    if all(entry.status is EntryStatus.REMOVED for entry in found.entries):
        raise NotListed
    if version is not None and version != found.version:
        raise Stale
    return found


def _may_state(by: Person, unit: Unit, origin: ChangeOrigin) -> None:
    if origin is ChangeOrigin.UNIT:
        # Staff never speak as a unit; for one they enter what it sent them.
        if by.is_staff or not by.active:
            raise NotPermitted
        return
    allowed = sorted(STATING & queries.held(by, unit.authority_id))
    if not allowed:
        raise NotPermitted
    require(by, allowed[0], unit.authority_id)


def _checked(unit: Unit, change: Change, files: Files) -> Authority | None:
    """The authority that the unit moves to, where it does."""
    authorities = {item.code: item for item in authority_queries.verifying_authorities()}
    faults = change_faults(
        change,
        name=unit.name,
        authority=unit.authority.code if unit.authority else "",
        authorities=set(authorities),
        today=clock.today(),
    )
    for field in ("text", "new_name", "new_name_bo"):
        if sanitizing.has_private_use(getattr(change, field)):
            faults[field] = OLD_FONT
    if not files:
        faults["file"] = REQUIRED
    if faults:
        raise Invalid(faults)
    if change.kind is ChangeKind.RENAMED and queries.bearer(change.new_name, unit) is not None:
        raise NameTaken
    return authorities.get(change.authority) if change.kind is ChangeKind.RELOCATED else None


def _made(unit: Unit, change: Change, new_authority: Authority | None) -> ChangeStatement:
    renamed = change.kind is ChangeKind.RENAMED
    assert unit.authority is not None and change.happened_on is not None  # noqa: S101, PT018 - checked before
    return ChangeStatement(
        unit_id=unit.id,
        unit=unit,
        kind=change.kind,
        state=ChangeState.STATED,
        authority_id=unit.authority.id,
        authority=unit.authority,
        happened_on=change.happened_on,
        text=sanitizing.normalize(change.text).strip(),
        old_name=unit.name,
        new_name=tidy(change.new_name) if renamed else "",
        new_name_bo=sanitizing.normalize(change.new_name_bo).strip() if renamed else "",
        new_authority_id=new_authority.id if new_authority else None,
        new_authority=new_authority,
    )
