"""Complaints in numbers: what is counted, and that nobody can compute back what is not shown."""

from __future__ import annotations

import csv
import io
import itertools
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.complaints import figures as counting
from portal.complaints.figures import Fact, Measure, published
from portal.complaints.rules import CaseAct
from portal.complaints.suppressing import LEAST_SHOWN, Table, hidden_places
from portal.foundation import clock
from portal.foundation.database import db

TODAY = date(2026, 11, 23)
counts = st.lists(st.integers(0, 9), min_size=6, max_size=6)


def table(numbers, rows: int, columns: int) -> Table[str, int]:
    names, years = [f"a{row}" for row in range(rows)], [2020 + column for column in range(columns)]
    return Table(names, years, dict(zip(itertools.product(names, years), numbers, strict=True)))


def told(shown: Table[str, int]) -> tuple[int | None, ...]:
    hidden = hidden_places(shown)
    return tuple(None if place in hidden else shown.number(*place) for place in shown.cells())


def whole(shown: Table[str, int]) -> tuple[int, ...]:
    return tuple(shown.number(*place) for place in shown.cells())


@given(counts)
def test_no_small_number_is_shown(numbers):
    assert all(number is None or number >= LEAST_SHOWN for number in told(table(numbers, 2, 3)))


@given(counts)
def test_no_line_has_a_single_number_that_is_kept_back(numbers):
    shown = table(numbers, 2, 3)
    hidden = hidden_places(shown)
    for axis in (0, 1):
        for line in {place[axis] for place in shown.cells()}:
            assert sum(place[axis] == line for place in hidden) != 1


@pytest.mark.parametrize(("rows", "columns", "highest"), [(1, 2, 8), (1, 4, 4), (2, 2, 5)])
def test_no_number_that_is_kept_back_follows_from_those_that_are_shown(rows, columns, highest):
    """Every table there can be: with what is shown of one, each hidden number could have been another one as well."""
    masks, tables = defaultdict(list), []
    for numbers in itertools.product(range(highest + 1), repeat=rows * columns):
        shown = table(numbers, rows, columns)
        tables.append(whole(shown))
        # At the edge of those that are tried there is no table with one more.
        if max(numbers) < highest:
            masks[tuple(number is None for number in told(shown))].append(tables[-1])
    for mask, own in masks.items():
        assert_hides(mask, own, tables)


def assert_hides(mask, own, tables):
    """That each hidden number of the tables ``own`` is another one in some table with the same shown numbers."""
    shown = [place for place, is_hidden in enumerate(mask) if not is_hidden]
    alike = defaultdict(list)
    for numbers in tables:
        alike[tuple(numbers[place] for place in shown)].append(numbers)
    for numbers in own:
        others = alike[tuple(numbers[place] for place in shown)]
        for place, hides in enumerate(mask):
            assert not hides or len({other[place] for other in others}) > 1, (numbers, mask)


def test_numbers_that_lie_within_others_do_not_give_them_away():
    """Received, accepted and upheld of two authorities, every case: what is kept back could always be another number."""
    names = ["a", "b"]
    cells = [(r, a, u, 0) for r in range(6) for a in range(r + 1) for u in range(a + 1)]
    told_measures = [measure for measure in Measure if measure is not Measure.OVERDUE]
    everything, masks = [], defaultdict(set)
    for pair in itertools.product(cells, repeat=2):
        tables = {
            measure: Table(names, [2026], {(name, 2026): cell[order] for name, cell in zip(names, pair, strict=True)})
            for order, measure in enumerate(Measure)
        }
        hidden = counting._hidden(tables)
        numbers = tuple(n for measure in told_measures for n in whole(tables[measure]))
        masks[tuple(place in hidden[m] for m in told_measures for place in tables[m].cells())].add(numbers)
        everything.append(numbers)
    for mask, own in masks.items():
        assert_hides(mask, own, everything)


facts = st.lists(
    st.builds(
        Fact,
        authority=st.sampled_from(["lhasa", "chamdo", "ngari", "department"]),
        year=st.integers(2024, 2026),
        accepted=st.booleans(),
        upheld=st.booleans(),
        overdue=st.booleans(),
        days=st.none() | st.integers(0, 90),
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(facts)
def test_what_is_shown_is_true_and_no_middle_is_told_of_few(sample):
    found = published(sample, ["department", "lhasa", "chamdo", "ngari"], TODAY)
    for (authority, year), line in found.lines.items():
        mine = [one for one in sample if authority in {None, one.authority} and year in {None, one.year}]
        for measure, number in line.numbers.items():
            assert number is None or number == sum(one.counts_for(measure) for one in mine) >= LEAST_SHOWN
        if line.median_days is not None:
            assert sum(one.days is not None for one in mine) >= LEAST_SHOWN


def test_years_without_a_complaint_are_told_too():
    found = published([Fact("lhasa", 2023)] * 5, ["lhasa"], TODAY)
    assert found.years == [2023, 2024, 2025, 2026]
    assert found.line(None, None).numbers[Measure.RECEIVED] == 5


@pytest.fixture
def four_cases(units, people, do):
    """Four complaints against the unit of Lhasa: one determined after working days, all accepted, three overdue."""
    from portal.complaints import services
    from portal.complaints.respondents import Respondent
    from portal.complaints.rules import Finding
    from tests.complaints.conftest import filing

    cases = []
    for day in range(4):
        with clock.at(datetime(2026, 9, 7 + day, 4, tzinfo=clock.ZONE)):
            form = filing(
                Respondent(units.lhasa.name, units.lhasa), statement=f"第{day}份举报，所述事实各不相同，附照片。"
            )
            case = services.file_complaint(form, services.new_token()).filing
            do(case, CaseAct.ACCEPT, people.lhasa_officer)
            cases.append(case)
    with clock.at(datetime(2026, 9, 14, 4, tzinfo=clock.ZONE)):
        do(cases[0], CaseAct.VERIFY, people.lhasa_officer)
        do(cases[0], CaseAct.REPORT, people.lhasa_officer, finding=Finding.SUBSTANTIATED)
        do(cases[0], CaseAct.ORDER_RECTIFICATION, people.determiner, rectify_by=date(2027, 1, 8))
    return cases


def test_cases_are_counted_by_what_happened_to_them(app, four_cases):
    found = counting.figures(TODAY)
    line = found.line(None, 2026)
    assert line.numbers == {Measure.RECEIVED: 4, Measure.ACCEPTED: 4, Measure.UPHELD: None, Measure.OVERDUE: 3}
    assert line.median_days is None
    # Eight authorities have none: the one number beside them would follow from the sum.
    assert found.line("lhasa", 2026).numbers[Measure.RECEIVED] is None


def test_two_busy_authorities_are_told_apart():
    sample = [Fact("lhasa", 2026, accepted=True)] * 7 + [Fact("chamdo", 2026)] * 4 + [Fact("ngari", 2026)] * 2
    found = published(sample, ["lhasa", "chamdo", "ngari", "nagqu"], TODAY)
    received = {name: found.line(name, 2026).numbers[Measure.RECEIVED] for name in found.authorities}
    assert received == {"lhasa": 7, "chamdo": 4, "ngari": None, "nagqu": None}
    assert found.line(None, 2026).numbers == {
        Measure.RECEIVED: 13,
        Measure.ACCEPTED: 7,
        Measure.UPHELD: None,
        Measure.OVERDUE: None,
    }


def test_the_page_the_table_and_the_open_data_say_the_same(app, client, four_cases):
    with clock.at(datetime(2026, 11, 23, 4, tzinfo=clock.ZONE)):
        page = client.get("/zh/complaints/figures?year=2026")
        rows = list(csv.DictReader(io.StringIO(client.get("/zh/complaints/figures.csv").text.removeprefix("\ufeff"))))
        told = client.get("/zh/complaints/figures.json").json
    assert page.status_code == 200
    assert page.headers["Cache-Control"].startswith("public")
    total = next(row for row in rows if not row["authority"] and row["year"] == "2026")
    assert (total["received"], total["upheld"], total["overdue"]) == ("4", "", "3")
    assert len(told["figures"]) == len(rows) == 10 * 2
    assert next(row for row in told["figures"] if row["authority"] is None)["received"] == 4
    assert '<td class="amount" data-label="已收到">4</td>' in page.text
    assert "不显示" in page.text


@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_the_page_stands_where_there_is_nothing_to_count(client, language):
    page = client.get(f"/{language}/complaints/figures?year=1999")
    assert page.status_code == 200
    assert f"/{language}/complaints/figures.csv" in page.text
    assert f'href="/{language}/complaints/figures"' in client.get(f"/{language}/complaints/").text


def test_counting_asks_as_often_for_many_as_for_few(app, four_cases, count_queries):
    db.session.rollback()
    with count_queries() as counted:
        counting.figures(TODAY + timedelta(days=1))
    assert counted.number <= 6
