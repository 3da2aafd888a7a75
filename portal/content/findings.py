"""Documents as search results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from portal.content import queries
from portal.content.addresses import document_url
from portal.content.models import Document
from portal.foundation import sanitizing
from portal.foundation.languages import Language, Localized
from portal.search.findings import Finding


def find(ids: Sequence[str]) -> Mapping[str, Finding]:
    """The published documents among ``ids``."""
    numbers = [int(text) for text in ids if text.isdigit()]
    return {str(document.id): _finding(document) for document in queries.public_by_ids(numbers)}


def _finding(document: Document) -> Finding:
    return Finding(
        type=str(document.type),
        id=str(document.id),
        slug=document.slug,
        title=document.title,
        text=Localized(**{str(language): _text(document, language) for language in Language}),
        date=document.published_on,
        address=partial(document_url, document),
        thing=document,
    )


def _text(document: Document, language: Language) -> str:
    parts = (getattr(document.summary, language), sanitizing.plain_text(getattr(document.body, language)))
    return "\n".join(part for part in parts if part)
