"""Tables as lines of JSON, the same from every database, so that a portal can also move from one to the other.

The tables are read from the database itself and not from the models: what an earlier release kept comes back as it was,
and is migrated then.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, Table, func, insert, select, text

#: Rows that are in hand at once.
BATCH = 500
VERSION = "alembic_version"


class NotThese(ValueError):
    """The lines are not rows of this table."""


def schema_of(connection: Connection) -> str:
    """The revision of the schema that a database has; empty where it has none."""
    if not connection.dialect.has_table(connection, VERSION):
        return ""
    return str(connection.scalar(text(f"SELECT version_num FROM {VERSION}")) or "")  # noqa: S608 - a constant


def tables(connection: Connection) -> Sequence[Table]:
    """All tables of a database but the one of its schema's revision, those first that others refer to."""
    found = MetaData()
    found.reflect(connection)
    for column in (column for table in found.tables.values() for column in table.columns):
        if isinstance(column.type, JSON):
            # Nothing is nothing, and not a text that says so.
            column.type.none_as_null = True
    return [table for table in found.sorted_tables if table.name != VERSION]


def is_empty(connection: Connection) -> bool:
    """Whether no table has a row."""
    return all(
        connection.execute(select(1).select_from(table).limit(1)).first() is None for table in tables(connection)
    )


class Lines:
    """A table in pieces of whole lines: the names of its columns, then each row. Constant memory.

    ``number`` is how many rows were read so far.
    """

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection, self._table = connection, table
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        yield _line([column.name for column in self._table.columns])
        query = select(self._table).order_by(*self._table.primary_key.columns).execution_options(yield_per=BATCH)
        for rows in self._connection.execute(query).partitions():
            self.number += len(rows)
            yield b"".join(_line([_said(value) for value in row]) for row in rows)


def load(connection: Connection, table: Table, source: Iterable[bytes]) -> int:
    """Enter rows into a table from its lines; how many.

    Raises:
        NotThese: they have other columns, or are no lines of a table.
    """
    numbers = iter(source)
    try:
        columns = [table.columns[name] for name in json.loads(next(numbers))]
        if len(columns) != len(table.columns):
            raise NotThese(table.name)
        reads = [(column.name, _reading(column)) for column in columns]
        number = 0
        while batch := list(islice(numbers, BATCH)):
            rows = [
                {name: None if value is None else read(value) for (name, read), value in zip(reads, row, strict=True)}
                for row in map(json.loads, batch)
            ]
            connection.execute(insert(table), rows)
            number += len(rows)
    except (KeyError, StopIteration, TypeError, ValueError) as fault:
        raise NotThese(table.name) from fault
    return number


def count_on(connection: Connection, table: Table) -> None:
    """Let the numbers of new rows go on behind those that were entered; SQLite does so by itself."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    named = connection.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'})
    last = connection.scalar(select(func.max(table.columns["id"])))
    if named and last:
        connection.execute(text("SELECT setval(:name, :last)"), {"name": named, "last": last})


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _said(value: Any) -> Any:
    """A value as JSON says it. What is no JSON is a text, which its column reads."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        # SQLite keeps no zone; every moment is in UTC.
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _reading(column: Column[Any]) -> Callable[[Any], Any]:
    kinds: dict[type, Callable[[Any], Any]] = {
        bytes: base64.b64decode,
        datetime: datetime.fromisoformat,
        date: date.fromisoformat,
    }
    return kinds.get(column.type.python_type, _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value
