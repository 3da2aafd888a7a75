"""Days from a file: every bad row named, nothing half taken."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rulebook import importing
from portal.rulebook.importing import DayRow, UnreadableDays, read_file, read_text
from tests.rulebook.conftest import SAMPLE_2027, year_2027


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_runs_of_days_free_days_and_make_up_days_are_read():
    days = year_2027()
    assert not days.faults
    assert len(days.rows) == 3 + 7 + 1 + 3 + 5 + 1 + 1 + 1 + 7 + 1
    assert DayRow(date(2027, 2, 20), working=True, name="春节") in days.rows
    assert DayRow(date(2027, 10, 7), working=False, name="国庆节") in days.rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_that_offices_use(encoding):
    assert read_file(SAMPLE_2027.encode(encoding), 2027) == year_2027()


def test_a_workbook_is_read_with_real_dates_and_with_written_ones():
    found = read_file(
        workbook(("Date", "Kind", "Name"), (datetime(2027, 1, 1), "off", "元旦"), ("2027年1月2日", "班", None))
    )
    assert found.rows == (DayRow(date(2027, 1, 1), False, "元旦"), DayRow(date(2027, 1, 2), True))


def test_lines_need_no_heading_and_take_the_marks_of_a_chinese_keyboard():
    assert read_text("2027-02-26，休，藏历新年\n2027/2/27\t班").rows == (
        DayRow(date(2027, 2, 26), False, "藏历新年"),
        DayRow(date(2027, 2, 27), True),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("二月一日,休", importing.NO_DAY),
        ("2027-02-30,休", importing.NO_DAY),
        ("2027-02-01,也许", importing.NO_KIND),
        ("2027-01-01,班", importing.TWICE),
        ("2026-12-31,休", importing.OTHER_YEAR),
    ],
)
def test_a_bad_row_is_named_with_its_number_and_its_reason(line, reason):
    found = read_text(f"2027-01-01,休,元旦\n\n{line}", 2027)
    (fault,) = found.faults
    assert (fault.row, str(fault.reason)) == (3, str(reason))
    assert fault.text == ", ".join(line.split(","))


def test_a_run_that_goes_backwards_or_over_months_is_refused():
    rows = "日期,结束,类型\n2027-02-05,2027-02-01,休\n2027-02-05,2027-12-01,休"
    assert [str(fault.reason) for fault in read_text(rows).faults] == [str(importing.BAD_RUN)] * 2


@pytest.mark.parametrize("content", [b"", b"\n\n", b"PK\x03\x04broken", b"\xff\xfe\x00\x81", b"x" * 2_000_000])
def test_what_is_no_list_is_refused_in_words(content):
    with pytest.raises(UnreadableDays):
        read_file(content)


def test_ten_thousand_rows_are_no_calendar():
    with pytest.raises(UnreadableDays):
        read_text("2027-01-01,休\n" * 10_000)


@given(
    st.dictionaries(
        st.dates(date(2000, 1, 1), date(2099, 12, 31)),
        st.tuples(st.booleans(), st.sampled_from(["", "藏历新年", "雪顿节", "Losar"])),
        min_size=1,
        max_size=40,
    )
)
def test_the_lines_of_a_preview_read_as_the_same_days_again(chosen):
    rows = tuple(DayRow(day, *chosen[day]) for day in sorted(chosen))
    found = importing.Days(rows, ())
    assert read_text(found.as_text) == found


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    try:
        found = read_text(text)
    except UnreadableDays:
        return
    assert found.rows or found.faults
