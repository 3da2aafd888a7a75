"""A unit states a change of its own (Art. 19); its authority examines it, and nobody does both."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.content import attachments
from portal.content import services as content
from portal.credentials.changes.services import state_own_change
from portal.credentials.duties import reminding, services
from portal.credentials.members.rules import NotAMember
from portal.foundation import audit, clock
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, NotPermitted, Stale
from portal.foundation.languages import Language
from portal.foundation.outbox import OutboxMessage
from portal.foundation.workflow import IllegalTransition
from portal.register import services as register
from portal.register.changes import services as changes
from portal.register.changes.evidence import content_of, name_of
from portal.register.changes.models import ChangeEvidence, ChangeStatement
from portal.register.changes.rules import (
    Change,
    ChangeAct,
    ChangeKind,
    ChangeOrigin,
    ChangeState,
    SamePerson,
    to_be_stated_by,
)
from portal.register.duties import DutyState, duties_of
from portal.register.models import Unit
from portal.register.rules import AlreadyPending, RemovalGround
from portal.vault import current_vault
from tests.complaints.conftest import PNG
from tests.credentials.conftest import another_unit
from tests.samples import SAMPLE_UNIT

PDF = b"%PDF-1.4\n%sample\n%%EOF"
NEW_NAME = "拉萨新名示例有限公司"
GROUNDS = "核准通知书与所述日期不符。"
RENAMED = Change(ChangeKind.RENAMED, date(2025, 3, 1), "名称经核准变更（样本）。", new_name=NEW_NAME)


def proof():
    return "核准通知书.pdf", io.BytesIO(PDF)


def state(unit, by, change=RENAMED, files=None):
    return state_own_change(unit, change, files if files is not None else [proof()], version=None, by=by)


def act(statement, what, by, **more):
    return changes.act(statement.id, what, version=None, by=by, **more)


def form(unit, **more):
    filled = {
        "kind": "renamed",
        "happened_on": "2025-03-01",
        "new_name": NEW_NAME,
        "text": "名称经核准变更（样本）。",
        "authority": "",
        "version": unit.version,
        "file": (io.BytesIO(PDF), "核准通知书.pdf"),
    }
    return filled | more


def send(browser, unit, **more):
    return browser.post(f"/my/{unit.public_id}/changes", data=form(unit, **more), content_type="multipart/form-data")


def news():
    query = select(OutboxMessage).where(OutboxMessage.kind == services.NEWS)
    return db.session.scalars(query.order_by(OutboxMessage.id)).all()


def only():
    return db.session.scalars(select(ChangeStatement)).unique().one()


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_change_is_stated_with_the_first_form_after_it(happened_on):
    day = to_be_stated_by(happened_on, lambda year: date(year, 4, 5))
    assert 0 <= (day - happened_on).days <= 366
    assert (day.month, day.day) == (4, 5)


@pytest.mark.parametrize("language", list(Language))
def test_from_the_unit_to_the_announcement(unit, owner, people, login, language):
    with transaction():
        owner.language = people.lhasa_officer.language = language
    browser, officer = login(owner), login(people.lhasa_officer)
    assert f"/my/{unit.public_id}/changes" in browser.get(f"/my/{unit.public_id}/duties").text
    answer = send(browser, unit)
    assert answer.status_code == 302, answer.text
    page = browser.get(answer.location).text
    assert 'data-statement="stated"' in page
    assert "核准通知书.pdf" in page
    statement = only()
    assert (statement.origin, statement.events[0].person_id) == (ChangeOrigin.UNIT, owner.id)
    assert f"/desk/changes/{statement.id}" in officer.get("/desk/changes/").text
    (file,) = statement.evidence
    assert owner.name in officer.get(f"/desk/changes/{statement.id}").text
    download = officer.get(f"/desk/changes/{statement.id}/evidence/{file.id}")
    assert download.data == PDF
    assert download.headers["Content-Disposition"].startswith("attachment")
    db.session.rollback()
    read = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "register.change.evidence_read")).one()
    assert read.actor == people.lhasa_officer.actor
    confirmed = {"version": statement.version, "qualifies": "yes"}
    assert officer.post(f"/desk/changes/{statement.id}/confirm", data=confirmed).status_code == 302
    assert 'data-statement="confirmed"' in browser.get(answer.location).text
    document = changes.announce([], [statement.id], by=people.determiner)
    page = browser.get(answer.location).text
    assert 'data-statement="drafted"' in page
    # What is announced is nobody's to read before it is public.
    assert str(document.title.zh) not in page
    content.submit(document, by=people.editor)
    content.publish(document, by=people.reviewer)
    page = browser.get(answer.location).text
    assert 'data-statement="effective"' in page
    assert f"/announcements/{document.slug}" in page
    db.session.expire_all()
    assert db.session.get(Unit, unit.id).name == NEW_NAME
    duty = next(duty for duty in duties_of(unit, clock.today()) if duty.key == statement.duty_key)
    assert (duty.state, duty.due_on) == (DutyState.DONE, date(2025, 4, 5))
    assert len(news()) == 2


@pytest.mark.parametrize("language", list(Language))
def test_a_refusal_reaches_the_people_with_its_grounds(unit, owner, people, login, language):
    with transaction():
        owner.language = language
    statement = state(unit, owner)
    act(statement, ChangeAct.REJECT, people.lhasa_officer, note=GROUNDS)
    (told,) = news()
    mail = reminding.compose_news(told)
    assert mail.to == owner.email
    address = f"/my/{unit.public_id}/duties/change/{statement.id}"
    assert all(part in mail.body for part in (unit.name, GROUNDS, address))
    assert all(part not in mail.body for part in (NEW_NAME, RENAMED.text, people.lhasa_officer.name))
    page = login(owner).get(address).text
    assert GROUNDS in page
    assert people.lhasa_officer.name not in page
    # Another one can be stated after it.
    assert state(unit, owner).state is ChangeState.STATED


def test_the_evidence_lies_sealed(unit, owner):
    (file,) = state(unit, owner).evidence
    with current_vault().store.open(file.key) as stored:
        raw = stored.read()
    assert b"%PDF" not in raw
    assert "核准".encode() not in file.sealed_name
    assert file.name == ""
    assert b"".join(content_of(file)) == PDF
    assert name_of(file) == "核准通知书.pdf"


def test_files_from_before_they_were_sealed_still_open(unit, owner, people, login):
    statement = state(unit, owner)
    stored = attachments.keep(io.BytesIO(PDF), "旧核准通知书.pdf")
    facts = {"media_type": stored.media_type, "size": stored.size, "sha256": stored.sha256, "key": stored.key}
    with transaction():
        statement.mark = statement.wrapped_key = None
        statement.evidence = [ChangeEvidence(name=stored.name, **facts)]
    (file,) = statement.evidence
    officer, address = login(people.lhasa_officer), f"/desk/changes/{statement.id}"
    assert "旧核准通知书.pdf" in officer.get(address).text
    assert officer.get(f"{address}/evidence/{file.id}").data == PDF
    current_vault().store.delete(file.key)
    assert officer.get(f"{address}/evidence/{file.id}").status_code == 404


def test_the_unit_takes_back_what_nobody_has_examined(unit, owner, people, login):
    statement = state(unit, owner)
    browser, address = login(owner), f"/my/{unit.public_id}/duties/change/{statement.id}"
    assert "<form method" in browser.get(address).text.partition("data-statement")[2]
    assert browser.post(address, data={"version": statement.version + 1}).status_code == 409
    assert browser.post(address, data={"version": statement.version}).status_code == 302
    assert only().state is ChangeState.WITHDRAWN
    assert browser.post(address, data={"version": statement.version}).status_code == 409
    with pytest.raises(IllegalTransition):
        act(statement, ChangeAct.CONFIRM, people.lhasa_officer, qualifies=True)
    assert news() == []


def test_an_examined_or_a_foreign_statement_is_not_the_units_to_take_back(unit, owner, people, make_person):
    statement = state(unit, owner)
    act(statement, ChangeAct.CONFIRM, people.lhasa_officer, qualifies=True)
    with pytest.raises(IllegalTransition):
        changes.withdraw_own(statement.id, unit=unit, version=None, by=owner)
    entered = changes.state_change(
        unit, Change(ChangeKind.SCOPE, date(2025, 1, 1), "说明"), [proof()], version=None, by=people.lhasa_officer
    )
    with pytest.raises(NotFound):
        changes.withdraw_own(entered.id, unit=unit, version=None, by=owner)
    stranger = make_person(Role.ENTERPRISE, "nagqu")
    other = another_unit(stranger)
    with pytest.raises(NotFound):
        changes.withdraw_own(statement.id, unit=other, version=None, by=owner)
    theirs = state(other, stranger, Change(ChangeKind.SCOPE, date(2025, 1, 1), "说明"))
    with pytest.raises(NotPermitted):
        changes.withdraw_own(theirs.id, unit=other, version=None, by=people.editor)


def test_staff_refuse_what_a_unit_states_and_do_not_take_it_back_for_it(unit, owner, people):
    statement = state(unit, owner)
    for person in (people.lhasa_officer, people.editor):
        with pytest.raises(NotPermitted):
            act(statement, ChangeAct.WITHDRAW, person, note="撤回")
    with pytest.raises(Invalid):
        act(statement, ChangeAct.REJECT, people.lhasa_officer, note=" ")


def test_nobody_states_and_examines(unit, owner, people, login, make_person):
    statement = state(unit, owner)
    for what in (ChangeAct.CONFIRM, ChangeAct.REJECT, ChangeAct.WITHDRAW):
        with pytest.raises(NotPermitted):
            act(statement, what, owner, qualifies=True, note="自行确认")
    assert login(owner).post(f"/desk/changes/{statement.id}/confirm", data={"qualifies": "yes"}).status_code == 403
    # Whoever becomes an officer later is still the one who stated it.
    role = make_person(Role.PREFECTURE_OFFICER, "lhasa").roles[0]
    with transaction():
        db.session.get(Person, owner.id).roles = [role]
    with pytest.raises(SamePerson):
        act(statement, ChangeAct.CONFIRM, db.session.get(Person, owner.id), qualifies=True)
    with pytest.raises(NotFound):
        act(statement, ChangeAct.CONFIRM, people.shigatse_officer, qualifies=True)


def test_staff_never_speak_as_a_unit_and_strangers_not_for_another(unit, owner, people, make_person, login, client):
    stranger = make_person(Role.ENTERPRISE, "nagqu")
    for person in (stranger, people.lhasa_officer):
        with pytest.raises(NotAMember):
            state(unit, person)
    with pytest.raises(NotPermitted):
        changes.state_change(unit, RENAMED, [proof()], version=None, by=people.editor, origin=ChangeOrigin.UNIT)
    with pytest.raises(NotPermitted):
        changes.state_change(unit, RENAMED, [proof()], version=None, by=owner)
    statement = state(unit, owner)
    other = another_unit(stranger)
    for address in (f"/my/{unit.public_id}/changes", f"/my/{unit.public_id}/duties/change/{statement.id}"):
        assert "/desk/login" in client.get(address).location
        assert login(stranger).get(address).status_code == 404
        assert login(people.lhasa_officer).get(address).status_code == 403
    assert login(stranger).get(f"/my/{other.public_id}/duties/change/{statement.id}").status_code == 404
    assert login(stranger).post(f"/my/{other.public_id}/duties/change/{statement.id}").status_code == 404


@pytest.mark.parametrize(
    "bad",
    [
        {"happened_on": ""},
        {"happened_on": (clock.today() + timedelta(days=2)).isoformat()},
        {"happened_on": "昨天"},
        {"new_name": ""},
        {"new_name": SAMPLE_UNIT},
        {"text": " "},
        {"text": "长" * 2001},
        {"text": "\ue001"},
        {"kind": "relocated"},
        {"kind": "nothing"},
        {"file": (b"", "空.pdf")},
        {"file": (b"MZ\x90" + b"\0" * 300, "程序.exe")},
    ],
    ids="-".join,
)
def test_what_is_wrong_is_said_and_nothing_is_kept(unit, owner, login, bad, monkeypatch):
    if "file" in bad:
        bad = {"file": (io.BytesIO(bad["file"][0]), bad["file"][1])}
    kept, gone, store = [], [], current_vault().store
    put, delete = store.put_stream, store.delete
    monkeypatch.setattr(store, "put_stream", lambda key, pieces: kept.append(key) or put(key, pieces))
    monkeypatch.setattr(store, "delete", lambda key: gone.append(key) or delete(key))
    answer = send(login(owner), unit, **bad)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert db.session.scalars(select(ChangeEvidence)).all() == []
    assert set(kept) == set(gone)


def test_too_many_files_and_a_second_statement_and_an_old_page_are_refused(unit, owner, login, people):
    browser = login(owner)
    many = [(io.BytesIO(PNG), f"{number}.png") for number in range(40)]
    assert send(browser, unit, file=many).status_code == 422
    assert send(browser, unit, version=unit.version + 1).status_code == 409
    assert send(browser, unit).status_code == 302
    again = send(browser, unit)
    assert again.status_code == 409
    assert NEW_NAME in again.text
    with pytest.raises(AlreadyPending):
        state(unit, owner)
    with pytest.raises(Stale):
        state_own_change(
            unit, Change(ChangeKind.SCOPE, date(2025, 1, 1), "说明"), [proof()], version=unit.version + 1, by=owner
        )


def test_a_unit_that_left_the_lists_states_nothing(unit, owner, people, login):
    document = register.propose_removal(unit, RemovalGround.VIOLATION, by=people.determiner)
    content.submit(document, by=people.editor)
    content.publish(document, by=people.reviewer)
    answer = send(login(owner), unit)
    assert answer.status_code in {409, 422}
    assert db.session.scalars(select(ChangeStatement)).unique().all() == []


def test_of_two_who_state_the_same_at_once_one_is_told(app, unit, owner):
    unit_id, person_id = unit.id, owner.id
    db.session.remove()
    start = Barrier(2)

    def tell(_number):
        with app.app_context():
            found, person = db.session.get(Unit, unit_id), db.session.get(Person, person_id)
            start.wait(20)
            try:
                return state(found, person).state
            except AlreadyPending as refused:
                return type(refused)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(tell, range(2)))
    assert sorted(map(str, told)) == sorted(map(str, (ChangeState.STATED, AlreadyPending)))
    assert len(db.session.scalars(select(ChangeEvidence)).all()) == 1
    assert audit.verify() is None
