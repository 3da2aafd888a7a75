"""The lists of any day: on the page, in files, in comparisons; the same answer for ever."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.foundation.database import transaction
from portal.register import ledger, queries, services
from portal.register.models import Unit
from portal.register.queries import Order, Scope, Selection, answers, comparison, days, selection
from portal.register.rules import PUBLIC_STATUSES, Category, EntryStatus, EventKind, Level, RemovalGround
from tests.register.conftest import csv_bytes, factory

LISTED, RENAMED, MOVED, REMOVED = date(2025, 7, 10), date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 3)
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
OLD, NEW = "拉萨示例甲有限公司", "拉萨示例新有限公司"


@contextmanager
def today(moment: datetime = NOW) -> Iterator[None]:
    """Let it be another day."""
    with time_machine.travel(moment, tick=False):
        yield


@pytest.fixture
def lived(app: Flask) -> Iterator[Unit]:
    """A unit that was listed, renamed, moved and removed, beside one of 2023 whose list names no day."""
    with today():
        with transaction():
            facts = {"name": OLD, "province": "西藏", "authority": "lhasa", "uscc": None}
            entry = {"category": Category.FACTORY, "level": Level.REGIONAL, "year": 2025}
            unit = ledger.record(EventKind.LISTED, effective_on=LISTED, by_actor="system", data={**facts, **entry}).unit
            assert unit
            ledger.record(EventKind.RENAMED, unit=unit, effective_on=RENAMED, by_actor="system", data={"to": NEW})
            ledger.record(
                EventKind.MOVED,
                unit=unit,
                effective_on=MOVED,
                by_actor="system",
                data={"to": "shigatse", "confirmed": True},
            )
            ledger.record(
                EventKind.REMOVED,
                entry=unit.entries[0],
                effective_on=REMOVED,
                by_actor="system",
                data={"ground": RemovalGround.MAJOR_INCIDENT},
            )
        services.import_list(csv_bytes(factory("拉萨示例乙有限公司", year=2023)))
        yield unit


def names(client: FlaskClient, day: object, **more: str) -> list[str]:
    """The names on the lists of a day, as the file says."""
    answer = client.get("/zh/lists.csv", query_string={"as_of": str(day), **more})
    assert answer.status_code == 200
    return [row[0] for row in list(csv.reader(io.StringIO(answer.text)))[1:]]


class TestTheDay:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2023-12-30", []),
            ("2023-12-31", ["拉萨示例乙有限公司"]),
            ("2025-07-09", ["拉萨示例乙有限公司"]),
            ("2025-07-10", [OLD, "拉萨示例乙有限公司"]),
            ("2025-08-31", [OLD, "拉萨示例乙有限公司"]),
            ("2025-09-01", [NEW, "拉萨示例乙有限公司"]),
            ("2025-11-02", [NEW, "拉萨示例乙有限公司"]),
            ("2025-11-03", ["拉萨示例乙有限公司"]),
            ("2026-03-02", ["拉萨示例乙有限公司"]),
        ],
    )
    def test_who_stood_on_the_lists(self, lived: Unit, client: FlaskClient, day: str, expected: list[str]) -> None:
        assert names(client, day) == expected

    def test_the_page_says_its_day_and_leads_back(self, lived: Unit, client: FlaskClient) -> None:
        page = client.get("/en/lists/?as_of=2025-08-01").text
        assert "These are the lists as they stood at the end of" in page
        assert "counts from 31 December of its year" in page
        assert OLD in page
        assert 'value="2025-08-01"' in page
        assert "lists.csv?as_of=2025-08-01" in page
        assert NEW not in page

    def test_filters_and_facets_are_those_of_the_day(self, lived: Unit, client: FlaskClient) -> None:
        assert names(client, "2025-09-30", authority="lhasa") == [NEW, "拉萨示例乙有限公司"]
        assert names(client, "2025-10-01", authority="lhasa") == ["拉萨示例乙有限公司"]
        assert names(client, "2025-10-01", q="示例甲") == [NEW]
        assert names(client, "2025-08-01", q="示例新") == []
        assert names(client, "2025-12-01", status="removed") == [NEW]
        counted = queries.facet_counts(Selection(as_of=date(2025, 10, 1)))
        assert counted["authority"] == {"lhasa": 1, "shigatse": 1}
        assert queries.facet_counts(Selection(as_of=REMOVED))["status"] == {
            EntryStatus.ACTIVE: 1, EntryStatus.REMOVED: 1,
        }  # fmt: skip

    @pytest.mark.parametrize("day", ["2026-03-03", "2025-02-30", "x", "20250101", "２０２５-01-01"])
    def test_a_day_that_is_none_or_to_come_is_refused(self, lived: Unit, client: FlaskClient, day: str) -> None:
        assert client.get("/zh/lists.json", query_string={"as_of": day}).status_code == 400
        page = client.get("/en/lists/", query_string={"as_of": day})
        assert (page.status_code, "as_of" in page.text) == (200, True)

    def test_files_and_the_api_say_the_same(self, lived: Unit, client: FlaskClient) -> None:
        file = json.loads(client.get("/zh/lists.json?as_of=2025-09-15").text)
        api = json.loads(client.get("/api/v1/lists?as_of=2025-09-15").text)
        assert file["items"] == api["items"]
        assert (file["total"], file["selection"]["as_of"]) == (2, "2025-09-15")
        assert client.get("/zh/lists.xlsx?as_of=2025-09-15").status_code == 200

    def test_a_later_act_changes_no_answer_for_an_earlier_day(self, lived: Unit, client: FlaskClient) -> None:
        before = client.get("/zh/lists.csv?as_of=2025-09-15").text
        with transaction():
            ledger.record(
                EventKind.RENAMED,
                unit=lived,
                effective_on=date(2026, 3, 1),
                by_actor="system",
                data={"to": "另一名称公司"},
            )
        assert client.get("/zh/lists.csv?as_of=2025-09-15").text == before

    def test_a_decision_that_awaits_its_announcement_is_no_removal(self, lived: Unit, client: FlaskClient) -> None:
        other = queries.find_units("示例乙")[0]
        with transaction():
            ledger.record(
                EventKind.REMOVAL_PROPOSED,
                entry=other.entries[0],
                effective_on=None,
                by_actor="system",
                data={"ground": RemovalGround.VIOLATION},
            )
        assert names(client, "2026-03-02") == ["拉萨示例乙有限公司"]

    def test_a_day_told_later_counts(self, lived: Unit, client: FlaskClient) -> None:
        told = ["拉萨示例乙有限公司", "绿色工厂", "自治区级", 2023, "2023-06-01"]
        headings = ("单位名称", "类别", "层面", "年份", "列入日期")
        report = services.import_list(csv_bytes(told, headings=headings))
        assert report.changed
        assert names(client, "2023-06-01") == ["拉萨示例乙有限公司"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.builds(
        Selection,
        scope=st.sampled_from(Scope),
        level=st.lists(st.sampled_from(Level), max_size=2, unique=True).map(tuple),
        category=st.lists(st.sampled_from(Category), max_size=2, unique=True).map(tuple),
        year=st.lists(st.integers(2017, 2024), max_size=2, unique=True).map(tuple),
        province=st.lists(st.sampled_from(["西藏", "北京", "青海"]), max_size=1).map(tuple),
        status=st.lists(st.sampled_from(PUBLIC_STATUSES), min_size=1, max_size=2, unique=True).map(tuple),
        q=st.sampled_from(["", "水泥", "西藏 有限", "（集团）", "％"]),
        sort=st.sampled_from(Order),
    )
)
def test_the_ledger_and_the_tables_answer_alike(full: Flask, chosen: Selection) -> None:
    behind_all = date(2100, 1, 1)
    assert [entry.id for entry in selection.stream(chosen)] == [
        entry.id for entry in days.entries_on(chosen, behind_all)
    ]
    assert selection.count(chosen) == len(days.entries_on(chosen, behind_all))


def test_facets_of_the_ledger_and_of_the_tables_are_alike(full: Flask) -> None:
    chosen = Selection(scope=Scope.ALL, status=PUBLIC_STATUSES, year=(2020, 2021))
    assert days.facet_counts_on(chosen, date(2100, 1, 1)) == selection.facet_counts(chosen)
    assert answers.count(chosen) == selection.count(chosen)


class TestComparison:
    def test_what_differs_between_two_days(self, lived: Unit) -> None:
        found = comparison.compare(date(2025, 1, 1), date(2025, 8, 1))
        assert ([entry.unit.name for entry in found.added], found.removed, found.renamed) == ([OLD], (), ())
        found = comparison.compare(date(2025, 10, 15), date(2025, 8, 1))
        assert [(then.name, now.name) for then, now in found.renamed] == [(OLD, NEW)]
        assert [(then.authority.code, now.authority.code) for then, now in found.moved] == [("lhasa", "shigatse")]  # type: ignore[union-attr]
        assert (found.added, found.removed) == ((), ())
        found = comparison.compare(date(2025, 10, 15), date(2026, 1, 1))
        assert [(entry.unit.name, entry.removed_on) for entry in found.removed] == [(NEW, REMOVED)]
        assert comparison.compare(date(2026, 1, 1), date(2026, 1, 1)).is_empty

    @pytest.mark.parametrize("language", ["zh", "bo", "en"])
    def test_the_page(self, lived: Unit, client: FlaskClient, language: str) -> None:
        page = client.get(f"/{language}/lists/compare?from=2025-08-01&to=2025-10-15")
        assert page.status_code == 200
        assert OLD in page.text
        assert NEW in page.text

    def test_years_and_bad_days(self, lived: Unit, client: FlaskClient) -> None:
        page = client.get("/en/lists/compare?from=2024&to=2025").text
        assert 'value="2024-12-31"' in page
        assert 'value="2025-12-31"' in page
        assert 'value="2026-03-02"' in client.get("/en/lists/compare?from=2024&to=2026").text
        answer = client.get("/en/lists/compare?from=x&to=2030-01-01&scope=all")
        assert (answer.status_code, "from, to" in answer.text) == (200, True)

    def test_the_published_lists_of_two_years(self, reader: FlaskClient) -> None:
        page = reader.get("/zh/lists/compare?from=2019&to=2024&scope=all")
        assert page.status_code == 200


def test_a_day_is_replayed_once(full: Flask, counted: Callable[..., object]) -> None:
    days.entries_on(Selection(), date(2022, 1, 1))
    with counted() as seen:  # type: ignore[attr-defined]
        days.entries_on(Selection(), date(2022, 1, 2))
    assert len(seen) <= 2
