"""The ledger makes the register: whatever happened, a replay of the acts makes the same rows, ids included."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from portal.foundation.database import Base, db, transaction
from portal.register import ledger, replay, services
from portal.register.models import Agency, LedgerIsAppendOnly, ListEntry, RegisterEvent, Unit, UnitName
from portal.register.rules import Category, EntryStatus, EventKind, ExclusionGround, Level, RemovalGround
from portal.register.services.rebuilding import TABLES, facts_of, rebuild
from tests.conftest import empty
from tests.register.conftest import csv_bytes, factory

DAY = date(2025, 7, 1)
NAMES = st.sampled_from([f"拉萨示例{letter}有限公司" for letter in "甲乙丙丁戊己"])


def tables() -> str:
    """Everything that the register's tables hold, as text."""
    held = {
        table.__tablename__: [
            {name: str(value) for name, value in row.items()}
            for row in facts_of(table, db.session.scalars(select(table).order_by(table.id)).unique()).values()  # type: ignore[attr-defined]
        ]
        for table in TABLES
    }
    return json.dumps(held, ensure_ascii=False, sort_keys=True)


def list_unit(name: str = "拉萨示例甲有限公司", **more: object) -> RegisterEvent:
    """Put a new unit on a list."""
    facts = {
        "name": name,
        "province": "西藏",
        "authority": "lhasa",
        "category": Category.FACTORY,
        "level": Level.REGIONAL,
        "year": 2025,
        "agency": "示例评价中心",
        **more,
    }
    with transaction():
        return ledger.record(EventKind.LISTED, effective_on=DAY, by_actor="system", article="13", data=facts)


def act(kind: EventKind, thing: Unit | ListEntry, day: date = DAY, **data: object) -> RegisterEvent:
    """Let something happen to a unit or an entry."""
    about = {"unit": thing} if isinstance(thing, Unit) else {"entry": thing}
    with transaction():
        return ledger.record(kind, effective_on=day, by_actor="system", data=data, **about)  # type: ignore[arg-type]


class TestRecording:
    def test_a_listing_makes_the_unit_the_entry_and_the_agency(self, app: Flask) -> None:
        event = list_unit(names=[{"name": "拉萨旧示例有限公司", "kind": "former"}])
        unit, entry = event.unit, event.entry
        assert unit
        assert entry
        assert entry.agency
        assert (unit.name, unit.authority.code if unit.authority else "", unit.former_names) == (
            "拉萨示例甲有限公司", "lhasa", ["拉萨旧示例有限公司"],
        )  # fmt: skip
        assert (entry.listed_on, entry.status, entry.agency.name) == (DAY, EntryStatus.ACTIVE, "示例评价中心")

    def test_a_second_listing_finds_the_agency_again(self, app: Flask) -> None:
        first, second = list_unit(), list_unit("拉萨示例乙有限公司")
        assert first.agency_id == second.agency_id
        assert len(db.session.scalars(select(Agency)).all()) == 1

    def test_a_new_name_keeps_the_old_one(self, app: Flask) -> None:
        unit = list_unit().unit
        assert unit
        event = act(EventKind.RENAMED, unit, to="拉萨新示例有限公司")
        assert (event.data["from"], unit.name, unit.former_names) == (
            "拉萨示例甲有限公司", "拉萨新示例有限公司", ["拉萨示例甲有限公司"],
        )  # fmt: skip

    def test_a_removal_and_its_correction(self, app: Flask) -> None:
        entry = list_unit().entry
        assert entry
        removal = act(EventKind.REMOVED, entry, ground=RemovalGround.VIOLATION)
        assert (entry.status, entry.removed_on) == (EntryStatus.REMOVED, DAY)
        restored = {"status": "active", "removed_on": None, "ground": None}
        act(EventKind.CORRECTED, entry, corrects=removal.id, reason="弄错单位", entry=restored)
        assert (entry.status, entry.removed_on, entry.ground) == (EntryStatus.ACTIVE, None, None)
        assert rebuild(check=True) == []

    def test_what_is_written_down_cannot_be_changed(self, app: Flask) -> None:
        event = list_unit()
        with pytest.raises(LedgerIsAppendOnly), transaction():
            event.article = "18"

    def test_several_acts_in_one_transaction_get_ids_of_their_own(self, app: Flask) -> None:
        with transaction():
            made = [
                ledger.record(
                    EventKind.LISTED,
                    effective_on=DAY,
                    by_actor="system",
                    data={"name": f"示例{number}厂", "category": "green_factory", "level": "regional", "year": 2025},
                )
                for number in range(3)
            ]
        assert len({event.unit_id for event in made}) == 3
        assert len({event.entry_id for event in made}) == 3


class TestRebuilding:
    def test_an_import_is_made_again_to_the_byte(self, app: Flask) -> None:
        services.import_list(
            csv_bytes(
                factory("拉萨甲示例有限公司（原名：拉萨旧示例有限公司）", year=2022, agency="北京示例评价中心"),
                factory("日喀则示例水泥有限公司", place="日喀则市"),
            )
        )
        services.import_list(csv_bytes(factory("拉萨新示例有限公司（原名：拉萨甲示例有限公司）", year=2024)))
        before = tables()
        assert rebuild(check=True) == []
        with db.engine.begin() as connection:
            connection.execute(delete(UnitName.__table__))
            connection.execute(update(Unit.__table__).values(name="x", province=Unit.__table__.c.id))
        db.session.rollback()
        assert tables() != before
        found = {(item.table, item.kind) for item in rebuild()}
        assert found == {("unit", "different"), ("unit_name", "missing")}
        assert tables() == before
        assert rebuild(check=True) == []

    def test_what_the_ledger_does_not_know_goes(self, app: Flask) -> None:
        list_unit()
        db.session.add(Unit(name="x", name_key="x"))
        db.session.commit()
        assert [item.kind for item in rebuild()] == ["surplus"]
        assert rebuild(check=True) == []

    def test_after_a_rebuild_new_rows_get_new_ids(self, app: Flask) -> None:
        unit = list_unit(names=[{"name": "拉萨旧示例有限公司", "kind": "former"}]).unit
        assert unit
        with db.engine.begin() as connection:
            connection.execute(delete(UnitName.__table__))
        db.session.rollback()
        rebuild()
        act(EventKind.RENAMED, unit, to="拉萨新示例有限公司")
        assert len(unit.former_names) == 2

    def test_the_command_tells_a_difference(self, app: Flask) -> None:
        list_unit()
        runner = app.test_cli_runner()
        assert runner.invoke(args=["register", "rebuild", "--check"]).exit_code == 0
        with db.engine.begin() as connection:
            connection.execute(update(Unit.__table__).values(prefecture="x"))
        db.session.rollback()
        told = runner.invoke(args=["register", "rebuild", "--check"])
        assert (told.exit_code, "unit 1 different: prefecture" in told.output) == (1, True)
        assert runner.invoke(args=["register", "rebuild"]).exit_code == 0
        assert runner.invoke(args=["register", "rebuild", "--check"]).exit_code == 0


KINDS = st.sampled_from(
    [
        EventKind.LISTED, EventKind.IMPORTED, EventKind.COMPLETED, EventKind.RENAMED, EventKind.MOVED,
        EventKind.CHANGED, EventKind.REMOVAL_PROPOSED, EventKind.REMOVAL_DROPPED, EventKind.REMOVED,
        EventKind.CORRECTED, EventKind.EXCLUDED,
    ]
)  # fmt: skip
STEPS = st.lists(
    st.tuples(KINDS, st.integers(0, 5), NAMES, st.sampled_from(["lhasa", "shigatse", None]), st.integers(0, 60)),
    max_size=25,
)


def walk(steps: list[tuple[EventKind, int, str, str | None, int]], document: int) -> None:
    """Let acts happen one after the other, each to one of the things there are."""
    for number, (kind, which, name, authority, later) in enumerate(steps):
        units = db.session.scalars(select(Unit).order_by(Unit.id)).unique().all()
        entries = db.session.scalars(select(ListEntry).order_by(ListEntry.id)).unique().all()
        unit = units[which % len(units)] if units else None
        entry = entries[which % len(entries)] if entries else None
        day = DAY + timedelta(days=later)
        listing = {"category": "green_factory", "level": "regional", "year": 2000 + number}
        data: dict[EventKind, dict[str, object]] = {
            EventKind.COMPLETED: {"batch": f"第{number}批", "listed_on": day, "agency": name},
            EventKind.RENAMED: {"to": f"{name}{number}", "name_bo": "བོད"},
            EventKind.MOVED: {"to": authority, "confirmed": bool(later % 2), "prefecture": "拉萨市"},
            EventKind.CHANGED: {"prefecture": name, "names": [{"name": name, "kind": "alias"}]},
            EventKind.REMOVAL_PROPOSED: {"ground": RemovalGround.VIOLATION},
            EventKind.REMOVAL_DROPPED: {"ground": RemovalGround.VIOLATION},
            EventKind.REMOVED: {"ground": RemovalGround.FALSE_MATERIAL},
        }
        with transaction():
            about: dict[str, object] = {}
            if kind in {EventKind.LISTED, EventKind.IMPORTED}:
                known = unit if later % 3 and unit else None
                fresh = {"name": f"{name}{number}", "authority": authority, "is_sample": bool(later % 2)}
                about = {"unit": known, "data": {**listing, **({} if known else fresh), "agency": name}}
            elif unit is None or entry is None:
                continue
            elif kind is EventKind.CORRECTED:
                restored = {"status": "active", "removed_on": None, "ground": None, "batch": name}
                without = [item.id for item in entry.unit.names[:1]]
                told = {"corrects": 1, "entry": restored, "unit": {"name_bo": name}, "without_names": without}
                about = {"entry": entry, "data": told}
            elif kind is EventKind.EXCLUDED:
                agency = db.session.scalars(select(Agency).order_by(Agency.id)).first()
                told = {"ground": ExclusionGround.POOR_QUALITY, "until": day}
                about = {"agency": agency, "data": told, "document": document}
            elif kind in {EventKind.RENAMED, EventKind.MOVED, EventKind.CHANGED}:
                about = {"unit": unit, "data": data[kind]}
            else:
                about = {"entry": entry, "data": data[kind]}
            ledger.record(kind, effective_on=day, by_actor="system", **about)  # type: ignore[arg-type]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_a_replay_makes_the_same(
    app: Flask, notice: Callable[..., Base], steps: list[tuple[EventKind, int, str, str | None, int]]
) -> None:
    empty(app)
    walk(steps, notice().id)  # type: ignore[attr-defined]
    db.session.rollback()
    before = tables()
    assert rebuild(check=True) == []
    with db.engine.begin() as connection:
        connection.execute(update(Unit.__table__).values(prefecture="lost", authority_id=None))
        connection.execute(delete(UnitName.__table__))
    db.session.rollback()
    rebuild()
    assert tables() == before
    # The register of a day that lies behind all acts is the register of now.
    assert set(replay.as_of(date(2100, 1, 1)).entries) == set(db.session.scalars(select(ListEntry.id)))
