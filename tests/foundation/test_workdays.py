"""The official working-day calendar, against published notices and against the package that knows the days."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.workdays import NATIONAL, Calendar, DateNotCovered
from portal.settings import ROOT

PUBLISHED = ROOT / "portal" / "register" / "data" / "publicity_windows.csv"
#: The years in which a window that begins on any day ends on a day that is still covered.
COVERED = st.dates(date(2004, 1, 1), date(2026, 11, 30))


def published_windows(file: Path = PUBLISHED) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


WINDOWS = published_windows()
IN_WORKING_DAYS = [row for row in WINDOWS if "working" in row["announced_as"]]


def test_there_are_published_windows_to_compare_with() -> None:
    assert len(WINDOWS) == 7
    assert len(IN_WORKING_DAYS) == 4


@pytest.mark.parametrize("row", WINDOWS, ids=lambda row: row["place"])
def test_the_working_days_in_a_published_window_are_counted_as_the_notice_counts_them(row: dict[str, str]) -> None:
    first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
    assert (last - first).days + 1 == int(row["calendar_days"])
    assert NATIONAL.between(first - timedelta(days=1), last) == int(row["working_days"])


@pytest.mark.parametrize("row", IN_WORKING_DAYS, ids=lambda row: row["place"])
def test_a_window_ends_on_the_day_that_the_published_notice_names(row: dict[str, str]) -> None:
    window = NATIONAL.window(date.fromisoformat(row["from"]), 5)
    assert (window.first.isoformat(), window.last.isoformat()) == (row["from"], row["to"])
    assert len(window.days) == 5


def test_a_make_up_sunday_is_a_working_day_and_the_holiday_it_pays_for_is_not() -> None:
    assert NATIONAL.is_workday(date(2024, 4, 7))
    assert not NATIONAL.is_workday(date(2024, 4, 5))
    assert NATIONAL.window(date(2024, 4, 7), 5).last == date(2024, 4, 11)


def test_every_day_of_seven_years_agrees_with_the_package() -> None:
    day, disagreements = date(2020, 1, 1), []
    while day <= date(2026, 12, 31):
        if NATIONAL.is_workday(day) is not chinese_calendar.is_workday(day):
            disagreements.append(day)
        day += timedelta(days=1)
    assert disagreements == []


@pytest.mark.parametrize(
    ("first", "last", "what"),
    [
        (date(2025, 10, 1), date(2025, 10, 8), "National Day and Mid-Autumn"),
        (date(2025, 1, 28), date(2025, 2, 4), "Spring Festival"),
        (date(2026, 2, 15), date(2026, 2, 23), "Spring Festival"),
    ],
)
def test_the_long_holidays_have_no_working_day(first: date, last: date, what: str) -> None:
    assert NATIONAL.between(first - timedelta(days=1), last) == 0, what


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 3, 1), date(2003, 12, 31)])
def test_a_year_that_was_not_announced_is_refused_and_not_guessed(day: date) -> None:
    with pytest.raises(DateNotCovered) as refused:
        NATIONAL.is_workday(day)
    assert refused.value.day == day


def test_a_window_that_would_run_into_an_unknown_year_is_refused() -> None:
    with pytest.raises(DateNotCovered):
        NATIONAL.window(date(2026, 12, 30), 5)


def test_an_entered_day_stands_above_the_national_calendar_also_in_an_unknown_year() -> None:
    losar = Calendar({date(2025, 2, 27): False, date(2025, 2, 28): False, date(2027, 1, 4): True})
    assert NATIONAL.is_workday(date(2025, 2, 27))
    assert not losar.is_workday(date(2025, 2, 27))
    assert losar.is_workday(date(2027, 1, 4))
    assert losar.window(date(2025, 2, 26), 5).last > NATIONAL.window(date(2025, 2, 26), 5).last


def test_the_stricter_convention_begins_on_the_next_working_day() -> None:
    usual = NATIONAL.window(date(2025, 5, 26), 5)
    strict = NATIONAL.window(date(2025, 5, 26), 5, first_day_counts=False)
    assert usual.last == date(2025, 5, 30)
    assert strict.first == usual.first
    assert strict.days[0] == date(2025, 5, 27)
    assert strict.last == date(2025, 6, 3)  # beyond the Dragon Boat festival of 31 May to 2 June


@given(published=COVERED, days=st.integers(1, 15), first_day_counts=st.booleans())
def test_a_window_never_holds_fewer_working_days_than_were_promised(
    published: date, days: int, first_day_counts: bool
) -> None:
    window = NATIONAL.window(published, days, first_day_counts=first_day_counts)
    inside = [published + timedelta(days=n) for n in range((window.last - published).days + 1)]
    working = [day for day in inside if chinese_calendar.is_workday(day)]
    assert len(window.days) == days
    assert set(window.days) <= set(working)
    assert len(working) >= days
    assert window.first == published
    assert window.last == window.days[-1]
    assert window.days[0] > published or first_day_counts


@given(
    published=COVERED,
    days=st.integers(1, 10),
    holidays=st.sets(st.dates(date(2004, 1, 1), date(2026, 12, 20)), max_size=6),
)
def test_a_holiday_entered_later_never_shortens_a_window(published: date, days: int, holidays: set[date]) -> None:
    try:
        window = Calendar(dict.fromkeys(holidays, False)).window(published, days)
    except DateNotCovered:
        return
    assert window.last >= NATIONAL.window(published, days).last
    assert not holidays & set(window.days)


@given(start=st.dates(date(2004, 1, 1), date(2026, 10, 1)), days=st.integers(1, 30))
def test_adding_and_counting_working_days_agree(start: date, days: int) -> None:
    end = NATIONAL.add(start, days)
    assert NATIONAL.is_workday(end)
    assert NATIONAL.between(start, end) == days
    assert NATIONAL.between(end, start) == -days


def test_adding_no_day_stays_where_it_is() -> None:
    assert NATIONAL.add(date(2025, 10, 4), 0) == date(2025, 10, 4)


@given(published=COVERED, days=st.integers(1, 10), offset=st.integers(-3, 30))
def test_the_days_left_fall_to_one_on_the_last_day_and_to_none_after_it(
    published: date, days: int, offset: int
) -> None:
    window = NATIONAL.window(published, days)
    today = published + timedelta(days=offset)
    assert 0 <= window.left(today) <= days
    assert window.left(window.last) == 1
    assert window.left(window.last + timedelta(days=1)) == 0
    assert window.left(published) == days
    assert window.is_open(today) is (published <= today <= window.last)
    assert not window.is_open(today) or window.left(today) >= 1
