"""What a hit shows: the index knows keys alone, so each feature turns its own into things with words and an address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from flask import Flask, current_app

from portal.foundation.languages import FALLBACKS, Language, Localized
from portal.search.highlight import Piece, snippet
from portal.search.protocol import Hit

_RESOLVERS = "portal.search.resolvers"


class Address(Protocol):
    """Where a thing is read; ``lang`` and ``_external`` as in ``url_for``."""

    def __call__(self, **values: Any) -> str:
        """The address."""


@dataclass(frozen=True)
class Finding:
    """A thing that was found, as a reader sees it.

    ``type`` is its value of the facet of that name, ``id`` its id within its kind, ``slug`` what stands in its
    address. ``text`` is plain and what snippets are cut from. ``thing`` is the record itself, for templates.
    """

    type: str
    id: str
    slug: str
    title: Localized
    text: Localized
    date: date | None
    address: Address
    thing: Any

    def snippet(self, query: str, language: Language, length: int = 120) -> tuple[list[Piece], Language]:
        """The best of the text around ``query``, with its language: the reader's own, unless only another one answers."""
        found: list[tuple[list[Piece], Language]] = [
            (snippet(text, query, length), code) for code in FALLBACKS[language] if (text := getattr(self.text, code))
        ]
        answering = (item for item in found if any(piece.is_match for piece in item[0]))
        return next(answering, found[0] if found else ([], language))


#: Things by the id of their hit; asked once for all hits of a page. What is not public any more is left out.
Resolver = Callable[[Sequence[str]], Mapping[str, Finding]]


def register_resolver(app: Flask, kind: str, resolver: Resolver) -> None:
    """Let the hits of a kind be shown. Called by a feature when it is installed."""
    app.extensions.setdefault(_RESOLVERS, {})[kind] = resolver


def resolve(hits: Iterable[Hit]) -> list[tuple[Hit, Finding]]:
    """The hits with what they show, in order. A hit without a public thing behind it is left out."""
    hits = list(hits)
    resolvers: Mapping[str, Resolver] = current_app.extensions.get(_RESOLVERS, {})
    found = {
        kind: resolver([hit.id for hit in hits if hit.kind == kind])
        for kind, resolver in resolvers.items()
        if any(hit.kind == kind for hit in hits)
    }
    return [(hit, finding) for hit in hits if (finding := found.get(hit.kind, {}).get(hit.id))]
