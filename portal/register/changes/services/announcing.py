"""One announcement for several removals and changes: drafted by the department, in force when it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from portal.authorities import queries as authority_queries
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import SYSTEM, require
from portal.content import services as content
from portal.content.models import Document
from portal.content.rules import DocumentState
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.register import ledger
from portal.register.changes import queries
from portal.register.changes.drafts import announcement
from portal.register.changes.models import ChangeAnnouncement, ChangeEvent, ChangeStatement, HigherReport
from portal.register.changes.rules import (
    ANNOUNCEMENTS,
    CHANGE_ARTICLE,
    CHANGES,
    EVENTS,
    NO_ENTRY,
    REPORTS,
    AnnouncementAct,
    AnnouncementState,
    ChangeAct,
    ChangeKind,
    NameTaken,
    NothingToAnnounce,
    ReportAct,
    Timing,
    UnderReview,
    ended_here,
)
from portal.register.changes.services import pending
from portal.register.duties import tell_unit
from portal.register.models import PendingAct
from portal.register.rules import AlreadyPending, EntryStatus, PendingState, RemovalGround
from portal.search import mark_changed


def announce(act_ids: Sequence[int], statement_ids: Sequence[int], *, by: Person) -> Document:
    """Draft the announcement of decided removals and confirmed changes, in all languages.

    A unit that no longer qualifies after its change leaves the region's lists in the same announcement (Art. 19).

    Raises:
        AlreadyPending: where one of them stands in another draft already, or has moved on.
        Invalid: where nothing is chosen.
        NotFound: where one does not exist.
        NotPermitted: where ``by`` may not determine.
    """
    with transaction():
        require(by, Permission.DETERMINE)
        if not act_ids and not statement_ids:
            raise Invalid({"entries": NO_ENTRY})
        query = select(PendingAct).where(PendingAct.id.in_(act_ids)).order_by(PendingAct.id)
        query = query.with_for_update(of=PendingAct).execution_options(populate_existing=True)
        acts = list(db.session.scalars(query))
        if len(acts) != len(set(act_ids)):
            raise NotFound
        if any(act.state is not PendingState.PENDING or act.document_id is not None for act in acts):
            raise AlreadyPending
        statements = [locked(number) for number in sorted(set(statement_ids))]
        return draft_for(acts, statements, by)


def draft_for(acts: Sequence[PendingAct], statements: Sequence[ChangeStatement], by: Person) -> Document:
    """Draft an announcement inside the transaction of a decision, and tie the decisions to it."""
    acts = [*acts]
    for statement in statements:
        statement.state = CHANGES.target(ChangeAct.ANNOUNCE, statement.state)
        acts += _removals_after(statement, by)
    db.session.flush()
    document = content.draft(announcement(acts, statements), authority_queries.department(), by=None)
    for act in acts:
        act.document_id, act.document = document.id, document
    for statement in statements:
        statement.document_id, statement.document = document.id, document
        note(statement, ChangeAct.ANNOUNCE, by, data={"document": document.id})
    db.session.add(ChangeAnnouncement(document_id=document.id, document=document))
    db.session.flush()
    audit.record(
        "register.announcement.drafted",
        f"document:{document.id}",
        by.actor,
        {"acts": [act.id for act in acts], "statements": [statement.id for statement in statements]},
    )
    return document


def take_back(document: Document, *, reason: str, by: Person) -> None:
    """Take a drafted announcement back: its decisions fall, its confirmed changes wait for another one.

    Raises:
        IllegalTransition: where it was published or taken back already.
        Invalid: without a reason.
        NotFound: where the document was not drafted for decisions.
        NotPermitted: where ``by`` may not determine.
        UnderReview: where it is with the reviewers.
    """
    with transaction():
        require(by, Permission.DETERMINE)
        made = _made_for(document)
        if made is None:
            raise NotFound
        target = ANNOUNCEMENTS.target(AnnouncementAct.TAKE_BACK, made.state)
        _still_draft(made.document)
        text = pending.explained(reason, "reason")
        for act in queries.acts_in(document.id):
            pending.drop(act, text, by)
        for statement in queries.statements_in(document.id):
            statement.state = CHANGES.target(ChangeAct.RELEASE, statement.state)
            statement.document_id = None
            note(statement, ChangeAct.RELEASE, by, text)
        made.state, made.reason = target, text
        db.session.flush()
        audit.record("register.announcement.taken_back", f"document:{document.id}", by.actor)


def take_effect(document: Document, day: date, by: Person | None) -> None:
    """Let the changes hold that awaited this announcement, in the publication's own transaction.

    Raises:
        NothingToAnnounce: where all decisions behind the text were withdrawn; nothing is published.
        NameTaken: where another unit has come to bear a new name meanwhile; nothing is published.
    """
    with transaction():
        made = _made_for(document)
        if made is not None and made.state is AnnouncementState.TAKEN_BACK:
            raise NothingToAnnounce
        if made is not None and made.state is AnnouncementState.OPEN:
            made.state = ANNOUNCEMENTS.target(AnnouncementAct.PUBLISH, made.state)
        actor = by.actor if by else SYSTEM
        for statement in queries.statements_in(document.id):
            _change(statement, document, day, actor)
            statement.state = CHANGES.target(ChangeAct.TAKE_EFFECT, statement.state)
            note(statement, ChangeAct.TAKE_EFFECT, by, data={"document": document.id})
            tell_unit(statement.unit, statement.duty_key)
            mark_changed(f"unit:{statement.unit.public_id}")


def redraft(document: Document, reason: str) -> None:
    """Write a draft anew from what is left in it; where nothing is, it is taken back and can never be published."""
    made = _made_for(document)
    _still_draft(document)
    acts, statements = queries.acts_in(document.id), queries.statements_in(document.id)
    if acts or statements:
        drafted = announcement(acts, statements)
        kept = document.content
        text = type(kept)(
            type=kept.type,
            title=drafted.title,
            summary=kept.summary,
            body=drafted.body,
            number=kept.number,
            source=kept.source,
            published_on=kept.published_on,
            slug=kept.slug,
            is_sample=drafted.is_sample,
        )
        content.revise(document, text, by=None)
        return
    if made is None:
        made = ChangeAnnouncement(document_id=document.id, document=document, state=AnnouncementState.OPEN)
        db.session.add(made)
    made.state, made.reason = ANNOUNCEMENTS.target(AnnouncementAct.TAKE_BACK, made.state), reason
    db.session.flush()


def drop_what_follows(statement: ChangeStatement, reason: str, by: Person) -> None:
    """Let fall what a withdrawn change had brought about: removals not announced, reports not made."""
    for act in [item for item in statement.removals if item.state is PendingState.PENDING]:
        pending.drop(act, reason, by)
    for item in queries.reports_due(HigherReport.statement_id == statement.id):
        item.state = REPORTS.target(ReportAct.DROP, item.state)


def locked(statement_id: int) -> ChangeStatement:
    """A statement under the lock of this transaction.

    Raises:
        NotFound: there is none.
    """
    query = select(ChangeStatement).where(ChangeStatement.id == statement_id).with_for_update(of=ChangeStatement)
    found = db.session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


#: The act in an audit record's name.
_PAST = {
    ChangeAct.STATE: "stated",
    ChangeAct.CONFIRM: "confirmed",
    ChangeAct.REJECT: "rejected",
    ChangeAct.ANNOUNCE: "drafted",
    ChangeAct.RELEASE: "released",
    ChangeAct.TAKE_EFFECT: "announced",
    ChangeAct.WITHDRAW: "withdrawn",
}


def note(
    statement: ChangeStatement,
    what: ChangeAct,
    by: Person | None,
    text: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Write an act into a statement's timeline and the audit log."""
    statement.events.append(ChangeEvent(act=what, at=clock.now(), person_id=by.id if by else None, note=text))
    db.session.flush()
    audit.record(
        f"register.change.{_PAST[what]}",
        f"change:{statement.id}",
        by.actor if by else SYSTEM,
        {"unit": statement.unit_id, **(data or {})},
    )


def _removals_after(statement: ChangeStatement, by: Person) -> list[PendingAct]:
    """The entries that leave the lists because their unit does not qualify any more."""
    if statement.qualifies is not False:
        return []
    return [
        pending.propose(
            entry,
            RemovalGround.NO_LONGER_QUALIFIES,
            by,
            timing=Timing.YEARLY,
            note=statement.text,
            statement=statement,
        )
        for entry in statement.unit.entries
        if entry.status is EntryStatus.ACTIVE and ended_here(entry.level, ends_national=False)
    ]


def _change(statement: ChangeStatement, document: Document, day: date, actor: str) -> None:
    unit, kind = statement.unit, statement.kind
    data: dict[str, object] = {"statement": statement.id}
    if kind is ChangeKind.RENAMED:
        if queries.bearer(statement.new_name, unit) is not None:
            raise NameTaken
        data |= {"to": statement.new_name, "name_bo": statement.new_name_bo}
    elif kind is ChangeKind.RELOCATED and statement.new_authority is not None:
        data |= {"to": statement.new_authority.code, "confirmed": True, "prefecture": statement.new_authority.place.zh}
    else:
        data |= {"scope": statement.text}
    ledger.record(
        EVENTS[kind],
        unit=unit,
        effective_on=day,
        by_actor=actor,
        article=CHANGE_ARTICLE,
        document=document,
        data=data,
    )


def _made_for(document: Document) -> ChangeAnnouncement | None:
    query = select(ChangeAnnouncement).where(ChangeAnnouncement.document_id == document.id)
    return db.session.scalars(query.with_for_update(of=ChangeAnnouncement)).one_or_none()


def _still_draft(document: Document) -> None:
    if document.state is not DocumentState.DRAFT:
        raise UnderReview
