"""A changed calendar and publicity windows: what is open may become longer, and never shorter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from portal.content import services as content_services
from portal.content.models import Document
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db, transaction
from portal.foundation.workdays import NATIONAL as NATIONAL_DAYS
from portal.register import queries
from portal.register.models import PublicityWindow
from portal.rulebook import queries as rulebook
from portal.rulebook import services as rules
from portal.rulebook.importing import DayRow
from portal.rulebook.models import CalendarDay
from portal.rulebook.places import NATIONAL, REGION
from tests.rulebook.conftest import NOTICE, at, free, year_2027

OPENED = date(2025, 5, 26)
LAST = date(2025, 5, 30)


@pytest.fixture
def published(people: SimpleNamespace, notice: Callable[..., Document]) -> Callable[[date], Document]:
    """A notice that was published on a day."""

    def publish(day: date) -> Document:
        document = notice()
        with at(day):
            content_services.publish(document, by=people.reviewer)
        return document

    return publish


@pytest.fixture
def opened(published: Callable[[date], Document]) -> Document:
    """A notice whose window runs from a Monday to a Friday."""
    return published(OPENED)


def window_of(document: Document) -> PublicityWindow:
    db.session.expire_all()
    found = queries.window_of(document.id)
    assert found is not None
    return found


def test_a_holiday_inside_an_open_window_moves_its_end(published, people):
    document = published(OPENED)
    with at(date(2025, 5, 27)):
        rules.enter_days(REGION, free(date(2025, 5, 28), name="样本节日"), NOTICE, by=people.editor)
    window = window_of(document)
    assert window.last == date(2025, 6, 3)
    assert "2025-05-28" not in window.days
    assert len(window.days) == 5
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "register.window.extended")).one()
    assert record.data["from"] == "2025-05-30"
    assert record.actor == people.editor.actor


def test_the_day_taken_back_or_a_make_up_day_shortens_nothing(published, people):
    document = published(OPENED)
    with at(date(2025, 5, 27)):
        rules.enter_days(REGION, free(date(2025, 5, 28)), NOTICE, by=people.editor)
        rules.remove_day(rulebook.entered_days()[0].id, by=people.editor)
        rules.enter_days(REGION, [DayRow(date(2025, 5, 31), working=True)], NOTICE, by=people.editor)
    assert window_of(document).last == date(2025, 6, 3)


def test_a_window_that_is_over_is_not_opened_again(published, people):
    document = published(OPENED)
    with at(LAST + timedelta(days=1)):
        rules.enter_days(REGION, free(date(2025, 5, 28)), NOTICE, by=people.editor)
    assert window_of(document).last == LAST


def test_a_day_of_one_prefecture_does_not_move_the_departments_window(published, people):
    document = published(OPENED)
    with at(date(2025, 5, 27)):
        rules.enter_days("lhasa", free(date(2025, 5, 28)), NOTICE, by=people.editor)
    assert window_of(document).last == LAST


def test_a_notice_over_an_unknown_new_year_gets_its_window_when_the_year_is_entered(published, people, client):
    document = published(date(2026, 12, 30))
    assert queries.window_of(document.id) is None
    with at(date(2026, 12, 31)):
        rules.enter_days(NATIONAL, year_2027().rows, NOTICE, year=2027, by=people.editor)
        window = window_of(document)
        assert (window.first, window.last) == (date(2026, 12, 30), date(2027, 1, 6))
        page = client.get(f"/zh/publicity/{document.slug}")
        assert "2027年1月6日" in page.text
        assert "元旦" in page.text


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.dictionaries(st.dates(OPENED, date(2025, 6, 20)), st.booleans(), min_size=1, max_size=5), max_size=4
    ),
    lived=st.integers(0, 4),
)
def test_whatever_is_entered_a_window_never_becomes_shorter(opened, people, changes, lived):
    with transaction():
        db.session.execute(delete(CalendarDay))
        promised = NATIONAL_DAYS.window(OPENED, 5)
        window = queries.window_of(opened.id)
        assert window is not None
        window.last, window.days = promised.last, [day.isoformat() for day in promised.days]
    ends = [window_of(opened).last]
    with at(OPENED + timedelta(days=lived)):
        for change in changes:
            rows = [DayRow(day, working) for day, working in sorted(change.items())]
            rules.enter_days(REGION, rows, NOTICE, by=people.editor)
            ends.append(window_of(opened).last)
    assert ends[0] == LAST
    assert ends == sorted(ends)
    assert len(window_of(opened).days) == 5
