"""Reads of documents, shaped for pages: eager-loaded and paged."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import JSON, ColumnElement, Select, extract, func, or_, select, true, type_coerce
from sqlalchemy.orm import defer, joinedload, selectinload

from portal.authorities.models import Authority, Person
from portal.authorities.rules import Permission, permissions, permits
from portal.content import hooks
from portal.content.models import Attachment, Document, DocumentEvent
from portal.content.rules import DocumentState, DocumentType
from portal.foundation.database import db
from portal.foundation.errors import DomainError, NotFound, NotPermitted

PER_PAGE = 20
AT_DESK = frozenset({Permission.DRAFT, Permission.PUBLISH})

_NEWEST = (Document.published_on.desc(), Document.published_at.desc(), Document.id.desc())


class WithdrawnDocument(DomainError):
    """It was public once."""

    status = 410
    message = _l("This document was withdrawn by the authority that issued it.")


def _published(types: Collection[DocumentType] = ()) -> Select[Document]:
    query = select(Document).where(Document.state == DocumentState.PUBLISHED)
    return query.where(Document.type.in_(types)) if types else query


def published(
    types: Collection[DocumentType] = (),
    *,
    year: int | None = None,
    authority: str | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
    with_body: bool = False,
) -> Pagination:
    """A page of published documents, newest first (a feature may put some before), with authority.

    Args:
        types: the wanted types; empty for all.
        year: of the date of issue.
        authority: the code of the issuing authority.
        with_body: whether the bodies and attachments are wanted, as by the API.

    Raises:
        werkzeug.exceptions.NotFound: a page beyond the last.
    """
    query = _published(types)
    if year is not None:
        query = query.where(extract("year", Document.published_on) == year)
    if authority:
        query = query.join(Document.authority).where(Authority.code == authority)
    query = query.options(selectinload(Document.attachments) if with_body else defer(Document.body))
    query = query.order_by(*hooks.list_orders(types), *_NEWEST)
    return db.paginate(query, page=page, per_page=per_page, max_per_page=200)


def latest(types: Collection[DocumentType] = (), limit: int = 5) -> Sequence[Document]:
    """The newest published documents without their bodies."""
    return db.session.scalars(_published(types).options(defer(Document.body)).order_by(*_NEWEST).limit(limit)).all()


def years(types: Collection[DocumentType]) -> list[tuple[int, int]]:
    """The years in which documents of these types were issued, newest first, with how many."""
    year = extract("year", Document.published_on)
    query = (
        select(year, func.count())
        .where(Document.state == DocumentState.PUBLISHED, Document.type.in_(types), Document.published_on.is_not(None))
        .group_by(year)
        .order_by(year.desc())
    )
    return [(int(found), count) for found, count in db.session.execute(query)]


def public_document(slug: str, doc_type: DocumentType | None = None) -> Document:
    """A published document with everything on its page.

    Args:
        doc_type: the type that its address names; None where the address names none (API).

    Raises:
        WithdrawnDocument: where it was public once.
        NotFound: where there is none, it is of another type, or it was never public.
    """
    found = by_slug(slug)
    if found is None or (doc_type is not None and found.type is not doc_type):
        raise NotFound
    if found.was_public:
        raise WithdrawnDocument
    if not found.is_public:
        raise NotFound
    return found


def by_slug(slug: str) -> Document | None:
    """The document of a slug in any state, with attachments and timeline."""
    query = select(Document).where(Document.slug == slug)
    return db.session.scalars(
        query.options(selectinload(Document.attachments), selectinload(Document.events))
    ).one_or_none()


def public_by_ids(ids: Collection[int]) -> Sequence[Document]:
    """The published ones among ``ids``, with attachments; for search results and the index."""
    query = _published().where(Document.id.in_(ids)).options(selectinload(Document.attachments))
    return db.session.scalars(query).all()


def all_public() -> Sequence[Document]:
    """Every published document with its attachments, for the index and the export."""
    return db.session.scalars(_published().options(selectinload(Document.attachments)).order_by(Document.id)).all()


def public_attachment(attachment_id: int, name: str) -> Attachment:
    """A file of a published document.

    Raises:
        WithdrawnDocument: where its document was public once.
        NotFound: where there is none of this id and name, or its document was never public.
    """
    found = _attachment(attachment_id)
    if found.name != name:
        raise NotFound
    if found.document.was_public:
        raise WithdrawnDocument
    if not found.document.is_public:
        raise NotFound
    return found


def desk_attachment(document_id: int, attachment_id: int, person: Person) -> Attachment:
    """A file of a document of the desk, in any state.

    Raises:
        NotFound, NotPermitted: where there is none, or it is not this person's to see.
    """
    found = _attachment(attachment_id)
    if found.document_id != document_id:
        raise NotFound
    _may_see(found.document, person)
    return found


def _attachment(attachment_id: int) -> Attachment:
    query = select(Attachment).where(Attachment.id == attachment_id).options(joinedload(Attachment.document))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def for_desk(document_id: int, person: Person) -> Document:
    """A document in any state with its attachments and the people of its timeline.

    Raises:
        NotFound, NotPermitted: where there is none, or it is not this person's to see.
    """
    query = (
        select(Document)
        .where(Document.id == document_id)
        .options(
            selectinload(Document.attachments),
            selectinload(Document.events).joinedload(DocumentEvent.person),
            joinedload(Document.author),
            joinedload(Document.reviewer),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound
    _may_see(found, person)
    return found


def _may_see(document: Document, person: Person) -> None:
    if not permissions_at(document, person):
        raise NotPermitted


def permissions_at(document: Document, person: Person) -> frozenset[Permission]:
    """What of drafting and publishing a person may do with a document."""
    return frozenset(
        permission
        for permission in AT_DESK
        if permits(
            person.role_set,
            permission,
            at=document.authority_id,
            own=person.authority_id,
            own_kind=person.authority.kind,
        )
    )


def desk_list(
    person: Person,
    *,
    state: DocumentState | None = None,
    doc_type: DocumentType | None = None,
    text: str = "",
    page: int = 1,
) -> Pagination:
    """The documents that a person works with, last changed first: those of their authority; for the department, all."""
    query = select(Document).where(_visible(person)).options(defer(Document.body), joinedload(Document.author))
    if state is not None:
        query = query.where(Document.state == state)
    if doc_type is not None:
        query = query.where(Document.type == doc_type)
    if text:
        query = query.where(_mentions(text))
    query = query.order_by(Document.updated_at.desc(), Document.id.desc())
    return db.paginate(query, page=page, per_page=PER_PAGE, error_out=False)


def desk_counts(person: Person) -> dict[DocumentState, int]:
    """How many documents a person sees in each state."""
    query = select(Document.state, func.count()).where(_visible(person)).group_by(Document.state)
    counted = {row[0]: row[1] for row in db.session.execute(query)}
    return {state: counted.get(state, 0) for state in DocumentState}


def waiting(person: Person) -> int:
    """How much waits for a person: for reviewers what was submitted, for editors what was sent back."""
    mine = permissions(person.role_set)
    conditions: list[ColumnElement[bool]] = []
    if Permission.PUBLISH in mine:
        conditions.append(Document.state == DocumentState.SUBMITTED)
    if Permission.DRAFT in mine:
        conditions.append((Document.state == DocumentState.DRAFT) & Document.sent_back)
    if not conditions:
        return 0
    query = select(func.count()).select_from(Document).where(_visible(person), or_(*conditions))
    return db.session.scalars(query).one()


def _visible(person: Person) -> ColumnElement[bool]:
    return true() if person.authority.is_department else Document.authority_id == person.authority_id


def _mentions(text: str) -> ColumnElement[bool]:
    title = type_coerce(Document.title, JSON)
    parts = [title[language].as_string().contains(text, autoescape=True) for language in ("zh", "bo", "en")]
    return or_(
        *parts, Document.number.contains(text, autoescape=True), Document.slug.contains(text.lower(), autoescape=True)
    )
