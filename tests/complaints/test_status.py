"""The complainant's status page: where the case is, what is promised, what can be asked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.complaints.models import Case
from portal.complaints.rules import CaseAct, CaseStatus, Finding, RefusalGround
from portal.foundation import clock
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db, transaction


@pytest.fixture
def follow(client, filed):
    """The status page of the case as it stands, in a language."""
    secret = filed.secret

    def page(lang="zh"):
        client.post(f"/{lang}/complaints/status", data={"receipt": filed.filing.receipt, "secret": secret})
        return client.get(f"/{lang}/complaints/status")

    return page


def stage(page):
    """The number of the step at which the case stands."""
    return int(re.search(r'aria-current="step"><span class="step-number">(\d)', page.text).group(1))


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_it_says_where_the_case_is_and_on_whose_desk(follow, filed, lang):
    page = follow(lang)
    assert page.status_code == 200
    assert stage(page) == 2
    assert str(filed.filing.authority.name.zh) in page.text or lang != "zh"


def test_the_desk_changes_with_the_case(follow, reported):
    page = follow()
    assert stage(page) == 4
    assert reported.status is CaseStatus.REPORTED
    now = re.search(r'class="panel status-now".*?</div>', page.text, re.DOTALL).group(0)
    assert "自治区经济和信息化厅" in now


def test_a_passed_date_is_said_openly(follow, filed):
    with clock.at(clock.now() + timedelta(days=60)):
        page = follow()
    assert "notice-madder" in page.text


def test_an_awaited_supplement_says_whose_turn_it_is(follow, filed, people, do):
    do(filed.filing, CaseAct.REQUEST_SUPPLEMENT, people.lhasa_officer)
    assert 'href="#reply"' in follow().text


def test_each_opening_of_the_identity_shows_its_reason_and_day(follow, filed, people, login):
    with transaction():
        db.session.get(Case, filed.filing.id).assignee_id = people.lhasa_officer.id
    login(people.lhasa_officer).post(
        f"/desk/verification/{filed.filing.id}/identity", data={"reason": "需要核对身份证件"}
    )
    page = follow()
    assert page.text.count("需要核对身份证件") == 2  # in the timeline, and among the openings


def test_messages_can_be_begun_and_ended(client, follow, filed):
    assert 'value="y"' in follow().text
    assert client.post("/zh/complaints/status/notices", data={"notify": "y"}).status_code == 302
    assert db.session.get(Case, filed.filing.id).notify is True
    client.post("/zh/complaints/status/notices", data={"notify": "y"})
    assert 'name="notify" value="n"' in client.get("/zh/complaints/status").text
    client.post("/zh/complaints/status/notices", data={"notify": "n"})
    assert db.session.get(Case, filed.filing.id).notify is False
    acts = [record.action for record in db.session.query(AuditRecord).order_by(AuditRecord.id)]
    assert acts.count("filings.notices.begun") == acts.count("filings.notices.ended") == 1


def test_a_refusal_can_be_taken_to_the_department_once(client, follow, filed, people, do):
    do(filed.filing, CaseAct.REFUSE, people.lhasa_officer, refusal_ground=RefusalGround.NO_EVIDENCE)
    assert 'id="review"' in follow().text
    assert client.post("/zh/complaints/status/review", data={"reasons": " "}).status_code == 422
    assert client.post("/zh/complaints/status/review", data={"reasons": "材料已经附上，请复核。"}).status_code == 302
    page = follow()
    assert 'id="review"' not in page.text
    assert "材料已经附上，请复核。" in page.text
    again = client.post("/zh/complaints/status/review", data={"reasons": "再来一次"})
    assert again.status_code == 422


def test_an_open_case_offers_no_review(client, follow, filed):
    assert 'id="review"' not in follow().text


@pytest.mark.parametrize("address", ["review", "notices", "reply"])
def test_a_stranger_is_led_to_the_question_for_the_secret(client, filed, address):
    assert client.post(f"/zh/complaints/status/{address}", data={"notify": "y"}).location.endswith("/status")
    assert db.session.get(Case, filed.filing.id).notify is False


def test_the_outcome_stands_with_its_grounds(follow, reported, people, do):
    assert reported.finding is Finding.SUBSTANTIATED
    do(reported, CaseAct.FIND_UNSUBSTANTIATED, people.determiner, note="现场核对电表读数一致。")
    page = follow()
    assert "现场核对电表读数一致。" in page.text
    assert stage(page) == 5
