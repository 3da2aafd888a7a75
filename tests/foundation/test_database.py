"""The column types and the one transaction of a use case, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, StatementError

from portal.authorities.models import Person
from portal.foundation.database import EnumText, LocalizedText, UtcDateTime, committed, db, transaction
from portal.foundation.languages import Localized


class Colour(StrEnum):
    PINE = "pine"
    SAFFRON = "saffron"


SAMPLES = Table(
    "types_sample",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime),
    Column("title", LocalizedText),
    Column("colour", EnumText(Colour)),
)
SHANGHAI = timezone(timedelta(hours=8))
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('types') / 'types.sqlite3'}"
    else:
        plain = request.getfixturevalue("postgresql_address")
        address = "postgresql+psycopg://" + plain.split("://", 1)[1]
    made = create_engine(address)
    SAMPLES.create(made)
    yield made
    SAMPLES.drop(made)
    made.dispose()


def stored(engine: Engine, column: str, value: object) -> object:
    """The value after a way into the database and back, in a transaction that leaves nothing."""
    with engine.connect() as connection:
        connection.execute(insert(SAMPLES).values({column: value}))
        back = connection.execute(select(SAMPLES.c[column])).scalar_one()
        connection.rollback()
    return back


@given(at=st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_a_moment_comes_back_as_the_same_moment_in_utc(engine: Engine, at: datetime) -> None:
    back = stored(engine, "at", at)
    assert isinstance(back, datetime)
    assert back == at
    assert back.utcoffset() == timedelta(0)


def test_moments_sort_in_the_database_as_they_follow_each_other(engine: Engine) -> None:
    later = datetime(2025, 5, 26, 0, 30, tzinfo=SHANGHAI)
    earlier = datetime(2025, 5, 25, 16, 0, tzinfo=UTC)
    with engine.connect() as connection:
        connection.execute(insert(SAMPLES), [{"at": later}, {"at": earlier}])
        assert connection.execute(select(SAMPLES.c.at).order_by(SAMPLES.c.at)).scalars().all() == [earlier, later]
        assert connection.execute(select(SAMPLES.c.at).where(SAMPLES.c.at > earlier)).scalars().all() == [later]
        connection.rollback()


def test_a_moment_without_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="without time zone"):
        stored(engine, "at", datetime(2025, 5, 26, 9, 0))


@given(zh=TEXT, bo=TEXT, en=TEXT)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_a_text_in_three_languages_comes_back_whole(engine: Engine, zh: str, bo: str, en: str) -> None:
    assert stored(engine, "title", Localized(zh, bo, en)) == Localized(zh, bo, en)


@pytest.mark.parametrize("colour", Colour)
def test_a_member_comes_back_as_itself(engine: Engine, colour: Colour) -> None:
    assert stored(engine, "colour", colour) is colour


def test_what_is_no_member_is_refused_on_the_way_in(engine: Engine) -> None:
    with pytest.raises(StatementError, match="madder"):
        stored(engine, "colour", "madder")


@pytest.mark.parametrize("column", ["at", "title", "colour"])
def test_nothing_stays_nothing(engine: Engine, column: str) -> None:
    assert stored(engine, column, None) is None


def names(app: Flask) -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.execute(text("SELECT name FROM types_act ORDER BY name")).scalars())


@pytest.fixture
def acts(app: Flask) -> Iterator[Flask]:
    """A table of the test's own, on the application's database."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE types_act (name VARCHAR(20) PRIMARY KEY)"))
    yield app
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE types_act"))


def write(name: str) -> None:
    db.session.execute(text("INSERT INTO types_act VALUES (:name)"), {"name": name})


class Refused(Exception):
    """The use case was refused in the middle."""


def test_a_use_case_is_committed_whole_at_its_end(acts: Flask) -> None:
    with transaction():
        write("one")
        assert names(acts) == []
        write("two")
    assert names(acts) == ["one", "two"]


def refused_after(name: str) -> None:
    with transaction():
        write(name)
        raise Refused


def test_a_refused_use_case_leaves_nothing(acts: Flask) -> None:
    with pytest.raises(Refused):
        refused_after("one")
    assert names(acts) == []


def inner_and_outer_refused() -> None:
    with transaction():
        write("outer")
        with transaction():
            write("inner")
        raise Refused


def test_a_use_case_called_by_another_stands_or_falls_with_it(acts: Flask) -> None:
    with pytest.raises(Refused):
        inner_and_outer_refused()
    assert names(acts) == []
    with transaction():
        write("outer")
        with transaction():
            write("inner")
        assert names(acts) == []
    assert names(acts) == ["inner", "outer"]


def test_after_a_refusal_the_next_use_case_is_whole_again(acts: Flask) -> None:
    with pytest.raises(Refused):
        refused_after("one")
    with transaction():
        write("two")
    assert names(acts) == ["two"]


def test_projections_are_told_once_a_use_case_and_only_after_it(acts: Flask) -> None:
    heard: list[list[str]] = []

    def listen(_app: Flask) -> None:
        heard.append(names(acts))

    with committed.connected_to(listen):
        with transaction():
            write("outer")
            with transaction():
                write("inner")
        with pytest.raises(Refused):
            refused_after("never")
    assert heard == [["inner", "outer"]]


def test_the_database_itself_refuses_a_reference_to_nothing(app: Flask) -> None:
    row = {column.name: None for column in Person.__table__.columns}
    row |= {"id": 999, "email": "a@portal.test", "name": "a", "password": "x", "active": True, "authority_id": 999}
    row = {name: value for name, value in row.items() if value is not None}
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), transaction():
        db.session.execute(insert(Person.__table__).values(row))
