"""Making a backup: one state of the database and the files that it names, in a signed archive of its own."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from flask import Flask
from sqlalchemy import Connection

from portal.authorities.services import SYSTEM
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.room import room_needed
from portal.operations.backup import tables
from portal.settings import Settings
from portal.vault import current_vault, keys, packing
from portal.vault.packing import Entry
from portal.vault.store import READ_AHEAD, FileMissing, FileStore

KIND, FORMAT = "backup", 1
TABLES, FILES = "tables/", "files/"
#: What the keyset must open, so that it is known to be the one that the sealed data need.
PROOF = b"portal backup"
#: Files after which it is said how far the work is.
STEP = 1000
#: How large a table becomes is known at its end; the archive is laid out for any.
_ANY_SIZE = 2**31

Say = Callable[[str], None]


class NotMade(Exception):
    """The backup could not be made. The message says what to do."""


def backup(app: Flask, target: Path, say: Say) -> Mapping[str, Any]:
    """Write a backup into the new file ``target``, which appears whole or not at all; what its list says.

    Neither the keyset nor the signing keys are in it. The portal goes on serving.

    Args:
        say: told how far the work is, in sentences.

    Raises:
        NotMade: there is such a file already, or the database is not this release's.
        portal.foundation.room.NoRoom: the disk is full; nothing is left there.
    """
    if target.exists():
        raise NotMade(f"{target} exists already and was left as it is; name a new file")
    with transaction():
        audit.record("operations.backup.begun", "portal", SYSTEM)
    with _one_state() as connection:
        schema = tables.schema_of(connection)
        if not schema:
            raise NotMade("the database has no schema of a release; run 'portal db upgrade'")
        about = _about(app, schema)
        with room_needed(), _beside(target) as file:
            entries = _entries(connection, current_vault().store, about, say)
            for piece in packing.pack(entries, about, current_vault().signing.sign):
                file.write(piece)
    return about


def key_ids(settings: Settings) -> list[str]:
    """The numbers of the keys in the keyset, as ``portal keys list`` prints them."""
    return [key.key_id for key in keys.list_keys(settings.keyset or settings.data_dir / "keys" / "keyset.json")]


def _about(app: Flask, schema: str) -> dict[str, Any]:
    vault = current_vault()
    return {
        "kind": KIND,
        "format": FORMAT,
        "schema": schema,
        "made_at": clock.local(clock.now()).isoformat(timespec="seconds"),
        "keys": {
            "sealing": key_ids(app.extensions["portal.settings"]),
            "signing": [key["kid"] for key in vault.signing.jwks()["keys"]],
        },
        "proof": base64.b64encode(vault.master.wrap(PROOF, PROOF)).decode(),
        "tables": {},
    }


@contextmanager
def _one_state() -> Iterator[Connection]:
    """The database as it is at one moment, whatever happens meanwhile; on SQLite a transaction does so by itself."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    """A file for this user only that takes its place when all of it is on the disk; after a failure it is gone."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    work = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        work.replace(target)
    except BaseException:
        with suppress(OSError):
            work.unlink()
        raise


def _entries(connection: Connection, store: FileStore, about: Mapping[str, Any], say: Say) -> Iterator[Entry]:
    for table in tables.tables(connection):
        rows = tables.Lines(connection, table)
        yield Entry(f"{TABLES}{table.name}.jsonl", rows, _ANY_SIZE, packed=True)
        about["tables"][table.name] = rows.number
        say(f"{table.name}: {rows.number} rows")
    # Listed after the moment of the database: whatever that names is among them, but for what was erased meanwhile.
    listed = list(store.keys())
    for number, key in enumerate(listed, 1):
        with suppress(FileMissing):
            size = store.size(key)
            with closing(store.open(key)) as file:
                yield Entry(FILES + key, iter(lambda file=file: file.read(READ_AHEAD), b""), size)  # type: ignore[misc]
        if number % STEP == 0 or number == len(listed):
            say(f"{number} of {len(listed)} files")
