"""What a search engine takes and gives; features and pages know only this."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol

#: The facets by which results are counted and narrowed. ``kind`` is filled from the entry.
FACETS = ("kind", "type", "year", "category", "authority", "level", "scope")


class Sort(StrEnum):
    """The order of results."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Entry:
    """One thing that can be found.

    ``key`` is its kind and id (``unit:u12``). ``titles`` and ``body`` are plain text in all languages, ``names`` are
    names of units and agencies, former ones too, which are also found by their sound; ``codes`` are credit codes and
    document numbers. ``facets`` maps names of :data:`FACETS` to values. ``boost`` (0 to 1) places an entry first
    among equals.
    """

    key: str
    kind: str
    subtype: str = ""
    titles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    body: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date: date | None = None
    boost: float = 0.0

    def all_facets(self) -> dict[str, tuple[str, ...]]:
        """The facets with those that follow from kind and subtype."""
        given = {name: tuple(self.facets.get(name, ())) for name in FACETS}
        given["kind"] = (self.kind,)
        given["type"] = given["type"] or (self.subtype or self.kind,)
        return given

    def fingerprint(self) -> str:
        """A digest of everything the index makes of this entry, equal as long as the entry is."""
        content = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return blake2b(content.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Filters:
    """What the results are narrowed to: values of one facet are alternatives, facets hold together."""

    kind: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    authority: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()

    def chosen(self) -> dict[str, frozenset[str]]:
        """The facets that are narrowed, with their accepted values."""
        values = {name: frozenset(getattr(self, name)) for name in FACETS}
        return {name: accepted for name, accepted in values.items() if accepted}


@dataclass(frozen=True)
class Hit:
    """One result: the key of its entry, and how well it fits (comparable within one answer only)."""

    key: str
    score: float

    @property
    def kind(self) -> str:
        """The kind of thing, from the key."""
        return self.key.partition(":")[0]

    @property
    def id(self) -> str:
        """The id of the thing within its kind, from the key."""
        return self.key.partition(":")[2]


@dataclass(frozen=True)
class Results:
    """One page of results. ``facets`` counts per facet and value, each facet as if it were not narrowed itself."""

    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are; none for no results."""
        return -(-self.total // self.per_page)


class SearchBusyError(Exception):
    """Another process is writing the index and did not finish in the time given."""


class Index(Protocol):
    """A search engine. Everything it holds can be rebuilt from the database at any time."""

    def replace(self, entries: Iterable[Entry], deleted_keys: Collection[str] = ()) -> None:
        """Add or replace entries and drop those of ``deleted_keys``, in one step that happens or does not."""

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Put ``entries`` in the place of everything, in one step; how many there are. Makes the index complete."""

    def clear(self) -> None:
        """Forget everything. The index is incomplete until it is rebuilt."""

    def search(
        self, query: str, filters: Filters = ..., sort: Sort = ..., page: int = ..., per_page: int = ...
    ) -> Results:
        """The page ``page`` (from 1) of what fits ``query``; an empty query lists everything, newest first."""

    def fingerprints(self) -> dict[str, str]:
        """Each key with the fingerprint of the entry it was indexed from."""

    def generation(self) -> str:
        """A mark that changes whenever the content does."""

    def is_complete(self) -> bool:
        """Whether the index was built once from all sources and only follows changes since."""

    def exclusive(self, timeout: float) -> AbstractContextManager[None]:
        """Be the only one who updates the index, on this machine.

        Raises:
            SearchBusyError: if another holds the place for longer than ``timeout`` seconds.
        """
