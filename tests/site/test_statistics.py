"""The page of statistics: what is counted, how it is drawn, and that drawing, table and lists say the same."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation import charts
from portal.foundation.database import db
from portal.register.models import ListEntry, Unit
from portal.register.queries import Scope, numbers
from portal.register.queries.facts import Fact, facts
from portal.register.rules import Category, EntryStatus, Level, RemovalGround
from portal.site.statistics import flows, statistics
from tests.samples import list_unit

LANGUAGES = ("zh", "bo", "en")
TODAY = date(2026, 8, 3)

days = st.dates(date(2017, 1, 1), date(2026, 12, 31))
an_entry = st.builds(
    Fact,
    unit_id=st.integers(1, 8),
    year=st.integers(2017, 2026),
    level=st.sampled_from(Level),
    category=st.sampled_from(Category),
    authority=st.sampled_from(["lhasa", "chamdo", "ngari"]),
    province=st.sampled_from(["西藏", "青海"]),
    listed_on=st.none() | days,
    removed_on=st.none() | days,
)


def fact(unit: int = 1, year: int = 2024, **more: object) -> Fact:
    given = {
        "level": Level.REGIONAL,
        "category": Category.FACTORY,
        "authority": "lhasa",
        "province": "西藏",
        "listed_on": None,
        "removed_on": None,
    }
    return Fact(unit, year, **{**given, **more})  # type: ignore[arg-type]


def table(page: str, heading: str) -> list[list[str]]:
    """The cells of the table of a section, row by row."""
    section = page[page.index(f'id="{heading}"') :]
    body = re.search(r"<tbody>.*?</t(?:foot|able)>", section, re.DOTALL).group()
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = [re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in row] for row in cells]


# ---------------------------------------------------------------- counting


def test_a_unit_with_two_entries_is_two_entries_and_one_unit():
    found = statistics([fact(), fact(level=Level.NATIONAL, year=2025)], Scope.REGION, TODAY)
    assert (found.total.entries, found.total.units) == (2, 1)
    assert {level: row.units for level, row in found.by_level.items()} == {Level.NATIONAL: 1, Level.REGIONAL: 1}
    assert [row.entries for row in found.by_year.values()] == [1, 1]


def test_a_year_without_a_list_is_told_as_nothing():
    found = statistics([fact(year=2021), fact(2, year=2024)], Scope.REGION, TODAY)
    assert {year: row.entries for year, row in found.by_year.items()} == {2021: 1, 2022: 0, 2023: 0, 2024: 1}
    assert [flow.year for flow in found.flows] == [2021, 2022, 2023, 2024, 2025, 2026]


def test_what_was_removed_is_counted_as_an_entry_and_an_exit_and_stands_no_more():
    gone = fact(removed_on=date(2026, 8, 3), listed_on=date(2025, 7, 31))
    found = statistics([gone], Scope.REGION, TODAY)
    assert found.total.entries == 0
    assert [(flow.year, flow.entered, flow.left, flow.standing) for flow in found.flows] == [
        (2025, 1, 0, 1),
        (2026, 0, 1, 0),
    ]


def test_the_region_is_parted_by_authority_and_all_by_province():
    entries = [fact(), fact(2, authority="", province="青海"), fact(3, authority="", province="青海")]
    assert list(statistics(entries, Scope.ALL, TODAY).by_place) == ["青海", "西藏"]
    assert list(statistics(entries[:1], Scope.REGION, TODAY).by_place) == ["lhasa"]


def test_nothing_is_counted_of_nothing():
    found = statistics([], Scope.REGION, TODAY)
    assert (found.total.entries, found.total.units, found.by_year, list(found.flows)) == (0, 0, {}, [])


@given(st.lists(an_entry, max_size=30))
def test_every_table_adds_up_to_the_same_total(entries):
    found = statistics(entries, Scope.REGION, TODAY)
    for rows in (found.by_level, found.by_year, found.by_category, found.by_place):
        assert sum(row.entries for row in rows.values()) == found.total.entries
        assert all(row.units <= row.entries == sum(row.by_level.values()) for row in rows.values())
        assert max((row.units for row in rows.values()), default=0) <= found.total.units
    assert found.total.units == len({entry.unit_id for entry in entries if entry.removed_on is None})


@given(st.lists(an_entry, max_size=30))
def test_what_came_less_what_went_is_what_stands(entries):
    lines = flows(entries, TODAY.year)
    assert sum(line.entered for line in lines) == len(entries)
    assert all(line.standing >= 0 for line in lines)
    if lines:
        assert lines[-1].standing == sum(entry.removed_on is None for entry in entries)
        assert [line.year for line in lines] == list(range(lines[0].year, lines[-1].year + 1))


# ---------------------------------------------------------------- drawing


@given(st.lists(st.lists(st.integers(0, 3000), min_size=3, max_size=3), min_size=1, max_size=15))
def test_columns_are_as_high_as_their_numbers_and_stay_inside(stacks):
    chart = charts.stacked([str(place) for place in range(len(stacks))], stacks)
    highest = max(1, *map(sum, stacks))
    tallest = max((sum(block.height for block in column.blocks) for column in chart.columns), default=0)
    for column, stack in zip(chart.columns, stacks, strict=True):
        height = sum(block.height for block in column.blocks)
        assert height == pytest.approx(tallest * sum(stack) / highest, abs=0.1)
        assert [block.part for block in column.blocks] == [part for part, number in enumerate(stack) if number]
        assert all(chart.left <= block.x and block.x + block.width <= chart.width for block in column.blocks)
        assert all(block.y >= 0 and block.y + block.height <= chart.base + 0.01 for block in column.blocks)


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=12))
def test_entries_go_up_and_removals_go_down_on_one_scale(pairs):
    chart = charts.paired(["x"] * len(pairs), [up for up, _ in pairs], [down for _, down in pairs])
    for column, (up, down) in zip(chart.columns, pairs, strict=True):
        blocks = {block.part: block for block in column.blocks}
        assert set(blocks) == {part for part, number in ((0, up), (1, down)) if number}
        if up:
            assert blocks[0].y + blocks[0].height == pytest.approx(chart.base, abs=0.02)
        if down:
            assert blocks[1].y == pytest.approx(chart.base, abs=0.02)
        if up and down:
            assert blocks[0].height / up == pytest.approx(blocks[1].height / down, abs=0.02)


@given(st.integers(0, 10**7))
def test_a_scale_has_few_lines(span):
    step = charts.nice_step(span)
    assert step * charts.MOST_STEPS >= span
    assert str(step).rstrip("0") in {"1", "2", "5"}


# ---------------------------------------------------------------- page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scope", ["", "?scope=all"])
def test_the_page_stands_in_each_language_and_can_be_cached(reader, language, scope):
    page = reader.get(f"/{language}/statistics{scope}")
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert page.headers["Cache-Control"].startswith("public")
    assert "style=" not in page.text


def test_an_empty_register_says_so(client):
    page = client.get("/en/statistics").text
    assert "No list has been imported yet." in page
    assert "<svg" not in page


def test_the_page_says_what_the_home_page_and_the_lists_say(reader):
    page = reader.get("/en/statistics").text
    told = re.findall(r"<dd>(\d+)</dd>", page)
    shown = numbers()
    assert told == [str(shown.units), str(shown.entries)]
    assert table(page, "by-year")[-1][-2:] == [str(shown.entries), str(shown.units)]
    listed = reader.get("/en/lists/?status=active").text
    assert f"{shown.entries} entries" in listed


@pytest.mark.parametrize("scope", ["", "?scope=all"])
def test_each_line_leads_to_the_entries_it_counts(reader, scope):
    page = reader.get(f"/en/statistics{scope}").text
    rows = re.findall(r'<tr><th scope="row"><a href="([^"]+)">.*?</tr>', page, re.DOTALL)
    assert len(rows) > 10
    for match in re.finditer(r'<tr><th scope="row"><a href="([^"]+)">.*?</tr>', page, re.DOTALL):
        address = match[1].replace("&amp;", "&")
        if "level=" in address or "category=" in address:
            amounts = re.findall(r'class="amount"[^>]*>(\d+)<', match[0])
            assert f"{amounts[-2]} entries" in reader.get(address).text, address


def test_every_drawing_has_a_name_and_its_numbers_stand_in_a_table(reader):
    page = reader.get("/zh/statistics?scope=all").text
    drawings = re.findall(r'<svg class="columns".*?</svg>', page, re.DOTALL)
    assert len(drawings) == 2
    for drawing, heading in zip(drawings, ("by-year", "flows"), strict=True):
        named = re.search(r'role="img" aria-labelledby="([\w-]+)"', drawing)[1]
        assert re.search(rf'<title id="{named}">[^<]+</title>', drawing)
        labels = re.findall(r'class="label"[^>]*>(\d+)<', drawing)
        assert labels == [row[0] for row in reversed(table(page, heading)) if row[0].isdigit()]
    others = re.findall(r"<svg\b[^>]*>", "".join(page.split('<svg class="columns"')))
    assert all('aria-hidden="true"' in other for other in others)


def test_a_level_is_told_by_pattern_and_not_by_colour_alone(reader):
    drawing = re.search(r'<svg class="columns".*?</svg>', reader.get("/zh/statistics").text, re.DOTALL).group()
    fills = set(re.findall(r'<rect x=[^>]*?(fill="url\(#years-\d\)")? ?class="part', drawing))
    assert fills == {"", 'fill="url(#years-1)"'}


def test_a_removal_counts_when_it_is_announced(client):
    list_unit("拉萨示例一厂", year=2025)
    entry = db.session.query(ListEntry).one()
    entry.status = EntryStatus.PENDING_REMOVAL
    db.session.commit()
    assert table(client.get("/en/statistics").text, "flows")[0][1:] == ["0", "0", "1"]
    entry = db.session.query(ListEntry).one()
    entry.status, entry.removed_on, entry.ground = EntryStatus.REMOVED, date(2026, 1, 5), RemovalGround.FALSE_MATERIAL
    db.session.commit()
    assert [fact.left_in for fact in facts(Scope.REGION)] == [2026]
    assert ["2026", "0", "1", "0"] in table(client.get("/en/statistics").text, "flows")


def test_the_page_asks_as_often_for_many_as_for_few(client, count_queries):
    def asked():
        with count_queries() as counted:
            assert client.get("/zh/statistics").status_code == 200
        return counted.number

    list_unit("拉萨示例一厂")
    few = asked()
    for number in range(4):
        list_unit(f"昌都示例{number}厂", place="昌都市", year=2022 + number)
    assert db.session.query(Unit).count() == 5
    assert asked() == few <= 3


def test_the_way_to_it_stands_in_the_foot_of_every_page_and_in_the_site_map(client):
    assert '<a href="/bo/statistics">' in client.get("/bo/about").text
    assert "/zh/statistics</loc>" in client.get("/sitemap.xml").text


def test_measured_numbers_stand_in_proportion_and_a_year_without_one_stays_empty():
    chart = charts.trend(
        ["2022", "2023", "2024", "2025"],
        [Decimal("12.5"), None, Decimal(25), Decimal(0)],
        ["12.5", "", "25", "0"],
    )
    heights = [sum(block.height for block in column.blocks) for column in chart.columns]
    assert heights[0] * 2 == heights[2] == chart.base - charts.TOP
    assert heights[1] == heights[3] == 0
    assert [column.number for column in chart.columns] == ["12.5", "", "25", "0"]
    assert [tick.y for tick in chart.ticks] == [chart.base]


def test_nothing_but_zeros_is_no_fault():
    assert charts.trend(["2025"], [Decimal(0)], ["0"]).columns[0].top == charts.HEIGHT - charts.BOTTOM
