"""The pages of Article 24 as a citizen and as an officer meet them."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, CaseStatus
from portal.foundation.database import db
from portal.vault import current_vault
from tests.complaints.conftest import NAME, NUMBER, PNG, STATEMENT, filing


def send(client, form, lang="zh", **changes):
    return client.post(f"/{lang}/complaints/new", data={**form, **changes}, content_type="multipart/form-data")


def shown(page, what):
    found = re.search(rf'data-{what}="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_guidance_and_form_open_in_each_language_without_a_cookie(client, lang):
    for address in (f"/{lang}/complaints/", f"/{lang}/complaints/new", f"/{lang}/complaints/status"):
        page = client.get(address)
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers


def test_one_complete_post_is_enough(client, complaint_form):
    page = send(client, complaint_form)
    assert page.status_code == 201
    assert page.headers["Cache-Control"] == "no-store"
    status = client.post(
        "/zh/complaints/status", data={"receipt": shown(page, "receipt"), "secret": shown(page, "secret")}
    )
    assert status.status_code == 302
    page = client.get("/zh/complaints/status")
    assert 'data-status="filed"' in page.text
    assert STATEMENT in page.text
    assert NUMBER not in page.text
    assert NAME not in page.text


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("problem_kind", "", "problem_kind"),
        ("problem_kind", "invented", "problem_kind"),
        ("statement", "太短", "statement"),
        ("statement", "字" * 10_001, "statement"),
        ("statement", "\ue123" * 30, "statement"),
        ("name", "", "name"),
        ("id_number", "110105194912310021", "id_number"),
        ("id_number", "11010519491231", "id_number"),
        ("id_type", "library_card", "id_type"),
        ("phone", "12345", "phone"),
        ("phone", "", "phone"),
        ("email", "not an address", "email"),
        ("consent", "", "consent"),
        ("respondent", "u999999", "respondent_name"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(client, complaint_form, field, value, wrong):
    page = send(client, complaint_form, **{field: value})
    assert page.status_code == 422
    assert f'href="#{wrong}' in page.text
    if field != "statement":
        assert STATEMENT in page.text
    assert not db.session.scalars(select(Case)).first()


def test_no_address_on_the_receipt_names_the_case(client, complaint_form):
    """An address stays in histories and in the logs of servers, beside the number of whoever asks."""
    page = send(client, complaint_form).text
    receipt = re.search(r"XZ\d\d-[0-9A-Z-]+", page).group()
    assert not [found for found in re.findall(r'(?:href|action|src)="([^"]*)"', page) if receipt in found]
    assert receipt not in client.get(f"/zh/complaints/status?receipt={receipt}").text.partition("<main")[2]


def test_a_complaint_needs_supporting_material(client, complaint_form):
    complaint_form.pop("evidence")
    page = send(client, complaint_form)
    assert page.status_code == 422
    assert 'id="evidence-error"' in page.text


def test_a_refused_file_is_named_in_the_page(client, complaint_form):
    page = send(client, complaint_form, evidence=(io.BytesIO(b"MZ\x90" + b"\0" * 300), "程序.exe"))
    assert page.status_code == 422
    assert "程序.exe" in page.text
    assert not db.session.scalars(select(Case)).first()


def test_several_files_come_in_together(client, complaint_form):
    page = send(client, complaint_form, evidence=[(io.BytesIO(PNG), f"{n}.png") for n in range(3)])
    assert page.status_code == 201
    assert len(db.session.scalars(select(Case)).one().evidence) == 3


def test_more_files_than_announced_are_refused(client, complaint_form):
    page = send(client, complaint_form, evidence=[(io.BytesIO(PNG), f"{n}.png") for n in range(11)])
    assert page.status_code == 422


def test_a_unit_of_another_province_is_refused_in_words(client, complaint_form, units):
    page = send(client, complaint_form, respondent=units.elsewhere.public_id)
    assert page.status_code == 422
    assert "四川" in page.text


def test_an_organisation_complains_with_its_credit_code(client, complaint_form):
    assert send(client, complaint_form, id_type="organisation", id_number="91110000600037341L").status_code == 201


def test_an_organisation_with_a_wrong_code_is_refused(client, complaint_form):
    assert send(client, complaint_form, id_type="organisation", id_number="91110000600037341X").status_code == 422


def test_sending_the_form_twice_shows_the_same_receipt_and_secret(client, complaint_form):
    token = re.search(r'name="filing_token"[^>]*value="([^"]+)"', client.get("/zh/complaints/new").text).group(1)
    first = send(client, complaint_form, filing_token=token)
    second = send(client, complaint_form, filing_token=token, evidence=(io.BytesIO(PNG), "电表照片.png"))
    assert shown(first, "receipt") == shown(second, "receipt")
    assert shown(first, "secret") == shown(second, "secret")


def test_the_same_form_with_other_content_names_the_receipt(client, complaint_form):
    token = re.search(r'name="filing_token"[^>]*value="([^"]+)"', client.get("/zh/complaints/new").text).group(1)
    receipt = shown(send(client, complaint_form, filing_token=token), "receipt")
    other = {
        "statement": "样本举报：这是另外一件完全不同的事情，需要另行说明。",
        "evidence": (io.BytesIO(PNG), "二.png"),
    }
    page = send(client, complaint_form, filing_token=token, **other)
    assert page.status_code == 409
    assert receipt in page.text
    assert other["statement"] in page.text


def test_a_file_that_the_store_has_lost_is_no_error_of_the_server(filed, people, login):
    evidence = filed.filing.evidence[0]
    current_vault().store.delete(evidence.store_key)
    answer = login(people.lhasa_officer).get(f"/desk/verification/{filed.filing.id}/evidence/{evidence.id}")
    assert answer.status_code == 404


def test_a_wrong_secret_says_so_and_does_not_say_which_of_the_two(client, filed):
    page = client.post("/bo/complaints/status", data={"receipt": filed.filing.receipt, "secret": "AAAA"})
    assert page.status_code == 403
    missing = client.post("/bo/complaints/status", data={"receipt": "XZ26-AAAA-AAAA-AAAA", "secret": "AAAA"})
    assert missing.status_code == 403


def test_a_unit_is_found_by_part_of_its_name(client, units):
    page = client.get("/zh/complaints/new", query_string={"find": "拉萨绿色"})
    assert f"respondent={units.lhasa.public_id}" in page.text
    chosen = client.get("/zh/complaints/new", query_string={"respondent": units.lhasa.public_id})
    assert "拉萨市经济和信息化局" in chosen.text


def follow(client, filed):
    client.post("/zh/complaints/status", data={"receipt": filed.filing.receipt, "secret": filed.secret})


def test_the_complainant_answers_a_request_with_text_and_file(client, filed, people, do):
    do(filed.filing, CaseAct.REQUEST_SUPPLEMENT, people.lhasa_officer, note="请补充拍摄时间")
    follow(client, filed)
    assert "请补充拍摄时间" in client.get("/zh/complaints/status").text
    answer = client.post(
        "/zh/complaints/status/reply",
        data={"text": "拍摄于三月", "evidence": (io.BytesIO(PNG), "二.png")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302
    db.session.refresh(filed.filing)
    assert filed.filing.status is CaseStatus.FILED
    assert "拍摄于三月" in client.get("/zh/complaints/status").text


def test_an_empty_reply_is_refused(client, filed):
    follow(client, filed)
    assert client.post("/zh/complaints/status/reply", data={"text": " "}).status_code == 422


def test_leaving_forgets_the_case(client, filed):
    follow(client, filed)
    client.post("/zh/complaints/status/leave")
    assert filed.filing.receipt not in client.get("/zh/complaints/status").text
    assert client.post("/zh/complaints/status/reply", data={"text": "x"}).status_code == 302


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_the_officers_queue_and_case_open_in_each_language(filed, people, login, lang):
    browser = login(people.lhasa_officer)
    browser.post(f"/desk/language/{lang}")
    assert filed.filing.receipt in browser.get("/desk/verification/").text
    page = browser.get(f"/desk/verification/{filed.filing.id}")
    assert STATEMENT in page.text
    assert NAME not in page.text


def test_an_act_at_the_desk_moves_the_case(filed, people, login):
    browser = login(people.lhasa_officer)
    address = f"/desk/verification/{filed.filing.id}/accept"
    assert browser.post(address, data={"version": filed.filing.version, "note": ""}).status_code == 302
    db.session.refresh(filed.filing)
    assert filed.filing.status is CaseStatus.ACCEPTED


def test_a_refused_act_keeps_what_was_written_and_says_why(filed, people, login):
    browser = login(people.lhasa_officer)
    address = f"/desk/verification/{filed.filing.id}"
    page = browser.post(f"{address}/request_supplement", data={"version": 99, "note": "写了很久的文字"})
    assert page.status_code == 409
    assert "写了很久的文字" in page.text
    page = browser.post(f"{address}/refuse", data={"version": filed.filing.version, "note": "有理由"})
    assert page.status_code == 422
    assert "有理由" in page.text
    db.session.refresh(filed.filing)
    assert filed.filing.status is CaseStatus.FILED


def test_an_officer_of_another_prefecture_gets_not_found(filed, people, login):
    browser = login(people.shigatse_officer)
    address = f"/desk/verification/{filed.filing.id}"
    assert browser.get(address).status_code == 404
    assert browser.post(f"{address}/accept", data={"version": 1}).status_code == 404
    assert browser.get(f"{address}/evidence/{filed.filing.evidence[0].id}").status_code == 404
    assert browser.post(f"{address}/identity", data={"reason": "好奇而已"}).status_code == 404
    assert filed.filing.receipt not in browser.get("/desk/verification/").text


def test_evidence_is_served_only_as_attachment(filed, people, login):
    answer = login(people.lhasa_officer).get(
        f"/desk/verification/{filed.filing.id}/evidence/{filed.filing.evidence[0].id}"
    )
    assert answer.data == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"


def test_the_identity_shows_once_and_only_for_a_reason(filed, people, login):
    browser = login(people.lhasa_officer)
    address = f"/desk/verification/{filed.filing.id}"
    browser.post(f"{address}/desk/give", data={"version": filed.filing.version, "to": people.lhasa_officer.id})
    assert browser.post(f"{address}/identity", data={"reason": ""}).status_code == 422
    assert NAME in browser.post(f"{address}/identity", data={"reason": "电话核实"}).text
    assert NAME not in browser.get(address).text


def test_the_queue_takes_the_same_number_of_queries_for_many_cases(app, units, people, login, count_queries):
    browser = login(people.lhasa_officer)

    def reading():
        with count_queries() as counted:
            assert browser.get("/desk/verification/").status_code == 200
        return counted.number

    services.file_complaint(filing(Respondent(units.lhasa.name, units.lhasa)), services.new_token())
    few = reading()
    for _ in range(12):
        services.file_complaint(filing(Respondent(units.lhasa.name, units.lhasa), files=[]), services.new_token())
    assert reading() == few


def test_a_whole_case_at_the_two_desks(filed, people, login):
    officer, determiner = login(people.lhasa_officer), login(people.determiner)

    def act(browser, desk, what, **fields):
        db.session.refresh(filed.filing)
        data = {"version": filed.filing.version, "note": "说明", **fields}
        answer = browser.post(f"/desk/{desk}/{filed.filing.id}/{what}", data=data)
        assert answer.status_code == 302, answer.text

    act(officer, "verification", "accept")
    act(officer, "verification", "verify")
    act(officer, "verification", "report", finding="not_substantiated")
    assert filed.filing.receipt in determiner.get("/desk/determination/").text
    act(determiner, "determination", "find_unsubstantiated")
    act(determiner, "determination", "close")
    db.session.refresh(filed.filing)
    assert filed.filing.status is CaseStatus.CLOSED
