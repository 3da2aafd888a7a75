"""Duties in one place: the yearly form as the authority told it, orders, statements of change; reminded twice, once each."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.authorities.rules import Role
from portal.complaints.models import Case
from portal.credentials.duties import queries, reminding, rules, services
from portal.credentials.duties.models import DutyReminder, DynamicForm
from portal.credentials.duties.rules import FormState
from portal.credentials.members.models import UnitMember
from portal.credentials.sheets import RowFault
from portal.foundation import clock
from portal.foundation.chores import chores
from portal.foundation.database import db, transaction
from portal.foundation.errors import NotPermitted
from portal.foundation.languages import Language
from portal.foundation.outbox import OutboxMessage
from portal.register.changes import services as changes
from portal.register.changes.rules import Change, ChangeKind
from portal.register.duties import Duty, DutyState, duties_of
from tests.complaints.conftest import STATEMENT
from tests.credentials.conftest import ordered

YEAR = clock.today().year
DUE = date(YEAR, 4, 5)


def table(*rows, head=("企业名称", "统一社会信用代码", "填报状态")):
    text = io.StringIO()
    csv.writer(text).writerows([head, *(("样本", *row) for row in rows)])
    return text.getvalue().encode()


def tell(content, by, year=YEAR):
    seen = services.tell_forms(content, year, by=by)
    assert not seen.taken
    return services.tell_forms(content, year, accepted=seen.preview, by=by)


def at(day, hour=9):
    return time_machine.travel(f"{day.isoformat()}T{hour:02d}:00:00+08:00", tick=False)


def form_of(unit, today, year=YEAR):
    return next((duty for duty in duties_of(unit, today) if duty.key == f"form:{year}"), None)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-400, 400))
def test_a_reminder_is_called_for_in_the_last_fourteen_days_alone(due, left):
    days = rules.reminder(due, due - timedelta(days=left))
    assert days == (None if left < 0 or left > 14 else 3 if left <= 3 else 14)


@given(st.sampled_from([None, *FormState]), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_nobody_is_called_late_by_silence(told, today):
    due = date(2026, 4, 5)
    duty = Duty("form:2026", "", due, rules.form_state(told, due, today), "")
    assert duty.is_overdue(today) == (told is FormState.LATE and today > due)
    assert (duty.state is DutyState.DONE) == (told is FormState.FILED)


@pytest.mark.parametrize(
    ("listed_in", "listed_on", "obliged"),
    [
        (2025, None, True),
        (2026, None, False),
        (2025, date(2026, 4, 5), True),
        (2025, date(2026, 4, 6), False),
        (2026, date(2026, 3, 1), True),
    ],
)
def test_a_unit_owes_the_form_when_it_was_listed_before_the_day(listed_in, listed_on, obliged):
    assert rules.is_obliged(2026, date(2026, 4, 5), listed_in, listed_on) is obliged


def test_the_day_comes_from_the_rulebook_and_the_state_from_the_authority(unit, people):
    assert queries.due_day(YEAR) == DUE
    assert form_of(unit, DUE).state is DutyState.OPEN
    after = DUE + timedelta(days=1)
    assert form_of(unit, after).state is DutyState.WAITING
    assert form_of(unit, after, YEAR + 1).state is DutyState.OPEN
    assert tell(table((unit.uscc, "未填报")), people.lhasa_officer).taken
    assert form_of(unit, after).is_overdue(after)
    assert tell(table((unit.uscc, "已填报")), people.editor).taken
    assert form_of(unit, after).state is DutyState.DONE
    (row,) = db.session.scalars(select(DynamicForm)).all()
    assert (row.state, row.told_by_id) == (FormState.FILED, people.editor.id)


def test_a_bad_row_keeps_the_file_out_and_another_authority_tells_nothing(unit, people):
    report = tell(table((unit.uscc, "已填报"), ("1", "已填报"), (unit.uscc, "也许")), people.lhasa_officer)
    assert [row.fault for row in report.bad] == [RowFault.NOT_A_CODE, RowFault.NO_WORD]
    assert not report.taken
    foreign = tell(table((unit.uscc, "已填报")), people.shigatse_officer)
    assert [row.fault for row in foreign.bad] == [RowFault.NOT_YOURS]
    with pytest.raises(NotPermitted):
        services.tell_forms(table(), YEAR, by=people.determiner)
    assert db.session.scalars(select(DynamicForm)).all() == []


def test_orders_and_changes_stand_beside_the_form(unit, people, owner, login):
    due = clock.today() + timedelta(days=30)
    ordered(unit, people, due)
    change = Change(
        kind=ChangeKind.RENAMED,
        happened_on=date(2025, 3, 1),
        text="名称变更（样本）。",
        new_name="拉萨新名示例有限公司",
    )
    proof = ("核准通知书.txt", io.BytesIO("示例".encode()))
    changes.state_change(unit, change, [proof], version=None, by=people.lhasa_officer)
    found = duties_of(unit, clock.today())
    assert {duty.key.partition(":")[0] for duty in found} == {"form", "rectification", "change"}
    order = next(duty for duty in found if duty.key.startswith("rectification"))
    assert (order.due_on, order.state) == (due, DutyState.OPEN)
    stated = next(duty for duty in found if duty.key.startswith("change"))
    # With the first form after the change.
    assert (stated.due_on, stated.state) == (date(2025, 4, 5), DutyState.WAITING)
    page = login(owner).get(f"/my/{unit.public_id}/duties").text
    assert order.about in page
    for duty in (order, stated):
        assert "/my/{}/duties/{}/{}".format(unit.public_id, *duty.place) in page
    # What the complainant said, and that there was one, is nobody's business here.
    assert STATEMENT not in page
    assert db.session.scalars(select(Case)).unique().one().receipt not in page


def messages():
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == services.KIND)).all()


def test_each_reminder_goes_once_to_each_member(unit, owner):
    with at(DUE - timedelta(days=15)):
        assert services.remind() == 0
    with at(DUE - timedelta(days=14), hour=7):
        assert services.remind() == 0
    for day, total in ((14, 1), (13, 1), (4, 1), (3, 2), (1, 2), (0, 2), (-1, 2)):
        with at(DUE - timedelta(days=day)):
            services.remind()
            assert services.remind() == 0
        assert len(messages()) == total, day
    assert {row.days for row in db.session.scalars(select(DutyReminder))} == {14, 3}


def test_what_was_filed_reminds_nobody(unit, owner, people):
    tell(table((unit.uscc, "已填报")), people.lhasa_officer)
    with at(DUE - timedelta(days=10)):
        assert services.remind() == 0


def test_a_unit_without_people_is_not_reminded(unit):
    with at(DUE - timedelta(days=10)):
        assert services.remind() == 0
    assert db.session.scalars(select(DutyReminder)).all() == []


@pytest.mark.parametrize("language", list(Language))
def test_the_mail_names_the_duty_its_day_and_the_page(unit, owner, language):
    with transaction():
        owner.language = language
    with at(DUE - timedelta(days=10)):
        services.remind()
        (message,) = messages()
        assert owner.email not in str(message.facts)
        mail = reminding.compose(message)
    assert mail.to == owner.email
    assert all(part in mail.body for part in (unit.name, DUE.isoformat(), f"/my/{unit.public_id}/duties"))


def test_a_mail_that_is_no_longer_due_is_dropped(unit, owner, people):
    with at(DUE - timedelta(days=10)):
        services.remind()
        (message,) = messages()
        tell(table((unit.uscc, "已填报")), people.lhasa_officer)
        assert reminding.compose(message) is None
        with transaction():
            db.session.delete(db.session.scalars(select(UnitMember)).unique().one())
        assert reminding.compose(message) is None


def test_the_worker_has_the_chore(app):
    assert "duties.remind" in chores(app)


@pytest.mark.parametrize("language", list(Language))
def test_the_desk_sees_who_owes_and_imports_with_a_preview(unit, people, login, language):
    with transaction():
        people.lhasa_officer.language = language
    desk = login(people.lhasa_officer)
    assert unit.name in desk.get("/desk/dynamic-forms/").text
    assert unit.name not in login(people.shigatse_officer).get("/desk/dynamic-forms/").text
    content = table((unit.uscc, "已填报"))

    def send(accepted="", year=YEAR):
        fields = {"year": year, "accepted": accepted, "file": (io.BytesIO(content), "forms.csv")}
        return desk.post("/desk/dynamic-forms/import", data=fields, content_type="multipart/form-data")

    seen = send()
    assert (seen.status_code, unit.name in seen.text) == (200, True)
    assert db.session.scalars(select(DynamicForm)).all() == []
    preview = services.tell_forms(content, YEAR, by=people.lhasa_officer).preview
    # Of another year the same file tells something else, which nobody has looked at.
    assert send(preview, YEAR - 1).status_code == 200
    assert db.session.scalars(select(DynamicForm)).all() == []
    assert send(preview).status_code == 302
    assert len(db.session.scalars(select(DynamicForm)).all()) == 1
    assert login(people.determiner).get("/desk/dynamic-forms/").status_code == 403


def test_only_people_of_the_unit_read_what_is_due(unit, owner, people, login, client, make_person):
    address = f"/my/{unit.public_id}/duties"
    assert login(owner).get(address).status_code == 200
    assert login(people.lhasa_officer).get(address).status_code == 403
    assert login(make_person(Role.ENTERPRISE, "nagqu")).get(address).status_code == 404
    assert "/desk/login" in client.get(address).location
