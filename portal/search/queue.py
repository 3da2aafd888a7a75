"""How the index follows the database: changes are queued in the transaction that makes them, and applied after it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.clock import now
from portal.foundation.database import Base, UtcDateTime, db
from portal.search.catalogue import all_entries, current_entries
from portal.search.protocol import Index, SearchBusyError

#: Seconds that a request waits for another process; that one, or the next change, applies what is left.
SHORT_WAIT = 2.0
LONG_WAIT = 60.0
_BATCH = 500


class SearchChange(Base):
    """A thing whose entry may differ from the index. Rows are deleted once the index has followed."""

    __tablename__ = "search_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str]
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Drift:
    """How the index differs from the database, as keys: not in it, in it with old content, in it without cause."""

    missing: list[str]
    stale: list[str]
    surplus: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether there is no difference."""
        return not (self.missing or self.stale or self.surplus)


def index_of(app: Flask) -> Index:
    """The search engine of the application."""
    index: Index = app.extensions["portal.search"]
    return index


def mark_changed(*keys: str) -> None:
    """Queue things for the index, within the transaction of the use case that changes, publishes or withdraws them."""
    moment = now()
    db.session.add_all([SearchChange(key=key, queued_at=moment) for key in keys])


def apply_pending(app: Flask, wait: float = SHORT_WAIT) -> int:
    """Bring the index up to date with the queue, and build it when it was never complete.

    Safe to call at any time and to be killed in: rows leave the queue only after the index has them, and applying
    one twice changes nothing. Does nothing when another process is at it. Returns the number of changes applied.
    """
    index = index_of(app)
    if index.is_complete() and not _waiting(app):
        return 0
    try:
        with index.exclusive(wait):
            if not index.is_complete():
                return _rebuild(app, index)
            applied = 0
            while changes := _waiting(app):
                keys = set(changes.values())
                # A fresh context has a fresh session, which sees what was committed until now.
                with app.app_context():
                    entries = current_entries(app, keys)
                index.replace(entries, keys - {entry.key for entry in entries})
                _forget(app, changes)
                applied += len(changes)
            return applied
    except SearchBusyError:
        return 0


def reindex(app: Flask) -> int:
    """Rebuild the index from the database; the number of entries.

    Raises:
        SearchBusyError: if another process is writing the index for longer than a minute.
    """
    index = index_of(app)
    with index.exclusive(LONG_WAIT):
        return _rebuild(app, index)


def drift(app: Flask) -> Drift:
    """Compare the index with the database."""
    indexed = index_of(app).fingerprints()
    with app.app_context():
        present = {entry.key: entry.fingerprint() for entry in all_entries(app)}
    return Drift(
        missing=sorted(present.keys() - indexed.keys()),
        stale=sorted(key for key in present.keys() & indexed.keys() if present[key] != indexed[key]),
        surplus=sorted(indexed.keys() - present.keys()),
    )


def _rebuild(app: Flask, index: Index) -> int:
    # Read before the entries are: what is queued meanwhile stays queued.
    changes = _waiting(app, limit=None)
    with app.app_context():
        count = index.rebuild(all_entries(app))
    _forget(app, changes)
    return count


def _waiting(app: Flask, limit: int | None = _BATCH) -> dict[int, str]:
    """The oldest queued changes, as row id and key."""
    with app.app_context():
        rows = db.session.execute(select(SearchChange.id, SearchChange.key).order_by(SearchChange.id).limit(limit))
        return {row.id: row.key for row in rows}


def _forget(app: Flask, changes: Collection[int]) -> None:
    """Delete applied rows. Not a use case: nothing is announced, or the index would follow itself."""
    ids = sorted(changes)
    with app.app_context():
        db.session.connection(execution_options={"portal_write": True})
        for start in range(0, len(ids), _BATCH):
            db.session.execute(delete(SearchChange).where(SearchChange.id.in_(ids[start : start + _BATCH])))
        db.session.commit()
