"""The embedded engine: Whoosh's index on disk, candidates by tokens, order by comparison of the folded texts.

A reader shared by threads gives wrong answers. So every read of the disk happens under one lock, and what is read
(records, sets of document numbers) never changes afterwards and is shared freely.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import log
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

from whoosh.reading import IndexReader, TermNotFound

from portal.search.protocol import FACETS, Entry, Filters, Hit, Results, Sort
from portal.search.query import Query, parse
from portal.search.ranking import Record, fit
from portal.search.whoosh_store import WhooshStore

logger = logging.getLogger(__name__)

#: How many candidates of each kind are compared closely.
CANDIDATES = 100
_CACHED_TOKENS = 20_000
_NOTHING: frozenset[int] = frozenset()


class Snapshot:
    """One state of the index: its records by document number, and its postings, read when first asked for."""

    def __init__(
        self, generation: str, reader: IndexReader, close: Callable[[], None], known: dict[str, dict[int, Record]]
    ) -> None:
        self.generation = generation
        self.process = os.getpid()
        self.segments: dict[str, dict[int, Record]] = {}
        self.records: dict[int, Record] = {}
        self._reader = reader
        self._lock = Lock()
        self._postings: dict[tuple[str, str], frozenset[int]] = {}
        # Searches under way may hold an older snapshot; its files close with the last of them.
        finalize(self, close)
        for leaf, offset in reader.leaf_readers():
            if leaf.doc_count_all() == 0:
                continue
            name = leaf.segment().segment_id()
            # Segments never change once written, they only lose documents.
            records = known.get(name) or {number: _record(leaf.stored_fields(number)) for number in leaf.all_doc_ids()}
            self.segments[name] = records
            self.records |= {number + offset: records[number] for number in leaf.all_doc_ids()}

    def documents(self, field: str, token: str) -> frozenset[int]:
        """The numbers of the documents that have ``token`` in ``field``."""
        found = self._postings.get((field, token))
        if found is not None:
            return found
        with self._lock:
            try:
                found = frozenset(self._reader.postings(field, token).all_ids())
            except TermNotFound:
                found = _NOTHING
        if len(self._postings) > _CACHED_TOKENS:
            self._postings.clear()
        self._postings[field, token] = found
        return found

    def body(self, number: int) -> str:
        """The skeleton of a document's text."""
        with self._lock:
            return str(self._reader.stored_fields(number).get("body", ""))


def _record(stored: dict[str, Any]) -> Record:
    return Record(stored["key"], *stored["record"])


@dataclass(frozen=True)
class _Match:
    """The matching documents: those compared closely with their scores, and all others by their rough score."""

    ranked: dict[int, float]
    others: dict[int, float]

    def __iter__(self) -> Iterator[int]:
        yield from self.ranked
        yield from self.others


class WhooshIndex:
    """The :class:`portal.search.protocol.Index` on Whoosh, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._store = WhooshStore(folder)
        self._lock = Lock()
        self._snapshot: Snapshot | None = None

    def replace(self, entries: Iterable[Entry], deleted_keys: Collection[str] = ()) -> None:
        """Add or replace entries and drop keys in one commit."""
        self._store.write(entries, deleted_keys)

    def rebuild(self, entries: Iterable[Entry]) -> int:
        """Replace the whole content in one commit; readers see the old state or the new one."""
        count = self._store.write(entries, anew=True)
        self._store.mark_complete()
        return count

    def clear(self) -> None:
        """Begin anew with an empty index."""
        self._store.wipe()

    def generation(self) -> str:
        """A mark that changes with every commit."""
        return self._store.generation()

    def is_complete(self) -> bool:
        """Whether the index was built from all sources in the present format."""
        return self._store.is_complete()

    def exclusive(self, timeout: float) -> AbstractContextManager[None]:
        """Be the only one on this machine who updates the index."""
        return self._store.exclusive(timeout)

    def fingerprints(self) -> dict[str, str]:
        """Each key with the fingerprint of the entry it was made from."""
        return {record.key: record.fingerprint for record in self._current().records.values()}

    def _current(self) -> Snapshot:
        """The latest state, opened when it moved or when this process was forked from the one that opened it."""
        generation = self._store.generation()
        snapshot = self._snapshot
        if snapshot and generation and snapshot.generation == generation and snapshot.process == os.getpid():
            return snapshot
        with self._lock:
            snapshot = self._snapshot
            if snapshot is None or snapshot.generation != self._store.generation() or snapshot.process != os.getpid():
                snapshot = self._snapshot = self._open(snapshot)
            return snapshot

    def _open(self, last: Snapshot | None) -> Snapshot:
        known = last.segments if last else {}
        try:
            return self._read(known)
        except Exception:
            logger.exception(
                "The search index cannot be read and begins anew; it is rebuilt with the next change or by 'portal reindex'."
            )
            self._store.wipe()
            return self._read({})

    def _read(self, known: dict[str, dict[int, Record]]) -> Snapshot:
        # Taken before the reader opens: a commit in between is then noticed by the next search.
        generation = self._store.generation() or self._begun()
        return Snapshot(generation, *self._store.reader(), known)

    def _begun(self) -> str:
        """The generation of an index that is made anew, because there is none that can be read."""
        self._store.index()
        return self._store.generation()

    def search(
        self,
        query: str,
        filters: Filters | None = None,
        sort: Sort = Sort.RELEVANCE,
        page: int = 1,
        per_page: int = 20,
    ) -> Results:
        """One page of what fits; see :class:`portal.search.protocol.Index`."""
        snapshot = self._current()
        parsed = parse(query)
        chosen = (filters or Filters()).chosen()
        if parsed.is_empty:
            # Signs alone ask for nothing that could be found; no query at all asks for everything.
            match = _Match({}, {} if query.strip() else dict.fromkeys(snapshot.records, 0.0))
            sort = Sort.NEWEST if sort is Sort.RELEVANCE else sort
        else:
            match = _match(snapshot, parsed, chosen)
        shown, counts = _narrow(snapshot, match, chosen)
        ordered = _ordered(snapshot, match, shown, sort)
        start = (max(page, 1) - 1) * per_page
        hits = [
            Hit(snapshot.records[number].key, round(match.ranked.get(number, 0.0), 4))
            for number in ordered[start : start + per_page]
        ]
        return Results(len(ordered), hits, counts, max(page, 1), per_page)


def _match(snapshot: Snapshot, query: Query, chosen: dict[str, frozenset[str]]) -> _Match:
    """Both stages: gather candidates by tokens, compare the most promising ones closely."""
    full = _full_matches(snapshot, query)
    rough, best = _rough_scores(snapshot, query)
    coverage = _coverage(snapshot, query)
    passing = (lambda number: _fails(snapshot.records[number], chosen) == []) if chosen else (lambda _number: True)

    def promising(numbers: Iterable[int]) -> list[int]:
        def rank(number: int) -> tuple[float, float, int]:
            record = snapshot.records[number]
            return -round(rough.get(number, 0.0) / best, 2), -record.boost, -record.day

        return sorted(numbers, key=rank)[:CANDIDATES]

    candidates = {*promising(filter(passing, full)), *promising(rough)}
    if chosen:
        candidates.update(promising(filter(passing, rough)))
    ranked = {}
    crowded = len(full) > CANDIDATES
    for number in candidates:
        found = fit(query, snapshot.records[number], lambda number=number: snapshot.body(number), coverage(number))  # type: ignore[misc]
        if number in full or (found.is_likely and not crowded) or found.score >= 4.0:
            ranked[number] = found.score
    if full:
        # Beside full matches only what is nearly one is worth showing.
        ranked = {number: score for number, score in ranked.items() if number in full or score >= 3.0}
    return _Match(ranked, {number: rough.get(number, 0.0) for number in full if number not in ranked})


def _full_matches(snapshot: Snapshot, query: Query) -> frozenset[int]:
    """The documents with all required tokens."""
    sets = sorted((snapshot.documents(field, token) for field, token in query.required), key=len)
    if not sets:
        return _NOTHING
    return sets[0].intersection(*sets[1:]).intersection(snapshot.records)


def _rarity(snapshot: Snapshot, documents: frozenset[int]) -> float:
    return log(1 + len(snapshot.records) / max(len(documents), 1))


def _rough_scores(snapshot: Snapshot, query: Query) -> tuple[dict[int, float], float]:
    """The weighted sum of the rarity of a document's tokens, and the greatest such sum."""
    scores: dict[int, float] = {}
    for (field, token), weight in query.wanted.items():
        documents = snapshot.documents(field, token)
        worth = weight * _rarity(snapshot, documents)
        for number in documents:
            scores[number] = scores.get(number, 0.0) + worth
    known = {number: score for number, score in scores.items() if number in snapshot.records}
    return known, max(known.values(), default=1.0)


def _coverage(snapshot: Snapshot, query: Query) -> Callable[[int], float]:
    """A function that tells which share of the query's tokens a document has, the rare ones weighing more.

    Tokens that no document has weigh little: they are mostly the joints between words. But one rare token alone
    does not stand for many unknown ones.
    """
    tokens = [snapshot.documents(field, token) for field, token in query.required]
    worth = [(documents, _rarity(snapshot, documents) if documents else 0.5) for documents in tokens]
    whole = sum(weight for _, weight in worth) or 1.0

    def coverage(number: int) -> float:
        held = [weight for documents, weight in worth if number in documents]
        return min(sum(held) / whole, 1.25 * len(held) / len(worth)) if held else 0.0

    return coverage


def _fails(record: Record, chosen: dict[str, frozenset[str]]) -> list[str]:
    """The narrowed facets that the record does not fit."""
    return [name for name, accepted in chosen.items() if accepted.isdisjoint(record.facets[name])]


def _narrow(
    snapshot: Snapshot, match: _Match, chosen: dict[str, frozenset[str]]
) -> tuple[list[int], dict[str, dict[str, int]]]:
    """The documents that fit every narrowed facet, and the counts, each facet's own narrowing lifted."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    shown = []
    for number in match:
        record = snapshot.records[number]
        failed = _fails(record, chosen) if chosen else []
        if len(failed) > 1:
            continue
        if not failed:
            shown.append(number)
        for name in failed or FACETS:
            counts[name].update(record.facets[name])
    return shown, {name: dict(counter.most_common()) for name, counter in counts.items()}


def _ordered(snapshot: Snapshot, match: _Match, shown: list[int], sort: Sort) -> list[int]:
    """The documents in the order asked for; what is equal stands by date and key, so that pages never overlap."""
    records = snapshot.records

    def by_relevance(number: int) -> tuple[float, ...]:
        score = match.ranked.get(number)
        if score is None:
            return 1, -match.others[number], -records[number].boost, -records[number].day
        return 0, -round(score, 4), -records[number].boost, -records[number].day

    def by_day(number: int) -> tuple[float, ...]:
        day = records[number].day
        # What has no date stands last in either order.
        return day == 0, -day if sort is Sort.NEWEST else day, -records[number].boost

    order = by_relevance if sort is Sort.RELEVANCE else by_day
    return sorted(shown, key=lambda number: (order(number), records[number].key))
