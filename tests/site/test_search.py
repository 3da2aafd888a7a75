"""The search page over the real lists."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from portal.content.rules import DocumentType
from portal.foundation.database import db
from portal.register.models import Unit, UnitName
from portal.register.rules import NameKind
from tests.samples import SAMPLE_UNIT, publish, valid_code


def search(client, language="zh", **args):
    page = client.get(f"/{language}/search", query_string=args)
    assert page.status_code == 200
    return page.text


def titles(page):
    found = re.findall(r'<h2 class="hit-title"[^>]*>(.*?)</h2>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", title).strip() for title in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("玉龙铜", "西藏玉龙铜业股份有限公司"),
        ("雪莲水泥", "雪莲"),
        ("藏药", "藏药"),
        ("ABB", "ABB"),
        (SAMPLE_UNIT[2:6], SAMPLE_UNIT),
        (valid_code(), SAMPLE_UNIT),
        (valid_code()[-6:], SAMPLE_UNIT),
        ("yulong", "玉龙"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_a_unit_is_found_by_a_part_of_what_is_known_of_it(reader, language, words, expected):
    page = search(reader, language, q=words)
    assert expected in titles(page)[0]
    if language != "zh":
        assert re.search(r'<h2 class="hit-title" lang="zh-Hans-CN">', page)


def test_tibetan_words_find_tibetan_texts(reader):
    page = search(reader, "bo", q="ལྷ་ས")
    assert "ལྷ་ས་གྲོང་ཁྱེར" in titles(page)[0]
    assert "<mark>ལྷ་ས</mark>" in page


def test_a_unit_is_found_by_a_former_name(reader):
    former = (
        db.session.scalars(
            select(UnitName).join(UnitName.unit).where(UnitName.kind == NameKind.FORMER, Unit.authority_id.is_not(None))
        ).first()
        or db.session.scalars(select(UnitName).where(UnitName.kind == NameKind.FORMER)).first()
    )
    assert former is not None
    page = search(reader, q=former.name)
    assert titles(page)[0] == former.unit.name
    assert f"<mark>{former.name}</mark>" in page


def test_the_regions_units_come_first_among_equals(reader):
    page = search(reader, q="水泥有限公司", type="unit")
    first = re.search(r'<p class="doc-meta">.*?</p>', page, re.DOTALL).group()
    assert re.search("拉萨|日喀则|昌都|林芝|山南|那曲|阿里|西藏", first)


def test_what_answers_is_marked_and_texts_stay_texts(client):
    hostile = '<script>alert(1)</script> 绿色工厂 "><img src=x>'
    publish(DocumentType.POLICY, hostile, slug="hostile")
    page = search(client, q="绿色工厂")
    assert "<mark>绿色工厂</mark>" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    again = search(client, q='"><script>alert(2)</script>')
    assert "<script>alert" not in again


def test_facets_narrow_and_can_be_taken_back(reader):
    page = search(reader, q="有限公司")
    level = re.search(r'<a class="facet-value" rel="nofollow" href="([^"]*level=regional[^"]*)"', page).group(1)
    narrowed = reader.get(level.replace("&amp;", "&")).text
    assert 0 < total(narrowed) < total(page)
    chosen = re.search(r'<ul class="chosen-filters".*?</ul>', narrowed, re.DOTALL).group()
    back = re.search(r'href="([^"]+)"', chosen).group(1).replace("&amp;", "&")
    assert "level=" not in back
    assert total(reader.get(back).text) == total(page)
    assert 'class="facet-value chosen"' in narrowed


def test_the_count_of_a_facet_is_what_choosing_it_shows(reader):
    page = search(reader, q="有限公司", scope="region")
    for link, number in re.findall(
        r'<a class="facet-value" rel="nofollow" href="([^"]+)"><span>[^<]*</span> <span class="facet-count">(\d+)', page
    )[:12]:
        assert total(reader.get(link.replace("&amp;", "&")).text) == int(number)


def total(page):
    return int(re.search(r'<p role="status">\D*(\d+)', page).group(1))


def test_pages_follow_each_other_without_overlap(reader):
    first, second = search(reader, q="有限公司"), search(reader, q="有限公司", page=2)
    assert len(titles(first)) == len(titles(second)) == 15
    assert not set(links(first)) & set(links(second))
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert 'start="16"' in second


def links(page):
    return re.findall(r'<h2 class="hit-title"[^>]*><a href="([^"]+)"', page)


def test_an_answer_can_be_ordered_by_date(client):
    publish(DocumentType.POLICY, "绿色工厂办法", slug="old", year=2020)
    publish(DocumentType.POLICY, "绿色工厂办法修订", slug="new", year=2024)
    assert [link.rpartition("/")[2] for link in links(search(client, q="绿色工厂", sort="oldest"))] == ["old", "new"]
    assert [link.rpartition("/")[2] for link in links(search(client, q="绿色工厂", sort="newest"))] == ["new", "old"]


def test_nothing_found_helps_on(reader):
    page = search(reader, "en", q="qqzzxxjj", type="unit")
    assert 'class="empty"' in page
    assert "qqzzxxjj" in page
    assert 'href="/en/lists/?q=qqzzxxjj&amp;scope=all"' in page
    assert 'href="/en/search?q=qqzzxxjj"' in page
    examples = re.findall(r'<a href="(/en/search\?q=[^"]+)" lang="', page[page.index('class="empty"') :])
    assert examples
    for example in examples:
        assert titles(reader.get(example).text)


@pytest.mark.parametrize(
    "address",
    [
        "page=0", "page=-3", "page=x", "page=99999999999999999999", "page=4000", "sort=sideways", "scope=moon", "type=nothing",
        "year=abc&year=2020", "level=national&level=national", "q=%00", "q=%F0%9F%8F%94", "q=" + "长" * 3000, "authority='--",
    ],
)  # fmt: skip
def test_no_address_is_an_error(reader, address):
    assert reader.get(f"/zh/search?{address}").status_code == 200


def test_both_search_boxes_keep_the_words(reader):
    page = search(reader, q="玉龙铜 <b>")
    assert page.count('value="玉龙铜 &lt;b&gt;"') == 2


def test_a_withdrawn_document_is_found_no_more(client):
    from portal.content import services

    document = publish(DocumentType.POLICY, "绿色工厂办法", slug="gone")
    assert links(search(client, q="绿色工厂办法"))
    services.withdraw(document, note="更正", by=None)
    assert not links(search(client, q="绿色工厂办法"))


def test_a_page_of_results_asks_a_fixed_number_of_times(reader):
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    def asked(**args):
        statements.clear()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            search(reader, **args)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    few = asked(q=SAMPLE_UNIT, type="unit")
    assert asked(q="有限公司", type="unit") == few <= 6
    assert asked(q="有限公司") <= 12
