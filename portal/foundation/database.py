"""Declarative base, column types, one transaction per use case, SQLite pragmas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from blinker import Namespace
from flask import request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import JSON, DateTime, Dialect, MetaData, Select, String, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from portal.foundation.languages import Localized
from portal.foundation.room import room_needed

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


FURTHEST_PAGE = 1_000_000


class Base(DeclarativeBase):
    """The base of every table; the naming convention lets migrations name constraints."""

    metadata = MetaData(naming_convention=NAMING)


class Database(SQLAlchemy):
    """The database of the application at work."""

    def paginate(self, select: Select[Any], *, page: int | None = None, **options: Any) -> Pagination:
        """As in the library, but a number of a page that no list can have is not handed to the database, which knows smaller ones only."""
        wanted = request.args.get("page", 1, type=int) if page is None else page
        return super().paginate(select, page=min(wanted, FURTHEST_PAGE), **options)


db = Database(model_class=Base, session_options={"autoflush": False})

#: Sent after a use case has committed, outside of any transaction; the sender is the application.
#: Projections (search index, page cache) catch up here. Receivers must not fail the request.
committed = Namespace().signal("committed")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, which have no meaning here."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive values their zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LocalizedText(TypeDecorator[Localized]):
    """A text in up to three languages, kept as one JSON object."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> dict[str, str] | None:
        """Store only the languages that have text."""
        return None if value is None else value.as_dict()

    def process_result_value(self, value: Any, dialect: Dialect) -> Localized | None:
        """Read the languages back."""
        return None if value is None else Localized(**value)


E = TypeVar("E", bound=StrEnum)


class EnumText(TypeDecorator[E]):
    """A ``StrEnum`` as its text, so that a new member needs no schema change."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        self.kind = kind
        super().__init__()

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Accept only members."""
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """Read the member back."""
        return None if value is None else self.kind(value)


@contextmanager
def transaction() -> Iterator[None]:
    """Run one use case: commit at its end, roll back on any error.

    A use case called by another joins the transaction of its caller. On SQLite the write lock is taken at the
    start, so that what the use case read cannot change under it.
    """
    session = db.session()
    if session.info.get("depth"):
        session.info["depth"] += 1
        try:
            yield
            session.flush()
        finally:
            session.info["depth"] -= 1
        return
    # What the request read before is read again inside, under the lock.
    session.rollback()
    session.connection(execution_options={"portal_write": True})
    session.info["depth"] = 1
    try:
        with room_needed():
            yield
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["depth"] = 0
    announce_commit()


def announce_commit() -> None:
    """Tell the projections that there is something new to read."""
    from flask import current_app

    committed.send(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001


def prepare_engine(engine: Engine) -> None:
    """Set SQLite up for a server: WAL, foreign keys, durable commits, write lock at the start of a use case."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: SqliteConnection, _record: object) -> None:
        # The driver's own transaction handling would begin too late and too weakly.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("portal_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
