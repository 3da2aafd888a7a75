"""Units, lists, documents and search as the interfaces promise them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal.content import services as content_services
from portal.content.rules import DocumentType
from portal.foundation.database import db
from portal.register import queries as register_queries
from portal.register import services as register_services
from portal.register.models import ListEntry, UnitName
from portal.register.rules import NameKind, RemovalGround
from tests.register.rounds import NOTICE_DAY, SPRING, at, publicised
from tests.samples import SAMPLE_UNIT, list_unit, publish, valid_code

COLLECTIONS = ("units", "lists", "documents", "search")
UNIT = {
    "id",
    "name",
    "name_bo",
    "uscc",
    "province",
    "authority",
    "former_names",
    "entries",
    "code",
    "green_code",
    "url",
}
ENTRY = {"category", "level", "year", "batch", "status", "listed_on", "removed_on", "ground"}


def get(client, place, **args):
    answer = client.get(f"/api/v1/{place}", query_string=args)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize("place", COLLECTIONS)
def test_a_collection_is_paged(reader, place):
    page = get(reader, place, per_page=1)
    assert list(page) == ["total", "page", "per_page", "items"]
    assert (page["page"], page["per_page"], len(page["items"])) == (1, 1, 1)
    assert page["total"] > 1
    second = get(reader, place, per_page=1, page=2)
    assert second["items"] != page["items"]
    beyond = get(reader, place, page=90_000)
    assert (beyond["items"], beyond["total"], beyond["page"]) == ([], page["total"], 90_000)


def test_every_unit_is_reached_once_page_by_page(reader):
    total = get(reader, "units")["total"]
    seen = [
        item["id"]
        for number in range(1, -(-total // 200) + 1)
        for item in get(reader, "units", page=number, per_page=200)["items"]
    ]
    assert len(seen) == len(set(seen)) == total > 2000


def test_a_unit_has_what_is_promised(reader):
    (unit,) = get(reader, "units", q=SAMPLE_UNIT)["items"]
    assert set(unit) >= UNIT
    assert set(unit["entries"][0]) >= ENTRY
    assert unit["name"] == SAMPLE_UNIT
    assert unit["uscc"] == valid_code()
    assert (unit["province"], unit["authority"]) == ("西藏", "lhasa")
    assert get(reader, f"verify/{unit['code']}")["unit"]["name"] == SAMPLE_UNIT
    entry = unit["entries"][0]
    assert (entry["category"], entry["level"], entry["year"], entry["status"]) == (
        "green_factory",
        "regional",
        2024,
        "active",
    )
    assert unit["url"] == f"http://localhost/zh/units/{valid_code()}"
    assert reader.get(unit["url"]).status_code == 200
    assert get(reader, f"units/{unit['uscc']}") == get(reader, f"units/{unit['id']}") == unit


def test_everything_is_in_scope_unless_said(reader):
    everything, region = get(reader, "units"), get(reader, "units", scope="region", per_page=200)
    assert everything == get(reader, "units", scope="all")
    assert 0 < region["total"] < everything["total"]
    assert all(unit["authority"] for unit in region["items"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", "regional"), ("category", "green_industrial_park"), ("year", "2019"), ("authority", "lhasa"),
        ("province", "广东"), ("status", "active"),
    ],
)  # fmt: skip
def test_lists_and_units_are_narrowed_alike(reader, name, value):
    entries = get(reader, "lists", **{name: value}, per_page=200)
    units = get(reader, "units", **{name: value}, per_page=200)
    assert entries["total"] >= units["total"] > 0
    for entry in entries["items"]:
        holder = entry["unit"] if name in {"authority", "province"} else entry
        assert str(holder[name]) == value
    for unit in units["items"]:
        holders = [unit] if name in {"authority", "province"} else unit["entries"]
        assert value in {str(holder[name]) for holder in holders}


def test_values_of_one_filter_are_alternatives_and_filters_hold_together(reader):
    def total(**args):
        return get(reader, "lists", **args)["total"]

    assert total(year=["2018", "2019"]) == total(year="2018") + total(year="2019")
    both = total(year="2019", category="green_factory")
    assert 0 < both < total(year="2019")


def test_a_former_name_finds_its_unit(reader):
    former = db.session.scalars(select(UnitName).where(UnitName.kind == NameKind.FORMER)).first()
    assert former is not None
    (unit,) = [unit for unit in get(reader, "units", q=former.name)["items"] if unit["id"] == former.unit.public_id]
    assert former.name in unit["former_names"]


def test_the_lists_of_a_day_are_those_of_that_day(app, client):
    list_unit("拉萨示例一厂", year=2023)
    (unit,) = register_queries.find_units("拉萨示例一厂")
    document = register_services.propose_removal(unit, RemovalGround.FALSE_MATERIAL, by=None)
    assert get(client, "lists")["items"][0]["status"] == "active", (
        "what is decided and not announced is nobody's business"
    )
    content_services.submit(document, by=None)
    content_services.publish(document, by=None)
    (entry,) = db.session.scalars(select(ListEntry)).all()
    removed = entry.removed_on
    assert removed is not None
    assert get(client, "lists")["items"][0]["ground"] == "false_material"

    def at(day, **more):
        return get(client, "lists", as_of=day.isoformat(), **more)["items"]

    assert at(date(2023, 12, 30)) == []
    (then,) = at(date(2023, 12, 31))
    assert (then["status"], then["removed_on"], then["ground"]) == ("active", None, None)
    assert at(removed) == []
    assert at(date(2024, 1, 1), status="removed") == []
    (now,) = at(removed, status="removed")
    assert (now["status"], now["removed_on"], now["ground"]) == ("removed", removed.isoformat(), "false_material")
    assert len(at(removed, status=["active", "removed"])) == 1


def test_documents_are_given_whole(client):
    publish(DocumentType.POLICY, "办法", bo="བརྡ་ཐོ", slug="one", year=2023)
    publish(DocumentType.NEWS, "消息", slug="two", year=2024)
    listed = get(client, "documents")
    assert [item["slug"] for item in listed["items"]] == ["two", "one"]
    assert "body" not in listed["items"][0]
    assert [item["slug"] for item in get(client, "documents", type="policy")["items"]] == ["one"]
    assert [item["slug"] for item in get(client, "documents", year=2024)["items"]] == ["two"]
    assert get(client, "documents", authority="lhasa")["total"] == 0
    one = get(client, "documents/one", lang="bo")
    assert one["title"] == {"zh": "办法", "bo": "བརྡ་ཐོ"}
    assert one["body"]["bo"] == "<p>བརྡ་ཐོ</p>"
    assert (one["type"], one["published_on"], one["authority"]) == ("policy", "2023-05-13", "department")
    assert one["url"] == "http://localhost/bo/documents/policy/one"


def test_a_withdrawn_document_is_gone(client):
    document = publish(DocumentType.POLICY, "办法", slug="one")
    content_services.withdraw(document, note="更正", by=None)
    assert client.get("/api/v1/documents/one").status_code == 410
    assert get(client, "documents")["total"] == 0
    assert get(client, "search", q="办法")["total"] == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("玉龙铜", "玉龙铜业"), ("雪莲水泥", "雪莲"), ("藏药", "藏药"), ("ABB", "ABB"), (valid_code(), SAMPLE_UNIT),
        (SAMPLE_UNIT[2:6], SAMPLE_UNIT),
    ],
)  # fmt: skip
def test_search_finds_what_it_should(reader, words, expected):
    found = get(reader, "search", q=words)
    best = found["items"][0]
    assert list(best) == ["type", "id", "slug", "title", "snippet", "url", "date", "score"]
    assert expected in best["title"]
    assert best["type"] == "unit"
    assert get(reader, f"units/{best['slug']}")["id"] == best["id"]
    assert reader.get(best["url"]).status_code == 200


def test_search_answers_in_tibetan(reader):
    best = get(reader, "search", q="ལྷ་ས", lang="bo")["items"][0]
    assert best["type"] == "policy"
    assert best["title"].startswith("ལྷ་ས")
    assert "ལྷ་ས" in best["snippet"]
    assert best["url"].startswith("http://localhost/bo/")


def test_search_is_narrowed_and_ordered(reader):
    region = get(reader, "search", q="有限公司", scope="region", type="unit", per_page=200)
    assert 0 < region["total"] < get(reader, "search", q="有限公司", type="unit")["total"]
    scores = [item["score"] for item in region["items"]]
    assert scores == sorted(scores, reverse=True)
    assert {item["type"] for item in get(reader, "search", type=["policy", "announcement"])["items"]} == {
        "policy",
        "announcement",
    }


@pytest.mark.parametrize("place", COLLECTIONS)
def test_a_page_asks_as_often_for_many_as_for_few(app, client, count_queries, place):
    def asked():
        with count_queries() as counted:
            assert get(client, place, per_page=200)["items"]
        return counted.number

    list_unit("拉萨示例一厂")
    publish(DocumentType.POLICY, "办法")
    few = asked()
    for number in range(8):
        list_unit(f"昌都示例{number}厂", place="昌都市")
        publish(DocumentType.POLICY, f"办法{number}")
    assert asked() == few <= 9


def test_a_notice_tells_its_window_and_the_days_that_are_left(app, people):
    with at(SPRING):
        batch = publicised(people, "样本拉萨绿色建材有限公司")
    with at(NOTICE_DAY):
        item = app.test_client().get(f"/api/v1/documents/{batch.notice.slug}").json
        listed = app.test_client().get("/api/v1/documents?type=publicity").json["items"][0]
    assert item["publicity"] == {
        "first": "2025-07-07",
        "last": "2025-07-11",
        "working_days": [f"2025-07-{day:02d}" for day in (7, 8, 9, 10, 11)],
        "working_days_left": 5,
    }
    assert listed["publicity"] == item["publicity"]
