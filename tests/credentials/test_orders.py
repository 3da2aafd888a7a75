"""A unit answers its rectification order from its own space: whoever belongs to it, and nobody else."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.complaints.models import CaseEvent
from portal.complaints.rectification import services as orders
from portal.complaints.rectification.queries import orders_of, running_order
from portal.complaints.rectification.rules import OrderState
from portal.complaints.rules import CaseAct
from portal.credentials.duties import reminding, services
from portal.credentials.members.models import UnitMember
from portal.credentials.members.rules import MemberRole
from portal.foundation import audit, clock
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db, transaction
from portal.foundation.errors import NotFound
from portal.foundation.languages import Language
from portal.foundation.outbox import OutboxMessage
from portal.register.duties import DutyState, duties_of
from tests.complaints.conftest import NAME, PNG, STATEMENT
from tests.credentials.conftest import another_unit, do, ordered

DUE = clock.today() + timedelta(days=30)
ANSWER = "已更正，附新读数照片。"


@pytest.fixture
def case(unit, people, owner):
    return ordered(unit, people, DUE)


@pytest.fixture
def order(case):
    return running_order(case)


@pytest.fixture
def address(unit, order):
    return f"/my/{unit.public_id}/duties/rectification/{order.id}"


def send(browser, address, text=ANSWER, files=((PNG, "新读数.png"),)):
    data = {"text": text, "evidence": [(io.BytesIO(content), name) for content, name in files]}
    return browser.post(address, data=data, content_type="multipart/form-data")


def acts(case):
    query = select(CaseEvent.act).where(CaseEvent.case_id == case.id)
    return list(db.session.scalars(query))


def recorded(action):
    return db.session.scalars(select(AuditRecord).where(AuditRecord.action == action)).all()


def messages():
    query = select(OutboxMessage).where(OutboxMessage.kind == services.NEWS)
    return db.session.scalars(query.order_by(OutboxMessage.id)).all()


@pytest.mark.parametrize("language", list(Language))
def test_the_order_is_read_and_answered_without_its_letter(
    case, order, address, unit, owner, people, login, client, language
):
    with transaction():
        owner.language = language
    browser = login(owner)
    assert address in browser.get(f"/my/{unit.public_id}/duties").text
    answer = browser.get(address)
    assert "no-store" in answer.headers["Cache-Control"]
    page = answer.text
    assert "请更正电表读数。" in page
    for hidden in (STATEMENT, NAME, case.receipt, "说明文字"):
        assert hidden not in page
    (opening,) = recorded("complaints.order.opened")
    assert (opening.actor, opening.subject, opening.data) == (owner.actor, case.subject, {"order": order.id})
    assert send(browser, address).status_code == 302
    page = browser.get(address).text
    assert 'data-order="answered"' in page
    assert ANSWER in page
    assert "新读数.png" in page
    assert [record.actor for record in recorded("complaints.case.answer_rectification")] == [owner.actor]
    desk = login(people.lhasa_officer).get(f"/desk/verification/{case.id}").text
    assert owner.name in desk
    assert ANSWER in desk


def test_the_space_shows_what_the_letter_shows(case, order, address, owner, login, client):
    with transaction():
        secret = orders.new_secret(order)
    client.post("/zh/rectification/", data={"receipt": order.number, "secret": secret})

    def shown(page):
        return page.text.partition('<div class="panel" data-order')[2].partition("<form")[0]

    assert shown(client.get("/zh/rectification/")) == shown(login(owner).get(address)) != ""


def test_any_person_of_the_unit_answers_also_after_a_new_name(case, address, unit, login, make_person):
    colleague = make_person(Role.ENTERPRISE, "shannan")
    with transaction():
        db.session.add(UnitMember(unit_id=unit.id, person_id=colleague.id, role=MemberRole.MEMBER))
        unit.name = "样本新名称有限公司"
    assert send(login(colleague), address).status_code == 302
    assert running_order(case).state is OrderState.ANSWERED


def test_nobody_else_finds_the_order(case, order, address, unit, owner, people, login, client, make_person):
    assert "/desk/login" in client.get(address).location
    assert "/desk/login" in client.post(address).location
    assert login(people.lhasa_officer).get(address).status_code == 403
    assert login(people.determiner).post(address).status_code == 403
    stranger = make_person(Role.ENTERPRISE, "nagqu")
    assert login(stranger).get(address).status_code == 404
    other = another_unit(stranger)
    foreign = address.replace(unit.public_id, other.public_id)
    assert login(stranger).get(foreign).status_code == 404
    assert send(login(stranger), foreign).status_code == 404
    with pytest.raises(NotFound):
        orders.open_order(other, order.id, by=stranger)
    assert CaseAct.ANSWER_RECTIFICATION not in acts(case)
    browser = login(owner)
    for wrong in ("rectification/0", f"rectification/{10**30}", "form/2026", "nothing/1", f"change/{order.id}"):
        assert browser.get(f"/my/{unit.public_id}/duties/{wrong}").status_code == 404, wrong


def test_what_is_wrong_is_said_and_nothing_is_kept(case, address, owner, login):
    browser = login(owner)
    assert send(browser, address, " ", ()).status_code == 422
    refused = send(browser, address, ANSWER, ((PNG, "一.png"), (b"MZ\x90" + b"\0" * 300, "程序.exe")))
    assert (refused.status_code, "程序.exe" in refused.text, ANSWER in refused.text) == (422, True, True)
    assert send(browser, address, "长" * 4001, ()).status_code == 422
    assert CaseAct.ANSWER_RECTIFICATION not in acts(case)
    assert case.evidence[1:] == []


def test_an_ended_order_can_be_read_and_not_answered(case, address, unit, owner, people, login):
    browser = login(owner)
    send(browser, address)
    do(case, CaseAct.CONFIRM_RECTIFICATION, people.lhasa_officer)
    page = browser.get(address).text
    assert 'data-order="confirmed"' in page
    assert 'name="evidence"' not in page
    late = send(browser, address, "迟到的答复")
    assert late.status_code == 422
    assert 'role="alert"' in late.text
    assert acts(case).count(CaseAct.ANSWER_RECTIFICATION) == 1
    found = next(duty for duty in duties_of(unit, clock.today()) if duty.key.startswith("rectification"))
    assert found.state is DutyState.DONE


def test_two_answers_at_once_both_stand(app, case, order, owner):
    order_id, person_id, number = order.id, owner.id, case.id
    db.session.remove()
    start = Barrier(2)

    def answer(text):
        with app.app_context():
            person = db.session.get(Person, person_id)
            start.wait(20)
            try:
                orders.answer(order_id, text, [(f"{text}.png", io.BytesIO(PNG))], by=person)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(answer, ("甲", "乙")))
    query = select(CaseEvent.act).where(CaseEvent.case_id == number)
    assert list(db.session.scalars(query)).count(CaseAct.ANSWER_RECTIFICATION) == 2
    assert audit.verify() is None


@pytest.mark.parametrize("language", list(Language))
def test_the_people_are_told_of_the_order_its_new_day_and_its_end(case, unit, owner, people, language):
    with transaction():
        owner.language = language
    (issued,) = messages()
    later = DUE + timedelta(days=20)
    mail = reminding.compose_news(issued)
    assert mail.to == owner.email
    assert all(
        part in mail.body for part in (unit.name, DUE.isoformat(), f"/my/{unit.public_id}/duties/rectification/")
    )
    do(case, CaseAct.EXTEND_RECTIFICATION, people.determiner, rectify_by=later)
    assert later.isoformat() in reminding.compose_news(messages()[-1]).body
    do(case, CaseAct.FAIL_RECTIFICATION, people.lhasa_officer)
    told = messages()
    assert len(told) == 3
    ended = reminding.compose_news(told[-1])
    for text in (mail.body, ended.body, str([message.facts for message in told])):
        for hidden in (STATEMENT, NAME, case.receipt, "说明文字", "请更正电表读数", orders_of(case)[-1].number):
            assert hidden not in text
    with transaction():
        db.session.delete(db.session.scalars(select(UnitMember)).unique().one())
    assert reminding.compose_news(told[-1]) is None
