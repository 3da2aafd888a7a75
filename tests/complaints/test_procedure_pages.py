"""The branches of a complaint's way as they are clicked: the desk's forms, the letter, the unit's pages, the review."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from portal.authorities import services as accounts
from portal.authorities.rules import Role
from portal.complaints import queries, reading, services
from portal.complaints.rectification import queries as orders
from portal.complaints.rules import CaseAct, CaseStatus, Finding
from portal.foundation import clock
from portal.foundation.database import db
from tests.complaints.conftest import NAME, PNG, STATEMENT

LANGUAGES = ("zh", "bo", "en")


@pytest.fixture
def desk(filed):
    """Do an act by its form: ``desk(browser, "verification", "accept", note="…")``."""

    def act(browser, queue, what, expected=302, **fields):
        db.session.refresh(filed.filing)
        data = {"version": filed.filing.version, "note": "说明", **fields}
        address = f"/desk/{queue}/{filed.filing.id}/{what}"
        page = browser.post(address, data=data, content_type="multipart/form-data")
        assert page.status_code == expected, page.text
        return page

    return act


@pytest.fixture
def printed(reported, filed, people, login, desk):
    """The number and the secret of an order, from its letter."""
    browser = login(people.determiner)
    desk(browser, "determination", "order_rectification", rectify_by="2099-01-01", measures="请更正电表读数。")
    page = desk(browser, "determination", "print_order", 200)
    assert page.headers["Cache-Control"] == "no-store"
    return found(page, "order-number"), found(page, "order-secret")


def found(page, what):
    match = re.search(rf'data-{what}="([^"]+)"', page.text)
    assert match, page.text
    return match.group(1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_forms_of_every_state_open_in_each_language(filed, people, login, do, lang):
    officer, determiner = login(people.lhasa_officer), login(people.determiner)
    for browser in (officer, determiner):
        browser.post(f"/desk/language/{lang}")
    case = filed.filing
    for step in (None, CaseAct.ACCEPT, CaseAct.VERIFY):
        if step:
            do(case, step, people.lhasa_officer, allegations=("所报数据不实",))
        assert officer.get(f"/desk/verification/{case.id}").status_code == 200
        assert 'id="act-take_over"' in determiner.get(f"/desk/determination/{case.id}").text
    do(case, CaseAct.REPORT, people.lhasa_officer, finding=Finding.SUBSTANTIATED)
    page = determiner.get(f"/desk/determination/{case.id}").text
    assert all(f'id="act-{act}"' in page for act in ("return", "order_rectification", "remove", "find_unsubstantiated"))
    assert "所报数据不实" in page


def test_allegations_checks_and_findings_come_in_by_the_forms(filed, people, login, desk):
    officer = login(people.lhasa_officer)
    desk(officer, "verification", "accept", allegations="电表读数不实\n\n台账缺失\n")
    visit = {"visited_on": "2026-01-05", "place": "东门", "participants": "甲、乙"}
    desk(officer, "verification", "record_on_site", files=(io.BytesIO(PNG), "现场.png"), **visit)
    page = officer.get(f"/desk/verification/{filed.filing.id}").text
    assert "现场.png" in page
    assert "甲、乙" in page
    first, second = (item.id for item in reading.account(queries.case_by_id(filed.filing.id)).allegations)
    half = {f"finding-{first}": "substantiated", f"grounds-{first}": "读数不同", f"finding-{second}": ""}
    refused = desk(officer, "verification", "report", 422, **half)
    assert "读数不同" in refused.text
    whole = {**half, f"finding-{second}": "not_substantiated", f"grounds-{second}": "台账齐全"}
    desk(officer, "verification", "report", **whole)
    db.session.refresh(filed.filing)
    assert filed.filing.finding is Finding.PARTLY


def test_an_attachment_of_a_wrong_type_is_named_and_the_text_is_kept(filed, people, login, desk, do):
    do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    bad = (io.BytesIO(b"MZ\x90" + b"\0" * 300), "程序.exe")
    page = desk(login(people.lhasa_officer), "verification", "verify", 422, note="写了很久的文字", files=bad)
    assert "程序.exe" in page.text
    assert "写了很久的文字" in page.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_unit_reads_and_answers_its_order(client, filed, printed, people, login, lang):
    number, secret = printed
    address = f"/{lang}/rectification/"
    assert client.get(address).status_code == 200
    wrong = client.post(address, data={"receipt": number, "secret": "AAAA"})
    assert wrong.status_code == 403
    assert client.post(address, data={"receipt": number, "secret": secret}).status_code == 302
    page = client.get(address)
    assert "请更正电表读数。" in page.text
    for hidden in (STATEMENT, NAME, filed.filing.receipt, "说明文字"):
        assert hidden not in page.text
    assert client.post(f"{address}answer", data={"text": " "}).status_code == 422
    files = {"text": "已更正，附新读数照片。", "evidence": (io.BytesIO(PNG), "新读数.png")}
    assert client.post(f"{address}answer", data=files, content_type="multipart/form-data").status_code == 302
    page = client.get(address)
    assert 'data-order="answered"' in page.text
    assert "新读数.png" in page.text
    desk_page = login(people.lhasa_officer).get(f"/desk/verification/{filed.filing.id}").text
    assert "已更正，附新读数照片。" in desk_page
    assert "新读数.png" in desk_page
    client.post(f"{address}leave")
    assert "请更正电表读数。" not in client.get(address).text


def test_a_new_letter_shuts_the_browser_of_the_old_one(client, filed, printed, people, login, desk):
    client.post("/zh/rectification/", data=dict(zip(("receipt", "secret"), printed, strict=True)))
    assert "请更正电表读数。" in client.get("/zh/rectification/").text
    desk(login(people.determiner), "determination", "print_order", 200)
    assert "请更正电表读数。" not in client.get("/zh/rectification/").text
    assert client.post("/zh/rectification/answer", data={"text": "旧通知"}).status_code == 302
    assert orders.running_order(filed.filing).state == "open"


def test_the_complainant_sees_that_the_unit_answered_and_not_what(client, filed, printed):
    unit = client.application.test_client()
    unit.post("/zh/rectification/", data=dict(zip(("receipt", "secret"), printed, strict=True)))
    answer = {"text": "只给主管部门的话", "evidence": (io.BytesIO(PNG), "内部.png")}
    unit.post("/zh/rectification/answer", data=answer, content_type="multipart/form-data")
    client.post("/zh/complaints/status", data={"receipt": filed.filing.receipt, "secret": filed.secret})
    page = client.get("/zh/complaints/status").text
    assert "被举报单位已答复整改通知" in page
    assert "只给主管部门的话" not in page
    assert "内部.png" not in page


def test_the_letter_is_the_departments_to_print(filed, printed, people, login, desk):
    officer = login(people.lhasa_officer)
    assert 'id="act-print_order"' not in officer.get(f"/desk/verification/{filed.filing.id}").text
    desk(officer, "verification", "print_order", 403)
    other = login(people.shigatse_officer)
    desk(other, "verification", "print_order", 404)


def test_a_stale_letter_is_refused_and_no_secret_changes(filed, printed, people, login):
    browser = login(people.determiner)
    page = browser.post(f"/desk/determination/{filed.filing.id}/print_order", data={"version": 1})
    assert page.status_code == 409
    assert "data-order-secret" not in page.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_refused_complaint_goes_the_way_of_review(client, filed, people, login, desk, lang):
    desk(login(people.lhasa_officer), "verification", "refuse", refusal_ground="no_evidence")
    client.post(f"/{lang}/complaints/status", data={"receipt": filed.filing.receipt, "secret": filed.secret})
    assert 'id="review"' in client.get(f"/{lang}/complaints/status").text
    assert client.post(f"/{lang}/complaints/status/review", data={"reasons": ""}).status_code == 422
    assert client.post(f"/{lang}/complaints/status/review", data={"reasons": "照片已提交。"}).status_code == 302
    page = client.get(f"/{lang}/complaints/status").text
    assert 'data-status="refusal_under_review"' in page
    assert 'id="review"' not in page
    desk(login(people.determiner), "determination", "reopen", note="决定予以受理")
    page = client.get(f"/{lang}/complaints/status").text
    assert 'data-status="accepted"' in page
    assert "决定予以受理" in page


def test_whoever_decided_is_not_offered_the_review(filed, reported, people, login, desk):
    first = login(people.determiner)
    second = login(
        accounts.create_account(
            "b@portal.test", "b", people.determiner.authority, {Role.DEPARTMENT_DETERMINER}, "correct horse battery"
        )
    )
    desk(first, "determination", "find_unsubstantiated")
    desk(first, "determination", "close")
    citizen = filed.filing.id
    services.request_review(citizen, "不同意")
    address = f"/desk/determination/{citizen}"
    assert 'id="act-reopen"' not in first.get(address).text
    assert 'id="act-reopen"' in second.get(address).text
    desk(first, "determination", "reopen", 403)
    desk(second, "determination", "reopen")
    db.session.refresh(filed.filing)
    assert filed.filing.status is CaseStatus.UNDER_VERIFICATION


def test_the_department_sees_what_is_overdue_elsewhere(filed, people, login):
    determiner = login(people.determiner)
    assert filed.filing.receipt not in determiner.get("/desk/determination/").text
    with clock.at(clock.now() + timedelta(days=60)):
        services.escalate_overdue()
        filed_page = login(people.determiner).get("/desk/determination/")
        case_page = login(people.lhasa_officer).get(f"/desk/verification/{filed.filing.id}")
    assert filed.filing.receipt in filed_page.text
    assert "已逾期：已报自治区经信厅" in case_page.text
