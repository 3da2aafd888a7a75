"""Where a document and its files are found by the public."""

from __future__ import annotations

from flask import url_for

from portal.content.models import Attachment, Document
from portal.content.rules import DocumentType

_OWN_PLACES = {
    DocumentType.PUBLICITY: ("content.publicity", "content.publicity_notice"),
    DocumentType.ANNOUNCEMENT: ("content.announcements", "content.announcement"),
}


def document_url(document: Document, **values: str | bool) -> str:
    """The address of a document's page; ``lang`` and ``_external`` as in ``url_for``."""
    own = _OWN_PLACES.get(document.type)
    if own:
        return url_for(own[1], slug=document.slug, **values)  # type: ignore[arg-type]
    return url_for("content.document", doc_type=str(document.type), slug=document.slug, **values)  # type: ignore[arg-type]


def list_endpoint(doc_type: DocumentType) -> tuple[str, dict[str, str]]:
    """The endpoint of a type's list, with the values it takes."""
    own = _OWN_PLACES.get(doc_type)
    return (own[0], {}) if own else ("content.documents", {"doc_type": str(doc_type)})


def list_url(doc_type: DocumentType, **values: str | bool) -> str:
    """The address of a type's list."""
    endpoint, place = list_endpoint(doc_type)
    return url_for(endpoint, **place, **values)  # type: ignore[arg-type]


def attachment_url(attachment: Attachment, **values: str | bool) -> str:
    """The address of a file of a published document."""
    return url_for("content.attachment", attachment_id=attachment.id, filename=attachment.name, **values)  # type: ignore[arg-type]
