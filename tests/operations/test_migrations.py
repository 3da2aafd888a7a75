"""Migrations: head equals the models, on both databases, and the way back and forth is the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from portal import create_app
from portal.foundation.database import Base, db
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
