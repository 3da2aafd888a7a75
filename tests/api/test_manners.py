"""How the API behaves: caching, origins, errors, limits, its own description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.api import public as addresses
from portal.extensions import limiter
from portal.settings import Environment, Settings

PLACES = ("units", "lists", "documents", "search", "openapi.json")


def problem(answer, status):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = json.loads(answer.data)
    assert {"type", "title", "status", "detail", "instance"} <= set(found)
    assert found["status"] == status
    return found


@pytest.mark.parametrize("place", PLACES)
def test_an_unchanged_answer_is_not_sent_again(reader, place):
    first = reader.get(f"/api/v1/{place}")
    assert first.status_code == 200
    assert first.headers["Cache-Control"].startswith("public")
    again = reader.get(f"/api/v1/{place}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    packed = reader.get(f"/api/v1/{place}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["ETag"] != first.headers["ETag"]
    headers = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert reader.get(f"/api/v1/{place}", headers=headers).status_code == 304


def test_an_answer_changes_with_what_it_tells(client):
    from tests.samples import list_unit

    before = client.get("/api/v1/units").headers["ETag"]
    list_unit("拉萨示例一厂")
    after = client.get("/api/v1/units", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["ETag"] != before


@pytest.mark.parametrize("place", [*PLACES, "nothing", "units/u0", "units?page=0"])
def test_pages_of_any_origin_may_read(reader, place):
    for method in (reader.get, reader.head, reader.options):
        assert method(f"/api/v1/{place}", headers={"Origin": "https://example.org"}).headers[
            "Access-Control-Allow-Origin"
        ] == ("*")


def test_a_browser_that_asks_first_is_told_what_it_may(reader):
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = reader.options("/api/v1/units", headers=headers)
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]


def test_pages_for_people_are_not_opened_to_other_origins(reader):
    assert "Access-Control-Allow-Origin" not in reader.get("/zh/").headers


@pytest.mark.parametrize("place", [*PLACES, "nothing"])
def test_nobody_is_known(reader, place):
    reader.set_cookie("portal", "forged")
    assert "Set-Cookie" not in reader.get(f"/api/v1/{place}").headers


def test_one_address_has_one_answer_whatever_the_browser_speaks(reader):
    answers = {
        reader.get("/api/v1/search?q=ABB", headers={"Accept-Language": code}).data for code in ("zh", "bo", "en")
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    "place",
    ["nothing", "units/u999999", "units/91540100000000000X", "units/%00", "documents/none", "documents/%00", "documents/a'b", "units/a1"],
)  # fmt: skip
def test_what_is_not_there_is_a_problem(client, place):
    found = problem(client.get(f"/api/v1/{place}"), 404)
    assert found["type"] == "about:blank"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(reader, method):
    answer = getattr(reader, method)("/api/v1/units")
    problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("args", "name"),
    [
        ("page=0", "page"), ("page=-1", "page"), ("page=x", "page"), ("page=1.5", "page"), ("page=1_0", "page"), ("page=", "page"),
        ("page=99999999999999999999", "page"), ("per_page=0", "per_page"), ("per_page=201", "per_page"), ("level=county", "level"),
        ("level=", "level"), ("category=x", "category"), ("year=20x", "year"), ("year=1066", "year"), ("authority=paris", "authority"),
        ("province=Paris", "province"), ("status=pending_removal", "status"), ("scope=moon", "scope"), ("lang=fr", "lang"),
        ("q=" + "x" * 101, "q"), ("as_of=2025-02-30", "as_of"), ("as_of=20250101", "as_of"), ("as_of=today", "as_of"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(reader, args, name):
    found = problem(reader.get(f"/api/v1/lists?{args}"), 422)
    assert list(found["errors"]) == [name]
    assert found["errors"][name]


@pytest.mark.parametrize("text", ["%00", "%27;drop table unit--", "%25%25", "_", "%F0%9F%8F%94", "\u0f0b", "%EF%BF%BF"])
@pytest.mark.parametrize("place", ["units", "lists", "search"])
def test_no_words_are_an_error(client, place, text):
    assert client.get(f"/api/v1/{place}?q={text}").status_code == 200


def test_an_error_of_the_server_tells_nothing_of_it(sqlite_app, monkeypatch):
    def broken(*_args: object) -> None:
        raise RuntimeError("inner secret")

    monkeypatch.setitem(sqlite_app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(addresses.queries, "units", broken)
    answer = sqlite_app.test_client().get("/api/v1/units")
    found = problem(answer, 500)
    assert "secret" not in answer.text
    assert found["title"] == "Internal Server Error"


@pytest.fixture
def limited_app(tmp_path: Path, applications: object) -> Flask:
    """An application that counts requests. The counter is one for the process."""
    app = create_app(Settings(env=Environment.TEST, data_dir=tmp_path, rate_limits=True))
    limiter.reset()
    yield app
    limiter.reset()


def test_who_asks_too_often_is_told_when_to_come_back(limited_app):
    client = limited_app.test_client()
    for _number in range(120):
        assert client.get("/api/v1/openapi.json").status_code == 200
    answer = client.get("/api/v1/units")
    problem(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_the_description_says_how_everything_is_asked_and_answered(reader):
    document = reader.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.")
    assert set(document["paths"]) == {
        f"/api/v1/{place}"
        for place in (
            "units",
            "units/{uscc}",
            "lists",
            "changes",
            "documents",
            "documents/{slug}",
            "search",
            "verify/{code}",
            "verify",
        )
    }
    for methods in document["paths"].values():
        operation = methods.get("get")
        if operation is None:
            assert methods["post"]["summary"]
            assert methods["post"]["responses"]["200"]["content"]["application/json"]["example"]
            continue
        assert operation["summary"]
        success = operation["responses"]["200"]
        assert success["content"]["application/json"]["example"]
        assert "ETag" in success["headers"]
        assert {"304", "422", "429", "500"} <= set(operation["responses"])
        for parameter in [*methods.get("parameters", []), *operation.get("parameters", [])]:
            assert parameter["description"], parameter["name"]
    for response in document["components"]["responses"].values():
        assert set(response.get("content", {})) <= {"application/problem+json"}


def test_its_examples_have_the_shape_of_real_answers(reader):
    document = reader.get("/api/v1/openapi.json").json
    for place in ("units", "lists", "documents", "search"):
        example = document["paths"][f"/api/v1/{place}"]["get"]["responses"]["200"]["content"]["application/json"][
            "example"
        ]
        real = reader.get(f"/api/v1/{place}").json
        assert list(example) == list(real)
        assert set(example["items"][0]) == set(real["items"][0])


@pytest.mark.parametrize(("language", "code"), [("zh", "zh-Hans-CN"), ("bo", "bo-CN"), ("en", "en")])
def test_people_read_the_same_without_scripts_from_elsewhere(reader, language, code):
    page = reader.get(f"/api/docs?lang={language}")
    assert page.status_code == 200
    assert f'<html lang="{code}">' in page.text
    for path in reader.get("/api/v1/openapi.json").json["paths"]:
        assert path in page.text
    assert "http" not in "".join(part.split('"')[0] for part in page.text.split('src="')[1:])
    negotiated = reader.get("/api/docs", headers={"Accept-Language": language})
    assert f'<html lang="{code}">' in negotiated.text
    assert "Accept-Language" in negotiated.headers["Vary"]
