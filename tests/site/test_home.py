"""The home page: what is open, the ways in, the latest, the numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from portal.content.rules import DocumentType
from tests.samples import list_unit, publish

LANGUAGES = ("zh", "bo", "en")
#: Wednesday; the five working days of a notice of this day are the 10th to the 16th.
NOON = datetime(2025, 9, 10, 4, tzinfo=UTC)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_speaks_each_language_and_can_be_cached(client, language):
    page = client.get(f"/{language}/")
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"].startswith("public")
    for other in LANGUAGES:
        assert f'hreflang="{"zh-Hans" if other == "zh" else other}"' in page.text
    assert client.get(f"/{language}/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


def test_an_empty_portal_says_what_will_stand_where(client):
    page = client.get("/en/").text
    assert page.count('class="empty') == 3
    assert "No publicity is open today." in page


def test_an_open_publicity_stands_first_with_its_five_days(client):
    with time_machine.travel(NOON, tick=False):
        publish(DocumentType.PUBLICITY, "拟入选单位的公示", slug="candidates", day=date(2025, 9, 10))
        page = client.get("/zh/").text
    days = re.search(r'<ol class="workdays".*?</ol>', page, re.DOTALL).group()
    assert re.findall(r'datetime="([\d-]+)"', days) == [f"2025-09-{day}" for day in (10, 11, 12, 15, 16)]
    assert days.count('class="now"') == 1
    assert re.search(r'class="now"[^>]*><time datetime="2025-09-10"', days)
    assert "2025年9月16日" in page
    assert 'href="/zh/publicity/candidates"' in page
    assert (
        page.index("candidates") < page.index('class="doors"') < page.index('class="section-head"', page.index("doors"))
    )


@pytest.mark.parametrize(("day", "is_open"), [(9, False), (10, True), (16, True), (17, False)])
def test_a_publicity_is_open_from_its_first_day_to_its_last(client, day, is_open):
    with time_machine.travel(datetime(2025, 9, 10, 4, tzinfo=UTC), tick=False):
        publish(DocumentType.PUBLICITY, "拟入选单位的公示", slug="candidates", day=date(2025, 9, 10))
    with time_machine.travel(datetime(2025, 9, day, 15, 59, tzinfo=UTC), tick=False):
        assert ('class="workdays"' in client.get("/zh/").text) is is_open


def test_the_doors_lead_to_what_there_is(client):
    page = client.get("/bo/").text
    doors = re.search(r'<ul class="doors">.*?</ul>', page, re.DOTALL).group()
    targets = re.findall(r'href="([^"]+)"', doors)
    assert targets == ["/bo/complaints/", "/bo/complaints/status", "/bo/lists/"]
    assert all(client.get(target).status_code == 200 for target in targets)


def test_the_latest_documents_are_marked_where_they_are_in_another_language(client):
    publish(DocumentType.POLICY, "绿色工厂的通知", slug="only-chinese")
    page = client.get("/bo/").text
    assert '<span lang="zh-Hans-CN">绿色工厂的通知</span>' in page
    assert "fallback-mark" in page


def test_the_numbers_are_told_in_words_and_drawn(reader):
    page = reader.get("/zh/").text
    bars = re.search(r'<ul class="bars">.*?</ul>', page, re.DOTALL).group()
    assert bars.count("<svg") == bars.count('aria-hidden="true"') == bars.count('class="figures"') > 3
    assert re.search(r'href="/zh/lists/\?authority=lhasa"', bars)
    widths = [float(width) for width in re.findall(r'<rect width="([\d.]+)"', bars)]
    numbers = [int(number) for number in re.findall(r'class="figures">(\d+)', bars)]
    assert max(widths) == 100
    assert [round(number * 100 / max(numbers), 2) for number in numbers] == widths
    assert "style=" not in page


def test_the_home_page_asks_as_often_for_many_as_for_few(client, count_queries):
    def asked():
        with count_queries() as counted:
            assert client.get("/zh/").status_code == 200
        return counted.number

    with time_machine.travel(NOON, tick=False):
        publish(DocumentType.POLICY, "通知")
        publish(DocumentType.PUBLICITY, "公示", day=date(2025, 9, 10))
        list_unit("拉萨示例一厂")
        few = asked()
        for number in range(5):
            publish(DocumentType.POLICY, f"通知{number}")
            publish(DocumentType.PUBLICITY, f"公示{number}", day=date(2025, 9, 10))
            list_unit(f"昌都示例{number}厂", place="昌都市")
        assert asked() == few <= 8


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", ["about", "accessibility"])
def test_the_portal_says_what_it_is(client, language, place):
    page = client.get(f"/{language}/{place}")
    assert page.status_code == 200
    assert page.text.count("<h1>") == 1
    for other in LANGUAGES:
        assert f'href="/{other}/{place}"' in page.text


def test_the_portal_names_its_law_and_what_awaits_review(client):
    page = client.get("/en/about").text
    for article in (5, 13, 24):
        assert f"Article {article}" in page
    assert "西藏自治区绿色工厂梯度培育及管理实施细则" in page
    assert "native reviewer" in page
    assert "native reviewer" in client.get("/en/accessibility").text
