"""Use cases of documents: the only code that writes them."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from typing import BinaryIO

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.models import Authority, Person
from portal.authorities.services import SYSTEM, require
from portal.content import attachments, hooks
from portal.content.models import Attachment, Document, DocumentEvent
from portal.content.rules import (
    EXPLAINED,
    NEEDED,
    NOTE_LENGTH,
    OLD_FONT,
    REQUIRED,
    TITLE_LENGTH,
    TOO_LONG,
    WORKFLOW,
    DocumentAct,
    DocumentContent,
    DocumentState,
    DocumentType,
    content_faults,
    missing_languages,
    publication_faults,
    second_person,
    tidy,
)
from portal.foundation import audit, clock, sanitizing
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, Invalid, NotFound, Stale
from portal.foundation.languages import LANGUAGES, Localized
from portal.search import mark_changed

#: The signs of a generated slug's end, none like another.
_SLUG_SIGNS = "23456789acdefghjkmnpqrtuvwxy"


class OwnDraft(DomainError):
    """Nobody publishes what they wrote themselves."""

    status = 403
    message = _l("You worked on this text yourself. Another person must review and publish it.")


class NeverEdited(DomainError):
    """What was announced stays as it was announced; an erratum corrects it."""

    status = 409
    message = _l("A published announcement is never edited. Please draft an erratum.")


class SlugTaken(Invalid):
    """Another document has this address."""

    def __init__(self) -> None:
        super().__init__({"slug": _l("Another document already has this address.")})


def search_key(document_id: int) -> str:
    """The key of a document in the search index."""
    return f"document:{document_id}"


def draft(content: DocumentContent, authority: Authority, *, by: Person | None) -> Document:
    """Begin a document of an authority.

    Args:
        by: the editor; None for the system and the import.

    Raises:
        Invalid: a content that cannot be kept; its fields are named as in the form (``title_bo``).
        NotPermitted: where ``by`` may not draft for this authority.
    """
    with transaction():
        _require(by, DocumentAct.DRAFT, authority.id)
        content = _acceptable(content)
        document = Document(
            slug=content.slug or _new_slug(content.published_on or clock.today()),
            state=DocumentState.DRAFT,
            authority=authority,
            author_id=by.id if by else None,
        )
        _write(document, content)
        db.session.add(document)
        db.session.flush()
        _note(document, DocumentAct.DRAFT, by, data={"type": document.type, "slug": document.slug})
    return document


def draft_erratum(document: Document, *, by: Person | None) -> Document:
    """Begin a document that corrects a published one, in the name of the same authority; both then show each other.

    Raises:
        NotFound: where the document is not public.
        NotPermitted: where ``by`` may not draft for its authority.
    """
    with transaction():
        db.session.refresh(document)
        if not document.is_public:
            raise NotFound
        title: dict[str, str] = {}
        for language, facts in LANGUAGES.items():
            if document.title.has(language):
                with force_locale(facts.locale):
                    title[language] = str(_("Erratum: %(title)s", title=getattr(document.title, language)))[
                        :TITLE_LENGTH
                    ]
        content = DocumentContent(document.type, Localized(**title), is_sample=document.is_sample)
        erratum = draft(content, document.authority, by=by)
        erratum.erratum_of = document
        db.session.flush()
    return erratum


def revise(
    document: Document,
    content: DocumentContent,
    *,
    by: Person | None,
    version: int | None = None,
    authority: Authority | None = None,
) -> Document:
    """Change a draft.

    Args:
        version: the version that the editor saw; None where nobody looked at a page before.
        authority: another issuing authority; None leaves it.

    Raises:
        Invalid, NotPermitted: as for :func:`draft`.
        IllegalTransition: where it is not a draft any more.
        Stale: where somebody changed it meanwhile.
    """
    with transaction():
        document = _begin(document, DocumentAct.REVISE, by, version)
        _never_edited(document)
        if document.published_at is not None:
            # An address that was public once is a promise: it does not move.
            content = replace(content, slug=document.slug, type=document.type)
        content = _acceptable(content, document)
        if authority is not None and authority.id != document.authority_id:
            _require(by, DocumentAct.DRAFT, authority.id)
            document.authority = authority
        if content.slug:
            document.slug = content.slug
        _write(document, content)
        _end(document, DocumentAct.REVISE, by)
    return document


def submit(document: Document, *, by: Person | None, version: int | None = None, note: str = "") -> Document:
    """Hand a draft to the reviewers; from here on nobody edits it.

    Raises:
        Invalid: where it lacks what publication needs.
        IllegalTransition, NotPermitted, Stale: as for :func:`revise`.
    """
    with transaction():
        document = _begin(document, DocumentAct.SUBMIT, by, version)
        _publishable(document)
        document.sent_back = False
        _end(document, DocumentAct.SUBMIT, by, note)
    return document


def publish(document: Document, *, by: Person | None, version: int | None = None, note: str = "") -> Document:
    """Make a submitted document public. Its date of issue is today unless it carries one.

    Raises:
        OwnDraft: where the reviewer had a hand in the text.
        Invalid, IllegalTransition, NotPermitted, Stale: as for :func:`submit`.
    """
    with transaction():
        document = _begin(document, DocumentAct.PUBLISH, by, version)
        if not second_person(by.id if by else None, document.writers):
            raise OwnDraft
        _publishable(document)
        document.published_on = document.published_on or clock.today()
        document.published_at = clock.now()
        document.reviewer_id = by.id if by else None
        missing = [str(language) for language in missing_languages(document.title, document.body)]
        _end(document, DocumentAct.PUBLISH, by, note, {"slug": document.slug, "without": missing})
        mark_changed(search_key(document.id))
        hooks.document_published.send(_application(), document=document, by=by)
    return document


def send_back(document: Document, *, note: str, by: Person | None, version: int | None = None) -> Document:
    """Return a submitted document to its editors with a note on what is missing.

    Raises:
        Invalid: without a note.
        IllegalTransition, NotPermitted, Stale: as for :func:`revise`.
    """
    with transaction():
        document = _begin(document, DocumentAct.SEND_BACK, by, version)
        document.sent_back = True
        _end(document, DocumentAct.SEND_BACK, by, note)
    return document


def withdraw(document: Document, *, note: str, by: Person | None, version: int | None = None) -> Document:
    """Take a published document off the public pages, with the reason. Its address says so from then on.

    Raises:
        Invalid: without a reason.
        IllegalTransition, NotPermitted, Stale: as for :func:`revise`.
    """
    with transaction():
        document = _begin(document, DocumentAct.WITHDRAW, by, version)
        _end(document, DocumentAct.WITHDRAW, by, note)
        mark_changed(search_key(document.id))
        hooks.document_withdrawn.send(_application(), document=document, by=by)
    return document


def restore(document: Document, *, by: Person | None, version: int | None = None, note: str = "") -> Document:
    """Make a withdrawn document a draft again, so that it can be corrected and published anew.

    Raises:
        IllegalTransition, NotPermitted, Stale: as for :func:`revise`.
    """
    with transaction():
        document = _begin(document, DocumentAct.RESTORE, by, version)
        _end(document, DocumentAct.RESTORE, by, note)
    return document


def attach(
    document: Document, stream: BinaryIO, name: str, *, by: Person | None, version: int | None = None
) -> Attachment:
    """Add a file to a draft. ``stream`` is seekable; what the file is, is told by its content.

    Raises:
        Invalid: empty, too large or of a type that is not published here; the field is ``file``.
        IllegalTransition, NotPermitted, Stale: as for :func:`revise`.
    """
    kept: attachments.StoredFile | None = None
    try:
        with transaction():
            document = _begin(document, DocumentAct.ATTACH, by, version)
            _never_edited(document)
            if sanitizing.has_private_use(name):
                raise Invalid({"file": OLD_FONT})
            kept = attachments.keep(stream, sanitizing.normalize(name))
            attachment = Attachment(
                document=document,
                name=kept.name,
                media_type=kept.media_type,
                size=kept.size,
                sha256=kept.sha256,
                key=kept.key,
            )
            db.session.add(attachment)
            db.session.flush()
            data = {"attachment": attachment.id, "sha256": kept.sha256, "size": kept.size}
            _end(document, DocumentAct.ATTACH, by, kept.name, data)
    except BaseException:
        # A file that no record knows would lie in the store for ever.
        if kept is not None:
            attachments.drop(kept.key)
        raise
    return attachment


def detach(document: Document, attachment_id: int, *, by: Person | None, version: int | None = None) -> Document:
    """Take a file off a draft. Not to be called by another use case: the file itself goes when this one has ended.

    Raises:
        NotFound: where the document has no such file.
        IllegalTransition, NotPermitted, Stale: as for :func:`revise`.
    """
    with transaction():
        document = _begin(document, DocumentAct.DETACH, by, version)
        _never_edited(document)
        attachment = next((item for item in document.attachments if item.id == attachment_id), None)
        if attachment is None:
            raise NotFound
        key, name, digest = attachment.key, attachment.name, attachment.sha256
        document.attachments.remove(attachment)
        _end(document, DocumentAct.DETACH, by, name, {"attachment": attachment_id, "sha256": digest})
    attachments.drop(key)
    return document


def _application() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001


def _require(by: Person | None, act: DocumentAct, authority_id: int) -> None:
    if by is not None:
        require(by, NEEDED[act], authority_id)


def _begin(document: Document, act: DocumentAct, by: Person | None, version: int | None) -> Document:
    """Read the document under its lock, and let the act pass or refuse it; the state moves at once."""
    locked = db.session.scalars(
        select(Document)
        .where(Document.id == document.id)
        .with_for_update(of=Document)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if locked is None:
        raise NotFound
    _require(by, act, locked.authority_id)
    # A second click is told what has happened already, rather than that the page is old.
    target = WORKFLOW.target(act, locked.state)
    if version is not None and version != locked.version:
        raise Stale
    locked.state = target
    return locked


def _end(
    document: Document, act: DocumentAct, by: Person | None, note: str = "", data: dict[str, object] | None = None
) -> None:
    note = sanitizing.normalize(note).strip()
    if act in EXPLAINED and not note:
        raise Invalid({"note": REQUIRED})
    if len(note) > NOTE_LENGTH:
        raise Invalid({"note": TOO_LONG})
    document.updated_at = clock.now()
    db.session.flush()
    _note(document, act, by, note, data)


#: The act in an audit record's name.
_PAST = {
    DocumentAct.DRAFT: "drafted",
    DocumentAct.REVISE: "revised",
    DocumentAct.ATTACH: "attached",
    DocumentAct.DETACH: "detached",
    DocumentAct.SUBMIT: "submitted",
    DocumentAct.PUBLISH: "published",
    DocumentAct.SEND_BACK: "sent_back",
    DocumentAct.WITHDRAW: "withdrawn",
    DocumentAct.RESTORE: "restored",
}


def _note(
    document: Document, act: DocumentAct, by: Person | None, note: str = "", data: dict[str, object] | None = None
) -> None:
    """Write the act into the timeline and the audit log."""
    document.events.append(DocumentEvent(act=act, at=clock.now(), person_id=by.id if by else None, note=note))
    db.session.flush()
    audit.record(
        f"content.document.{_PAST[act]}",
        f"document:{document.id}",
        by.actor if by else SYSTEM,
        {"version": document.version, **(data or {})},
    )


def _acceptable(content: DocumentContent, document: Document | None = None) -> DocumentContent:
    tidied = tidy(content)
    faults = content_faults(tidied)
    if faults:
        raise Invalid(faults)
    if tidied.slug:
        query = select(Document.id).where(Document.slug == tidied.slug)
        taken = db.session.scalars(query).one_or_none()
        if taken is not None and (document is None or taken != document.id):
            raise SlugTaken
    return tidied


def _write(document: Document, content: DocumentContent) -> None:
    document.type = content.type
    document.title = content.title
    document.summary = content.summary
    document.body = content.body
    document.number = content.number
    document.source = content.source
    document.published_on = content.published_on
    document.is_sample = content.is_sample


def _never_edited(document: Document) -> None:
    """Stop the editing of an announcement that was public once: acts of the register rest on its words (Art. 18)."""
    if document.type is DocumentType.ANNOUNCEMENT and document.published_at is not None:
        raise NeverEdited


def _publishable(document: Document) -> None:
    faults = publication_faults(document.title, document.body, document.published_on, clock.today())
    if faults:
        raise Invalid(faults)


def _new_slug(day: date) -> str:
    """A slug such as ``2024-05-13-k3mt`` that no document has."""
    while True:
        slug = f"{day.isoformat()}-{''.join(secrets.choice(_SLUG_SIGNS) for _ in range(4))}"
        if db.session.scalars(select(Document.id).where(Document.slug == slug)).one_or_none() is None:
            return slug
