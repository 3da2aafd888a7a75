"""Migrations: head equals the models, on both databases, and the way back and forth is the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, MetaData, Table, insert, inspect, text
from sqlalchemy.exc import IntegrityError

from portal import create_app
from portal.foundation.database import Base, db
from portal.register.services.rebuilding import rebuild
from portal.settings import Environment, Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path, worker_id) -> Iterator[Flask]:
    """An application whose database is empty."""
    address = ""
    if request.param == "postgresql":
        import psycopg

        server = request.getfixturevalue("postgresql_address")
        name = f"migrations_{worker_id}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
            connection.execute(f'CREATE DATABASE "{name}"')
        address = server.replace(f"portal_{worker_id}", name)
    app = create_app(Settings(env=Environment.TEST, data_dir=tmp_path, database_url=address))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_migrations_make_what_the_models_say(bare):
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_way_back_leaves_nothing_and_forward_again_works(bare):
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM unit")).scalar() == 0


RELEASED = [
    "INSERT INTO authority (id, code, kind, position, division, place, name) VALUES (2, 'lhasa', 'bureau', 2, '', '{}', '{}')",
    "INSERT INTO agency (id, name, name_key, is_sample) VALUES (3, '示例评价中心', '示例评价中心', false)",
    (
        "INSERT INTO unit (id, name, name_key, name_sound, name_bo, uscc, province, prefecture, authority_id, "
        "attribution_confirmed, is_sample, version) VALUES (7, '拉萨新示例有限公司', '拉萨新示例有限公司', "
        "'la sa xin shi li you xian gong si', 'ལྷ་ས', NULL, '西藏', '拉萨市', 2, true, true, 4)"
    ),
    "INSERT INTO unit_name (id, unit_id, name, key, kind) VALUES (5, 7, '拉萨示例有限公司', '拉萨示例有限公司', 'former')",
    (
        "INSERT INTO list_entry (id, unit_id, category, level, year, batch, status, listed_on, removed_on, ground, agency_id, "
        "source_url, source_name, version) VALUES (9, 7, 'green_factory', 'regional', 2023, '', 'removed', NULL, '2024-05-06', "
        "'violation', 3, '', '', 2)"
    ),
]
ACTS = [
    ("imported", None, {"name": "拉萨示例有限公司", "province": "西藏", "prefecture": "拉萨市", "authority": None,
     "category": "green_factory", "level": "regional", "year": 2023, "batch": "", "agency": "示例评价中心", "source_name": ""}),
    ("renamed", None, {"from": "拉萨示例有限公司", "to": "拉萨新示例有限公司"}),
    ("moved", None, {"from": None, "to": "lhasa"}),
    ("changed", None, {"name_bo": "ལྷ་ས"}),
    ("removed", "2024-05-06", {"ground": "violation", "category": "green_factory", "level": "regional", "year": 2023}),
]  # fmt: skip


def enter(connection: Connection, name: str, /, **values: object) -> None:
    """A row whose other columns say as little as they may."""
    moment = datetime(2025, 1, 2, tzinfo=UTC)
    little = {str: "", int: 0, bool: False, bytes: b"", datetime: moment, date: moment.date(), dict: {}}
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    asked = [column for column in table.columns if not (column.nullable or column.name in values)]
    values |= {column.name: little[column.type.python_type] for column in asked}
    connection.execute(insert(table).values(values))


def test_a_declared_interest_holds_on_and_can_be_declared_anew_after_it_was_taken_back(bare):
    upgrade(revision="0006_own_changes")
    with db.engine.begin() as connection:
        enter(connection, "authority", id=2, code="lhasa", place={}, name={})
        enter(connection, "person", id=5, authority_id=2)
        enter(connection, "complaint_case", id=6, authority_id=2)
        enter(connection, "case_interest", id=1, person_id=5, case_id=6)
    upgrade()
    again = "INSERT INTO case_interest (id, person_id, case_id, declared_at, sealed_reason) SELECT 2, person_id, case_id, declared_at, sealed_reason FROM case_interest"
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        assert connection.scalar(text("SELECT taken_back_at FROM case_interest")) is None
        connection.execute(text(again))
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE case_interest SET taken_back_at = declared_at"))
        connection.execute(text(again))
    downgrade(revision="0006_own_changes")
    with db.engine.begin() as connection:
        assert connection.scalars(text("SELECT id FROM case_interest")).all() == [2]


def test_statements_from_before_are_the_authoritys_and_keep_their_files(bare):
    upgrade(revision="0005_duties")
    with db.engine.begin() as connection:
        enter(connection, "authority", id=2, code="lhasa", place={}, name={})
        enter(connection, "unit", id=7, authority_id=2)
        enter(connection, "change_statement", id=3, unit_id=7, authority_id=2, kind="scope", state="stated")
        enter(connection, "change_evidence", id=4, statement_id=3, name="核准通知书.txt", key="attachments/4")
    upgrade(revision="0006_own_changes")
    with db.engine.connect() as connection:
        stated = connection.execute(text("SELECT id, origin, mark, wrapped_key FROM change_statement")).one()
        file = connection.execute(text("SELECT name, sealed_name, key FROM change_evidence")).one()
    assert tuple(stated) == (3, "authority", None, None)
    assert tuple(file) == ("核准通知书.txt", None, "attachments/4")
    downgrade(revision="0005_duties")
    with db.engine.connect() as connection:
        assert connection.scalars(text("SELECT id FROM change_statement")).all() == [3]
        assert connection.scalars(text("SELECT name FROM change_evidence")).all() == ["核准通知书.txt"]


def test_the_ledger_of_the_first_release_makes_its_tables_again(bare):
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        for statement in RELEASED:
            connection.execute(text(statement))
        for kind, day, data in ACTS:
            entry = 9 if kind in {"imported", "removed"} else None
            connection.execute(
                text(
                    "INSERT INTO register_event (kind, unit_id, entry_id, agency_id, effective_on, recorded_at, "
                    "recorded_by, article, source_url, data) VALUES (:kind, 7, :entry, :agency, :day, "
                    "'2025-01-02 03:04:05+00:00', 'system', '', '', :data)"
                ),
                {
                    "kind": kind,
                    "entry": entry,
                    "agency": 3 if kind == "imported" else None,
                    "day": day,
                    "data": json.dumps(data),
                },
            )
    upgrade(revision="0002_ledger")
    assert rebuild(check=True) == []
