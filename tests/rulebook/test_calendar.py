"""The calendar that staff keep: years nobody knows yet, regional days, days of one authority, and what follows them."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.authorities import queries as authorities
from portal.foundation import audit
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound, NotPermitted
from portal.foundation.workdays import NATIONAL, Calendar, DateNotCovered, Note, Why
from portal.rulebook import hooks, queries, services
from portal.rulebook.importing import DayRow
from portal.rulebook.places import NATIONAL as COUNTRY
from portal.rulebook.places import REGION
from portal.rulebook.services import Provenance
from tests.rulebook.conftest import NOTICE, at, free, year_2027

AUTUMN = date(2026, 11, 23)
LOSAR = tuple(date(2025, 2, 27) + timedelta(days=offset) for offset in range(6))


class TestAYearThatNobodyKnowsYet:
    """2027 is announced in the autumn before; until it is entered, nothing is guessed."""

    def test_it_is_refused_in_words_until_it_is_entered_and_then_right(self, people: SimpleNamespace) -> None:
        with pytest.raises(DateNotCovered) as refused:
            queries.calendar().window(date(2026, 12, 30), 5)
        assert "工作日" in str(refused.value.message)
        services.enter_days(COUNTRY, year_2027().rows, NOTICE, year=2027, by=people.editor)
        window = queries.calendar().window(date(2026, 12, 30), 5)
        assert [day.isoformat() for day in window.days] == [
            "2026-12-30",
            "2026-12-31",
            "2027-01-04",
            "2027-01-05",
            "2027-01-06",
        ]

    def test_every_day_of_it_follows_the_list_or_else_the_week(self, people: SimpleNamespace) -> None:
        days = year_2027()
        services.enter_days(COUNTRY, days.rows, NOTICE, year=2027, by=people.editor)
        calendar, said = queries.calendar(), {row.day: row.working for row in days.rows}
        day = date(2027, 1, 1)
        while day.year == 2027:
            assert calendar.is_workday(day) is said.get(day, day.weekday() < 5), day
            day += timedelta(days=1)
        with pytest.raises(DateNotCovered):
            calendar.is_workday(date(2028, 1, 3))

    def test_single_days_of_it_do_not_make_the_year_known(self, people: SimpleNamespace) -> None:
        services.enter_days(COUNTRY, year_2027().rows, NOTICE, by=people.editor)
        assert queries.calendar().is_workday(date(2027, 2, 20))
        with pytest.raises(DateNotCovered):
            queries.calendar().is_workday(date(2027, 3, 1))

    @pytest.mark.parametrize("left_out", [(1, 1), (5, 1), (10, 1)])
    def test_a_list_that_cannot_be_a_whole_year_is_refused(
        self, people: SimpleNamespace, left_out: tuple[int, int]
    ) -> None:
        missing = date(2029, *left_out)
        assert missing.weekday() < 5
        rows = [DayRow(row.day.replace(year=2029), row.working) for row in year_2027().rows]
        rows = [row for row in rows if row.day != missing]
        with pytest.raises(Invalid) as refused:
            services.enter_days(COUNTRY, rows, NOTICE, year=2029, by=people.editor)
        assert set(refused.value.fields) == {"year"}
        assert not queries.entered_days()

    def test_only_the_country_has_whole_years(self, people: SimpleNamespace) -> None:
        with pytest.raises(Invalid) as refused:
            services.enter_days(REGION, year_2027().rows, NOTICE, year=2027, by=people.editor)
        assert set(refused.value.fields) == {"year"}


class TestPlaces:
    """What is declared nearer stands above what is declared farther away."""

    def test_days_of_the_region_hold_for_all_and_those_of_an_authority_for_it_alone(
        self, people: SimpleNamespace
    ) -> None:
        lhasa, shigatse = authorities.authority_by_code("lhasa"), authorities.authority_by_code("shigatse")
        assert lhasa is not None
        assert shigatse is not None
        services.enter_days(REGION, free(*LOSAR[:2], name="藏历新年"), NOTICE, by=people.editor)
        services.enter_days("lhasa", free(LOSAR[5]), NOTICE, by=people.editor)
        services.enter_days("shigatse", [DayRow(LOSAR[0], working=True)], NOTICE, by=people.editor)
        assert not queries.calendar().is_workday(LOSAR[0])
        assert queries.calendar().is_workday(LOSAR[5])
        assert not queries.calendar(lhasa).is_workday(LOSAR[5])
        assert not queries.calendar(lhasa.id).is_workday(LOSAR[0])
        assert queries.calendar(shigatse).is_workday(LOSAR[0])
        assert not queries.calendar(shigatse).is_workday(LOSAR[1])
        assert queries.calendar(authorities.department()) == queries.calendar()

    def test_an_unknown_place_a_missing_source_and_no_days_are_all_named(self, people: SimpleNamespace) -> None:
        with pytest.raises(Invalid) as refused:
            services.enter_days("atlantis", [], Provenance(" "), by=people.editor)
        assert set(refused.value.fields) == {"place", "source", "days"}


def test_each_day_carries_where_it_is_known_from(people):
    services.enter_days(REGION, free(LOSAR[0], name="藏历新年"), Provenance("样本通知", "", "x"), by=people.editor)
    (day,) = queries.entered_days(year=2025)
    assert (day.source, day.name, day.entered_by_id, len(day.sha256)) == ("样本通知", "藏历新年", people.editor.id, 64)


def test_the_same_days_again_change_nothing_and_a_different_one_replaces(people):
    assert services.enter_days(REGION, free(*LOSAR), NOTICE, by=people.editor) == 6
    assert services.enter_days(REGION, free(*LOSAR), NOTICE, by=people.editor) == 0
    assert services.enter_days(REGION, [DayRow(LOSAR[0], working=True)], NOTICE, by=people.editor) == 1
    assert len(queries.entered_days(REGION)) == 6
    assert queries.calendar().is_workday(LOSAR[0])


def test_a_day_is_taken_back(people):
    services.enter_days(REGION, free(LOSAR[0]), NOTICE, by=people.editor)
    (day,) = queries.entered_days()
    services.remove_day(day.id, by=people.editor)
    assert queries.calendar().is_workday(LOSAR[0])
    with pytest.raises(NotFound):
        services.remove_day(day.id, by=people.editor)


@pytest.mark.parametrize("who", ["lhasa_officer", "reviewer", "determiner", "administrator", "auditor"])
def test_only_an_editor_of_the_department_keeps_the_calendar(people, who):
    services.enter_days(REGION, free(LOSAR[0]), NOTICE, by=people.editor)
    with pytest.raises(NotPermitted):
        services.enter_days(REGION, free(LOSAR[1]), NOTICE, by=getattr(people, who))
    with pytest.raises(NotPermitted):
        services.remove_day(queries.entered_days()[0].id, by=getattr(people, who))


def test_every_change_is_announced_inside_its_transaction_and_audited(app, people):
    heard = []

    def hear(_app, by=None, **_extra):
        heard.append((by.id, queries.calendar().is_workday(LOSAR[0])))

    with hooks.calendar_changed.connected_to(hear):
        services.enter_days(REGION, free(LOSAR[0]), NOTICE, by=people.editor)
        services.remove_day(queries.entered_days()[0].id, by=people.editor)
    assert heard == [(people.editor.id, False), (people.editor.id, True)]
    actions = db.session.scalars(
        select(AuditRecord.action).where(AuditRecord.subject == "calendar:region").order_by(AuditRecord.id)
    ).all()
    assert actions == ["rulebook.calendar.days_entered", "rulebook.calendar.day_removed"]
    assert audit.verify() is None


def test_whoever_answers_with_an_error_refuses_the_change(app, people):
    def refuse(_app, **_extra):
        raise Invalid

    with hooks.calendar_changed.connected_to(refuse), pytest.raises(Invalid):
        services.enter_days(REGION, free(LOSAR[0]), NOTICE, by=people.editor)
    assert not queries.entered_days()


def test_a_page_that_computes_many_dates_reads_the_calendar_once(app, count_queries):
    with count_queries() as counted:
        for _ in range(20):
            queries.calendar().add(date(2025, 5, 6), 30)
    assert counted.number <= 3


class TestExplanation:
    """Every due date can show how it was computed."""

    def test_the_days_over_a_holiday_are_named(self) -> None:
        steps = NATIONAL.explain(date(2024, 4, 3), 2)
        assert [(step.day.day, step.counted, step.why, step.name) for step in steps] == [
            (3, False, Why.START, ""),
            (4, False, Why.HOLIDAY, "清明"),
            (5, False, Why.HOLIDAY, "清明"),
            (6, False, Why.HOLIDAY, "清明"),
            (7, True, Why.MAKE_UP, "清明"),
            (8, True, Why.WORKDAY, ""),
        ]

    def test_a_local_holiday_says_so(self) -> None:
        calendar = Calendar({LOSAR[0]: False}, notes={LOSAR[0]: Note("藏历新年", local=True)})
        assert calendar.why(LOSAR[0]) == (Why.LOCAL_HOLIDAY, "藏历新年")

    def test_an_unknown_year_is_not_explained_away(self) -> None:
        with pytest.raises(DateNotCovered):
            NATIONAL.explain(date(2026, 12, 28), 10)

    @given(start=st.dates(date(2020, 1, 1), date(2026, 9, 30)), days=st.integers(1, 30), first=st.booleans())
    def test_it_ends_where_the_count_ends_and_counts_what_the_count_counts(
        self, start: date, days: int, first: bool
    ) -> None:
        steps = NATIONAL.explain(start, days, first_day_counts=first)
        window = NATIONAL.window(start, days, first_day_counts=first)
        assert tuple(step.day for step in steps if step.counted) == window.days
        assert steps[-1].day == window.last
        assert [step.day for step in steps] == [start + timedelta(days=n) for n in range(len(steps))]
        if not first:
            assert steps[-1].day == NATIONAL.add(start, days)

    def test_every_day_of_seven_years_has_a_reason_that_fits(self) -> None:
        day = date(2020, 1, 1)
        while day.year < 2027:
            why, _name = NATIONAL.why(day)
            working = NATIONAL.is_workday(day)
            expected = {Why.WORKDAY, Why.MAKE_UP} if working else {Why.WEEKEND, Why.HOLIDAY}
            assert why in expected, day
            assert (why is Why.MAKE_UP) == (working and day.weekday() >= 5), day
            day += timedelta(days=1)


def test_a_week_of_autumn_is_no_whole_year(people):
    with at(AUTUMN), pytest.raises(Invalid):
        services.enter_days(COUNTRY, free(date(2027, 1, 1)), NOTICE, year=2027, by=people.editor)
