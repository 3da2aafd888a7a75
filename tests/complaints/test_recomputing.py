"""A changed calendar and promised dates: the unknown get known, those that run may become later, none earlier."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.complaints import clocks, services
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.workdays import NATIONAL
from portal.rulebook import services as rules
from portal.rulebook.importing import DayRow
from portal.rulebook.places import NATIONAL as COUNTRY
from portal.rulebook.places import REGION
from tests.complaints.conftest import filing
from tests.rulebook.conftest import NOTICE, at, free, year_2027

FILED = date(2025, 5, 6)
DUE = NATIONAL.add(FILED, 15)


def file(units) -> Case:
    services.file_complaint(filing(Respondent(units.lhasa.name, units.lhasa)), services.new_token())
    return db.session.scalars(select(Case)).unique().one()


@pytest.fixture
def case(units):
    """A complaint of May 2025 against a unit of Lhasa."""
    with at(FILED):
        return file(units)


def again(case):
    db.session.expire_all()
    return case


@pytest.mark.parametrize("place", [REGION, "lhasa"])
def test_a_holiday_before_the_promised_day_moves_it_by_one_working_day(case, people, place):
    assert case.due_on == DUE
    with at(FILED + timedelta(days=1)):
        rules.enter_days(place, free(date(2025, 5, 12)), NOTICE, by=people.editor)
    assert again(case).due_on == NATIONAL.add(DUE, 1)
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "complaints.case.recomputed")).one()
    assert record.data == {"from": DUE.isoformat(), "due": case.due_on.isoformat()}


def test_a_holiday_of_another_prefecture_moves_nothing(case, people):
    with at(FILED + timedelta(days=1)):
        rules.enter_days("shigatse", free(date(2025, 5, 12)), NOTICE, by=people.editor)
    assert again(case).due_on == DUE


def test_a_day_taken_back_and_a_make_up_day_bring_nothing_nearer(case, people):
    with at(FILED + timedelta(days=1)):
        rules.enter_days(REGION, free(date(2025, 5, 12)), NOTICE, by=people.editor)
        rules.enter_days(REGION, [DayRow(date(2025, 5, 12), True), DayRow(date(2025, 5, 17), True)], NOTICE, by=None)
    assert again(case).due_on == NATIONAL.add(DUE, 1)
    assert clocks.steps(case) == ()


def test_a_date_that_has_passed_stays(case, people):
    with at(DUE + timedelta(days=1)):
        rules.enter_days(REGION, free(date(2025, 5, 12)), NOTICE, by=people.editor)
    assert again(case).due_on == DUE


def test_a_date_in_a_year_nobody_knows_is_promised_the_moment_it_is_entered(units, people):
    with at(date(2026, 12, 21)):
        filed = file(units)
        assert filed.due_on is None
        assert filed.clock_days == 15
        rules.enter_days(COUNTRY, year_2027().rows, NOTICE, year=2027, by=people.editor)
        assert again(filed).due_on == date(2027, 1, 12)
        steps = clocks.steps(filed)
    assert (steps[0].day, steps[-1].day, sum(step.counted for step in steps)) == (
        date(2026, 12, 21),
        date(2027, 1, 12),
        15,
    )


def test_staff_can_see_how_the_date_was_counted(units, people, login):
    with at(date(2026, 8, 3)):
        rules.enter_days("lhasa", free(date(2026, 8, 13), name="雪顿节"), NOTICE, by=people.editor)
        made = file(units)
        page = login(people.lhasa_officer).get(f"/desk/verification/{made.id}")
    assert "雪顿节" in page.text
    assert made.due_on.isoformat() in page.text
