"""From each earlier release's database to this one: nothing lost, everything readable.

``releases/<revision>.sql`` is a database as that release made it: its demonstration with a dozen rows of the real lists.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import JSON, Boolean, Date, DateTime, MetaData, Table, create_engine, text

from portal import create_app, search
from portal.authorities import services as accounts
from portal.foundation import audit
from portal.foundation.database import db
from portal.settings import Environment, Settings

RELEASES = Path(__file__).parent / "releases"
#: What a page of the first release's data must show.
PAGES = {
    "/zh/": "样本",
    "/zh/lists/": "西藏玉龙铜业股份有限公司",
    "/zh/lists/?as_of=2025-12-31": "样本三江矿业有限公司",
    "/bo/publicity/": "2025",
    "/zh/announcements/sample-list-2025": "样本高原绿色工业园区",
    "/zh/agencies/": "北京联合智业认证有限公司",
    "/zh/units/91540000MA6DEMK01J": "样本雪域绿色建材有限公司",
    "/zh/rules": "5",
}
READ: dict[type, Callable[[Any], Any]] = {
    JSON: json.loads,
    Boolean: bool,
    DateTime: datetime.fromisoformat,
    Date: date.fromisoformat,
}


@pytest.fixture
def release() -> sqlite3.Connection:
    """The database of the first release, in memory."""
    connection = sqlite3.connect(":memory:")
    connection.executescript((RELEASES / "0001.sql").read_text(encoding="utf-8"))
    connection.row_factory = sqlite3.Row
    return connection


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(
    request: pytest.FixtureRequest, release: sqlite3.Connection, tmp_path: Path, worker_id: str
) -> Iterator[Flask]:
    """The portal of today on the first release's data."""
    address = ""
    if request.param == "sqlite":
        with sqlite3.connect(tmp_path / "portal.sqlite3") as file:
            release.backup(file)
        file.close()
    else:
        address = new_database(request.getfixturevalue("postgresql_address"), f"release_{worker_id}")
    app = create_app(Settings(env=Environment.TEST, data_dir=tmp_path, database_url=address, rate_limits=False))
    app.config.update(TESTING=True, SERVER_NAME="localhost")
    with app.app_context():
        if address:
            upgrade(revision="0001")
            carry_over(release, app)
        upgrade()
        accounts.seed_authorities()
        yield app
        db.session.remove()
        db.engine.dispose()
    release.close()


def new_database(server: str, name: str) -> str:
    """An empty database of the test server; its address."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    engine = create_engine(server)
    return str(engine.url.set(database=name).render_as_string(hide_password=False))


def carry_over(release: sqlite3.Connection, app: Flask) -> None:
    """Copy the rows of the first release into PostgreSQL, as that release would have written them there."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name == "alembic_version":
                continue
            rows = [row_of(table, row) for row in release.execute(f'SELECT * FROM "{table.name}"')]
            if rows:
                connection.execute(table.insert(), rows)
            if "id" in table.c and table.name not in {"audit_record", "audit_head"}:
                sequence = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM \"{table.name}\""
                connection.execute(text(sequence))


def row_of(table: Table, row: sqlite3.Row) -> dict[str, Any]:
    def read(name: str) -> Any:
        value = row[name]
        kind = next((kind for kind in READ if isinstance(table.c[name].type, kind)), None)
        return value if value is None or kind is None else READ[kind](value)

    return {name: read(name) for name in row.keys()}  # noqa: SIM118 - the row yields values


def test_no_row_of_the_first_release_is_lost(upgraded, release):
    for table in ("unit", "list_entry", "agency", "document", "complaint_case", "complaint_event", "audit_record"):
        before = release.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        after = db.session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar()
        assert after >= before > 0, table


def test_what_was_sealed_is_the_same_to_the_byte(upgraded, release):
    query = "SELECT receipt, sealed_identity, sealed_statement FROM complaint_case ORDER BY id"
    before = [tuple(row) for row in release.execute(query)]
    after = [(row[0], bytes(row[1]), bytes(row[2])) for row in db.session.execute(text(query))]
    assert after == before


def test_the_chain_of_the_audit_log_still_holds(upgraded):
    assert audit.verify() is None


def test_the_ledger_makes_the_register_that_is_there(upgraded):
    result = upgraded.test_cli_runner().invoke(args=["register", "rebuild", "--check"])
    assert result.exit_code == 0, result.output


def test_every_public_page_shows_the_old_data(upgraded):
    client = upgraded.test_client()
    for address, shows in PAGES.items():
        page = client.get(address)
        assert page.status_code == 200, address
        assert shows in page.text, address


def test_the_search_finds_the_old_data(upgraded):
    search.reindex(upgraded)
    page = upgraded.test_client().get("/zh/search", query_string={"q": "玉龙铜"})
    assert "西藏玉龙铜业股份有限公司" in re.sub(r"<[^>]+>", "", page.text)


def test_cases_keep_their_date_and_their_last_change_and_are_nobodys(upgraded: Flask) -> None:
    """What a queue is sorted by is told by what each case had before."""
    with upgraded.app_context(), db.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT due_on, due_order, assignee_id, changed_at, (SELECT max(at) FROM complaint_event "
                "WHERE case_id = complaint_case.id) AS last FROM complaint_case"
            )
        ).all()
    assert rows
    for row in rows:
        assert str(row.due_order) == str(row.due_on or "9999-12-31")
        assert row.assignee_id is None
        assert str(row.changed_at) == str(row.last)
