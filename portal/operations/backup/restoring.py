"""Bringing a backup back into an empty place.

Everything is checked before anything is touched. The rows come last and at once, so that a restoring that was broken off
can be begun again, and nothing half is ever served.
"""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from flask import Flask
from flask_migrate import upgrade

from portal import search
from portal.authorities.services import SYSTEM
from portal.foundation import audit
from portal.foundation.database import db, transaction
from portal.foundation.room import room_needed
from portal.operations.backup import tables
from portal.operations.backup.writing import FILES, FORMAT, KIND, PROOF, STEP, TABLES, Say, key_ids
from portal.vault import current_vault, packing
from portal.vault.boxes import Unsealable
from portal.vault.packing import Checked
from portal.vault.signing import NotGenuine, PublicKeys


class Refused(Exception):
    """The backup is not brought back, and nothing has changed. The message says why and what to do."""


def restore(app: Flask, source: Path, keys: PublicKeys, say: Say) -> int:
    """Bring a backup into an empty database and an empty file store, and build the search index; how many rows there are.

    What was broken off is begun again with the same file: files that are there already are not brought again.

    Args:
        keys: public keys, one of which signed the backup.
        say: told how far the work is, in sentences.

    Raises:
        Refused: the backup is damaged, of a newer release or sealed with other keys, or the place is not empty.
        portal.foundation.room.NoRoom: the disk is full; the database is still empty.
    """
    with source.open("rb") as file:
        say("the backup is being checked")
        checked = _checked(file, keys)
        about = checked.about
        known = _known_revisions(app, str(about["schema"]))
        _require_keys(app, about)
        _require_empty(checked, known)
        with zipfile.ZipFile(file) as archive, room_needed():
            _bring_files(archive, checked, say)
            upgrade(revision=str(about["schema"]))
            rows = _bring_rows(archive, say)
    upgrade()
    with transaction():
        audit.record("operations.backup.restored", "portal", SYSTEM, {"made_at": about["made_at"]})
    say(f"{search.reindex(app)} entries indexed")
    return rows


def _checked(file: IO[bytes], keys: PublicKeys) -> Checked:
    try:
        checked = packing.check(file, keys)
    except (packing.NotAnArchive, NotGenuine):
        raise Refused(
            "this is no whole backup that these keys signed; put the signing keys that belong to it in their place, or "
            "name the portal's downloaded jwks.json with --keys"
        ) from None
    about = checked.about
    if about.get("kind") != KIND:
        raise Refused("this is an archive of the portal, but no backup")
    if about.get("format") != FORMAT:
        raise Refused("this backup was made by a newer release; install that first")
    if not checked.is_whole:
        faults = [*checked.changed, *checked.missing, *checked.foreign]
        raise Refused(f"the backup is damaged: {len(faults)} of its files are not as they were, such as {faults[0]}")
    return checked


def _known_revisions(app: Flask, schema: str) -> frozenset[str]:
    """The schema of a backup, and those on the way to it."""
    script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    try:
        return frozenset(step.revision for step in script.iterate_revisions(schema, "base"))
    except (CommandError, RevisionError):
        raise Refused("this backup was made by a newer release; install that first") from None


def _require_keys(app: Flask, about: Mapping[str, Any]) -> None:
    here = key_ids(app.extensions["portal.settings"])
    lacking = [key for key in about["keys"]["sealing"] if key not in here]
    try:
        current_vault().master.unwrap(base64.b64decode(about["proof"]), PROOF)
    except Unsealable:
        lacking = lacking or list(about["keys"]["sealing"])
    if lacking:
        raise Refused(
            f"the keyset here lacks what the backup is sealed with (keys {', '.join(lacking)}); it is not in the backup: "
            "put your copy of it in its place"
        )


def _require_empty(checked: Checked, known: frozenset[str]) -> None:
    with db.engine.connect() as connection:
        schema = tables.schema_of(connection)
        if (schema and schema not in known) or not tables.is_empty(connection):
            raise Refused("the database is not empty and was left as it is; name a new one")
    ours = set(checked.good)
    if not ours.issuperset(FILES + key for key in current_vault().store.keys()):  # noqa: SIM118 - a store is no mapping
        raise Refused("the file store is not empty and was left as it is; name a new one")


def _bring_files(archive: zipfile.ZipFile, checked: Checked, say: Say) -> None:
    store = current_vault().store
    there = set(store.keys())
    listed = [path for path in checked.good if path.startswith(FILES)]
    for number, path in enumerate(listed, 1):
        key = path.removeprefix(FILES)
        # A file appears whole or not at all, and nothing else ever has its name.
        if key not in there:
            with archive.open(path) as content:
                store.put_stream(key, content)
        if number % STEP == 0 or number == len(listed):
            say(f"{number} of {len(listed)} files")


def _bring_rows(archive: zipfile.ZipFile, say: Say) -> int:
    """Enter all rows in one transaction: until its end the database is empty."""
    db.session.remove()
    whole = 0
    engine = db.engine.execution_options(portal_write=True)
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in tables.tables(connection):
            try:
                with archive.open(f"{TABLES}{table.name}.jsonl") as content:
                    rows = tables.load(connection, table, content)
            except (KeyError, tables.NotThese):
                raise Refused(f"the backup lacks the rows of {table.name}, or they do not fit") from None
            tables.count_on(connection, table)
            whole += rows
            say(f"{table.name}: {rows} rows")
    return whole
