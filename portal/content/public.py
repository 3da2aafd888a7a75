"""Documents as anyone reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from portal.content import attachments, hooks, queries
from portal.content.addresses import attachment_url, document_url, list_endpoint, list_url
from portal.content.models import Attachment, Document
from portal.content.rules import COLLECTED_TYPES, STATE_LABELS, TYPE_LABELS, DocumentAct, DocumentState, DocumentType
from portal.extensions import talisman
from portal.foundation import clock, sanitizing
from portal.foundation.errors import NotFound
from portal.foundation.web import LANGUAGE_PREFIX
from portal.vault.store import FileMissing

blueprint = Blueprint("content", __name__, url_prefix=LANGUAGE_PREFIX)
COLLECTED = f"<any({','.join(COLLECTED_TYPES)}):doc_type>"
DESCRIPTION_LENGTH = 200
#: Short, so that a withdrawn file is soon gone from every cache.
FILE_CACHE = "public, max-age=60"
#: Should a browser show a file all the same, it shows it without any right.
FILE_POLICY = {"default-src": "'none'", "sandbox": ""}


@blueprint.get("/publicity/")
def publicity() -> ResponseReturnValue:
    """Publicity notices."""
    return _list(DocumentType.PUBLICITY)


@blueprint.get("/publicity/<slug>")
def publicity_notice(slug: str) -> ResponseReturnValue:
    """One publicity notice."""
    return _page(DocumentType.PUBLICITY, slug)


@blueprint.get("/announcements/")
def announcements() -> ResponseReturnValue:
    """Final lists, removals, changes."""
    return _list(DocumentType.ANNOUNCEMENT)


@blueprint.get("/announcements/<slug>")
def announcement(slug: str) -> ResponseReturnValue:
    """One announcement."""
    return _page(DocumentType.ANNOUNCEMENT, slug)


@blueprint.get("/documents/")
def collection() -> ResponseReturnValue:
    """The way to the policies."""
    return redirect(url_for("content.documents", doc_type=str(DocumentType.POLICY)))


@blueprint.get(f"/documents/{COLLECTED}/")
def documents(doc_type: str) -> ResponseReturnValue:
    """Policies, news, practices or reports."""
    return _list(DocumentType(doc_type))


@blueprint.get(f"/documents/{COLLECTED}/<slug>")
def document(doc_type: str, slug: str) -> ResponseReturnValue:
    """One of them."""
    return _page(DocumentType(doc_type), slug)


@talisman(content_security_policy=FILE_POLICY)
@blueprint.get("/documents/attachments/<int:attachment_id>/<filename>")
def attachment(attachment_id: int, filename: str) -> ResponseReturnValue:
    """A file of a published document, only ever as a download."""
    found = queries.public_attachment(attachment_id, filename)
    response = download(found)
    response.headers["Cache-Control"] = FILE_CACHE
    response.set_etag(found.sha256)
    return response.make_conditional(request)


def download(found: Attachment) -> Response:
    """A stored file as an answer that no browser opens in the portal's name.

    Raises:
        NotFound: where the store has lost it.
    """
    try:
        content = attachments.read(found.key)
    except FileMissing:
        raise NotFound from None
    response = Response(content, content_type=found.media_type, direct_passthrough=True)
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    response.headers["Content-Length"] = str(found.size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def paper_words(document: Document, file_url: Callable[[Attachment], str]) -> dict[str, object]:
    """What the page of a document needs, at the desk as in public; ``file_url`` gives the addresses of its files."""
    return {
        "document": document,
        "type_label": TYPE_LABELS[document.type],
        "attachment_url": file_url,
        "document_url": document_url,
        "panels": hooks.panels_of(document),
        "history": _history(document),
    }


def _list(doc_type: DocumentType) -> ResponseReturnValue:
    year = request.args.get("year", type=_few_digits)
    page = queries.published((doc_type,), year=year, page=request.args.get("page", 1, type=_few_digits))
    endpoint, place = list_endpoint(doc_type)
    neighbours = COLLECTED_TYPES if doc_type in COLLECTED_TYPES else ()
    return render_template(
        "content/list.html",
        page=page,
        doc_type=doc_type,
        type_label=TYPE_LABELS[doc_type],
        neighbours=[(kind, TYPE_LABELS[kind]) for kind in neighbours],
        notes=hooks.notes_of(page.items),
        years=queries.years((doc_type,)),
        year=year,
        endpoint=endpoint,
        place=place,
        list_url=list_url,
        document_url=document_url,
    )


def _few_digits(text: str) -> int:
    """A number that every database can count to.

    Raises:
        ValueError: for any other text.
    """
    if len(text) > 6:
        raise ValueError(text)
    return int(text)


def _page(doc_type: DocumentType, slug: str) -> ResponseReturnValue:
    found = queries.public_document(slug, doc_type)
    issued = found.published_on or clock.today()
    moment = clock.local(found.published_at) if found.published_at else None
    at = f"{moment:%H:%M}" if moment and moment.date() == issued else "00:00"
    return render_template(
        "content/document.html",
        description=_description(found),
        pub_date=f"{issued.isoformat()} {at}",
        page_url=document_url(found, _external=True),
        list_url=list_url,
        **paper_words(found, attachment_url),
    )


def _description(found: Document) -> str:
    """The summary, or the beginning of the text; never cut inside a Tibetan syllable."""
    text = str(found.summary) or sanitizing.plain_text(str(found.body)).replace("\n", " ")
    if len(text) <= DESCRIPTION_LENGTH:
        return text
    end = max(text.rfind(sign, 0, DESCRIPTION_LENGTH) for sign in "་། ，。；、")
    return text[: end + 1 if end > 0 else DESCRIPTION_LENGTH] + "…"


def _history(found: Document) -> list[tuple[LazyString, datetime]]:
    """What the public may know of the timeline; one publication alone is no history."""
    labels = {
        DocumentAct.PUBLISH: STATE_LABELS[DocumentState.PUBLISHED],
        DocumentAct.WITHDRAW: STATE_LABELS[DocumentState.WITHDRAWN],
    }
    acts = [(labels[event.act], event.at) for event in found.events if event.act in labels]
    return acts if len(acts) > 1 else []
