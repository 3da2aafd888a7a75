"""How documents appear in search."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from portal.content import queries
from portal.content.models import Document
from portal.content.services import search_key
from portal.foundation import sanitizing
from portal.foundation.languages import Localized
from portal.search import Entry

KIND = "document"


class DocumentSource:
    """The published documents as entries."""

    kind = KIND

    def entries(self, keys: Collection[str] | None = None) -> Iterable[Entry]:
        """All published documents, or those of ``keys`` that are published now."""
        if keys is None:
            return map(entry_of, queries.all_public())
        ids = [int(number) for key in keys if (number := key.partition(":")[2]).isdigit()]
        return map(entry_of, queries.public_by_ids(ids))


def entry_of(document: Document) -> Entry:
    """What can be found of a document: titles, number, texts of all languages, names of its files."""
    texts = [*_each(document.summary), *map(sanitizing.plain_text, _each(document.body))]
    texts += [attachment.name for attachment in document.attachments]
    issued = document.published_on
    return Entry(
        key=search_key(document.id),
        kind=KIND,
        subtype=str(document.type),
        titles=tuple(_each(document.title)),
        codes=(document.number,) if document.number else (),
        body="\n".join([*texts, *_each(document.authority.name), document.source]),
        facets={
            "type": (str(document.type),),
            "year": (str(issued.year),) if issued else (),
            "authority": (document.authority.code,),
            "scope": ("region",),
        },
        date=issued,
    )


def _each(text: Localized) -> list[str]:
    return list(text.as_dict().values())
