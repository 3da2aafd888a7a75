"""A backup: the whole portal in one file, back again in an empty place on either database, or nothing at all."""

from __future__ import annotations

import errno
import json
import resource
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import stamp, upgrade
from sqlalchemy import inspect, select, text

from portal import create_app, search
from portal.authorities.models import Person
from portal.complaints.handling.services import declare_interest
from portal.complaints.models import Case
from portal.filings import sealing
from portal.foundation import audit
from portal.foundation.database import Base, db
from portal.foundation.room import NoRoom
from portal.operations import backup as backups
from portal.operations.backup import Refused, restoring, tables, writing
from portal.settings import Environment, Settings
from portal.vault import current_vault, keys, packing, signing_keys
from portal.vault.store import FileStore
from tests.complaints.conftest import NAME, PNG, filed, units  # noqa: F401 - fixtures of a case

#: What has nothing to do with the database that was backed up.
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
HEAD_AND_LOG = {"audit_head", "audit_record"}


def silent(_sentence: str) -> None:
    """Nobody asks how far the work is."""


@pytest.fixture
def whole(app, filed, people, tmp_path) -> Path:  # noqa: F811
    """A backup of a portal with a case, its evidence and people."""
    assert people.lhasa_officer.active
    stamp()
    target = tmp_path / "portal.backup"
    backups.backup(app, target, silent)
    return target


@pytest.fixture
def keyset(app, tmp_path) -> Path:
    """The keyset of the portal, with its signing keys beside it, as they were brought to the new place."""
    folder = Path(app.extensions["portal.settings"].data_dir) / "keys"
    return Path(shutil.copytree(folder, tmp_path / "keys")) / "keyset.json"


@pytest.fixture
def keyset_of_sqlite(sqlite_app) -> Path:
    """The keyset of the portal on SQLite."""
    return Path(sqlite_app.extensions["portal.settings"].data_dir) / "keys" / "keyset.json"


@pytest.fixture
def place(request, tmp_path, worker_id) -> Iterator[Callable[..., Flask]]:
    """Make an empty place: ``place("postgresql", keyset)``."""
    made = []

    def empty(kind: str, keyset: Path) -> Flask:
        address = ""
        if kind == "postgresql":
            server, name = request.getfixturevalue("postgresql_address"), f"restored_{worker_id}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
                connection.execute(f'CREATE DATABASE "{name}"')
            address = server.replace(f"portal_{worker_id}", name)
        folder = tmp_path / f"place-{len(made)}"
        made.append(create_app(Settings(env=Environment.TEST, data_dir=folder, database_url=address, keyset=keyset)))
        return made[-1]

    yield empty
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def bring_back(app: Flask, source: Path) -> int:
    return backups.restore(app, source, current_vault().signing.public_keys(), silent)


def rows_of(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as the models read it."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in HEAD_AND_LOG
        }


def is_untouched(app: Flask) -> bool:
    """Whether a place is as empty as it was."""
    return not inspect(db.engine).get_table_names() and not list(current_vault().store.keys())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_portal_comes_back_whole_on_either_database(app, whole, keyset, place, kind):
    before = rows_of(app)
    new = place(kind, keyset)
    with new.app_context():
        assert bring_back(new, whole) > 0
        assert audit.verify() is None
        assert rows_of(new) == before
        case = db.session.scalars(select(Case)).unique().one()
        assert sealing.identity_of(case).name == NAME
        officer = db.session.scalars(select(Person)).unique().one()
        content = current_vault().read_back(sealing.open_filing(case), case.evidence[0].store_key)
        assert b"".join(content) == PNG
        assert search.drift(new).is_clean
        # What is new is numbered behind what came back.
        declare_interest(case.id, "亲属关系", by=officer)


@on_sqlite
def test_neither_keys_nor_what_they_seal_are_in_a_backup(app, whole, keyset):
    secrets = [keyset.read_bytes(), signing_keys.beside(keyset).read_bytes()]
    secrets += [key["keyData"]["value"].encode() for key in json.loads(secrets[0])["key"]]
    with zipfile.ZipFile(whole) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        about = json.loads(archive.read(packing.MANIFEST))
    assert not [secret for secret in [*secrets, NAME.encode(), PNG] if secret in content]
    assert about["keys"]["sealing"] == [key.key_id for key in keys.list_keys(keyset)]
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600


@on_sqlite
def test_a_backup_never_takes_the_place_of_another(app, whole):
    before = whole.read_bytes()
    with pytest.raises(backups.NotMade, match="exists already"):
        backups.backup(app, whole, silent)
    assert whole.read_bytes() == before


def damaged(whole: Path, how: str) -> Path:
    """A backup of which a byte of a file, or the end, is not as it was; or with one file more."""
    spoilt = whole.with_name(how)
    data = bytearray(whole.read_bytes())
    if how == "changed":
        with zipfile.ZipFile(whole) as archive:
            member = next(item for item in archive.infolist() if item.filename.startswith("files/"))
        data[member.header_offset + 200] ^= 1
    spoilt.write_bytes(data[:-1000] if how == "cut" else data)
    if how == "put in":
        with zipfile.ZipFile(spoilt, "a") as archive:
            archive.writestr("files/evidence/1/2", b"x")
    return spoilt


@on_sqlite
@pytest.mark.parametrize("how", ["changed", "cut", "put in"])
def test_a_damaged_backup_is_refused_and_nothing_changes(whole, keyset, place, how):
    new = place("sqlite", keyset)
    with new.app_context():
        with pytest.raises(Refused):
            bring_back(new, damaged(whole, how))
        assert is_untouched(new)


@on_sqlite
@pytest.mark.parametrize(("part", "value"), [("FORMAT", 2), ("KIND", "other")])
def test_what_another_release_or_hand_made_is_refused(app, filed, keyset, place, tmp_path, monkeypatch, part, value):  # noqa: F811
    stamp()
    with monkeypatch.context() as patch:
        patch.setattr(writing, part, value)
        backups.backup(app, tmp_path / "other", silent)
    new = place("sqlite", keyset)
    with new.app_context():
        with pytest.raises(Refused, match="newer release" if part == "FORMAT" else "no backup"):
            bring_back(new, tmp_path / "other")
        assert is_untouched(new)


@on_sqlite
def test_a_schema_of_a_later_release_is_refused(app, filed, keyset, place, tmp_path, monkeypatch):  # noqa: F811
    with monkeypatch.context() as patch:
        patch.setattr(tables, "schema_of", lambda _connection: "9999_later")
        backups.backup(app, tmp_path / "later", silent)
    new = place("sqlite", keyset)
    with new.app_context():
        with pytest.raises(Refused, match="newer release"):
            bring_back(new, tmp_path / "later")
        assert is_untouched(new)


def test_a_backup_of_an_earlier_release_is_migrated(sqlite_app, keyset_of_sqlite, place, tmp_path):
    old, new = place("sqlite", keyset_of_sqlite), place("sqlite", keyset_of_sqlite)
    with old.app_context():
        upgrade(revision="0003_uploads")
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO role (id, name) VALUES (7, 'kept')"))
        with pytest.MonkeyPatch.context() as patch:
            # What the earlier release wrote into its own log, this one cannot write there.
            patch.setattr(writing.audit, "record", lambda *_args: None)
            backups.backup(old, tmp_path / "old", silent)
    with new.app_context():
        bring_back(new, tmp_path / "old")
        assert db.session.scalar(text("SELECT id FROM role WHERE name = 'kept'")) == 7
        with db.engine.connect() as connection:
            assert tables.schema_of(connection) != "0003_uploads"


@on_sqlite
def test_without_its_keyset_a_backup_is_not_brought_back(app, whole, place, tmp_path):
    other = tmp_path / "other" / "keyset.json"
    other.parent.mkdir()
    keys.init_keyset(other)
    shutil.copy(
        signing_keys.beside(Path(app.extensions["portal.settings"].data_dir) / "keys" / "keyset.json"), other.parent
    )
    new = place("sqlite", other)
    with new.app_context():
        with pytest.raises(Refused, match="keyset here lacks"):
            bring_back(new, whole)
        assert is_untouched(new)


@on_sqlite
def test_what_other_keys_signed_is_refused_but_for_whoever_names_them(app, whole, keyset, place):
    signers = current_vault().signing.public_keys()
    signing_keys.beside(keyset).unlink()
    signing_keys.init_keys(signing_keys.beside(keyset))
    new = place("sqlite", keyset)
    with new.app_context():
        with pytest.raises(Refused, match="signing keys"):
            bring_back(new, whole)
        assert backups.restore(new, whole, signers, silent) > 0


@on_sqlite
def test_nothing_that_is_there_is_overwritten(app, whole, keyset, place):
    with pytest.raises(Refused, match="database is not empty"):
        bring_back(app, whole)
    new = place("sqlite", keyset)
    with new.app_context():
        current_vault().store.put_stream("evidence/1/1", [b"of another portal"])
        with pytest.raises(Refused, match="file store is not empty"):
            bring_back(new, whole)
        assert not inspect(db.engine).get_table_names()


@on_sqlite
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_broken_off_is_begun_again(app, whole, keyset, place, monkeypatch, kind):
    new = place(kind, keyset)
    entered = []

    def die(connection: object, table: object, source: object) -> int:
        entered.append(table)
        if len(entered) > 40:
            raise KeyboardInterrupt
        return load(connection, table, source)

    load = tables.load
    with new.app_context():
        with monkeypatch.context() as patch:
            patch.setattr(restoring.tables, "load", die)
            with pytest.raises(KeyboardInterrupt):
                bring_back(new, whole)
        with db.engine.connect() as connection:
            assert tables.is_empty(connection)
        bring_back(new, whole)
    assert rows_of(new) == rows_of(app)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """As on a disk that ends there."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_no_backup(sqlite_app, tmp_path, monkeypatch):
    stamp()
    folder = tmp_path / "full"
    folder.mkdir()
    # The database has room; what is written beside it has none.
    monkeypatch.setattr(writing.audit, "record", lambda *_args: None)
    with no_file_beyond(2048), pytest.raises(NoRoom):
        backups.backup(sqlite_app, folder / "portal.backup", silent)
    assert list(folder.iterdir()) == []


@on_sqlite
def test_a_full_disk_while_it_is_brought_back_leaves_the_database_empty_and_the_rest_goes_on(
    app, whole, keyset, place, monkeypatch
):
    def full(_store: FileStore, _key: str, _content: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    new = place("sqlite", keyset)
    with new.app_context():
        with monkeypatch.context() as patch:
            patch.setattr(FileStore, "put_stream", full)
            with pytest.raises(NoRoom):
                bring_back(new, whole)
        assert is_untouched(new)
        bring_back(new, whole)
    assert rows_of(new) == rows_of(app)


def test_a_file_that_is_erased_meanwhile_is_left_out(sqlite_app, tmp_path, monkeypatch):
    stamp()
    store = current_vault().store
    store.put_stream("evidence/1/1", [b"kept"])
    with monkeypatch.context() as patch:
        patch.setattr(FileStore, "keys", lambda _store: iter(["evidence/1/0", "evidence/1/1"]))
        backups.backup(sqlite_app, tmp_path / "b", silent)
    with zipfile.ZipFile(tmp_path / "b") as archive:
        assert [name for name in archive.namelist() if name.startswith("files/")] == ["files/evidence/1/1"]
    store.delete("evidence/1/1")


def test_the_commands_say_what_they_did(sqlite_app, tmp_path):
    stamp()
    run, file = sqlite_app.test_cli_runner().invoke, str(tmp_path / "b")
    made = run(args=["backup", file])
    assert made.exit_code == 0, made.output
    assert "opens only with the keyset" in made.output
    again = run(args=["backup", file])
    assert (again.exit_code, "exists already" in again.output) == (1, True)
    refused = run(args=["restore", file])
    assert (refused.exit_code, "not empty" in refused.output) == (1, True)
