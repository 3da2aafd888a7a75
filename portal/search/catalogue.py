"""What can be found: each feature contributes a source of entries, and search asks it for their present state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from flask import Flask

from portal.search.protocol import Entry

_SOURCES = "portal.search.sources"


class Source(Protocol):
    """A feature's part of the index."""

    @property
    def kind(self) -> str:
        """The kind of its entries, which is also the first part of their keys (``unit`` of ``unit:u12``)."""

    def entries(self, keys: Collection[str] | None = None) -> Iterable[Entry]:
        """The entries that are public now: all, or those of ``keys``. What may not be found is left out."""


def register_source(app: Flask, source: Source) -> None:
    """Let a feature's things be found.

    Raises:
        ValueError: if the kind is taken.
    """
    sources = sources_of(app)
    if source.kind in sources:
        raise ValueError(f"two sources of kind {source.kind!r}")
    sources[source.kind] = source


def sources_of(app: Flask) -> dict[str, Source]:
    """The registered sources by kind."""
    sources: dict[str, Source] = app.extensions.setdefault(_SOURCES, {})
    return sources


def all_entries(app: Flask) -> Iterator[Entry]:
    """Everything that may be found, source by source."""
    for source in sources_of(app).values():
        yield from source.entries(None)


def current_entries(app: Flask, keys: Collection[str]) -> list[Entry]:
    """The present entries of ``keys``; a key without one is gone, withdrawn or of no known kind."""
    by_kind: dict[str, set[str]] = {}
    for key in keys:
        by_kind.setdefault(key.partition(":")[0], set()).add(key)
    return [
        entry
        for kind, source in sources_of(app).items()
        if kind in by_kind
        for entry in source.entries(by_kind[kind])
        if entry.key in by_kind[kind]
    ]
