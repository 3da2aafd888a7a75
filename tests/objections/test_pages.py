"""The pages of objections as an objector and as the department meet them."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from portal.foundation.database import db
from portal.objections.models import Objection
from portal.objections.rules import ObjectionAct, ObjectionStatus
from portal.register.batches import services as rounds
from tests.objections.conftest import FIRST, NAME, NUMBER, PNG, SECOND, STATEMENT, file_against
from tests.register.rounds import AFTER, LAST_DAY


def send(client, form, lang="zh", **changes):
    return client.post(f"/{lang}/objections/new", data={**form, **changes}, content_type="multipart/form-data")


def shown(page, what):
    found = re.search(rf'data-{what}="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def notice(client, batch, lang="zh"):
    return client.get(f"/{lang}/publicity/{batch.notice.slug}")


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_the_notice_leads_to_the_form_for_each_candidate_while_it_is_open(client, batch, candidates, moment, lang):
    for candidate in candidates:
        address = f"/{lang}/objections/new?candidate={candidate.public_id}"
        assert address in notice(client, batch, lang).text
        form = client.get(address)
        assert form.status_code == 200
        assert candidate.name in form.text
        assert "Set-Cookie" not in form.headers
    moment(LAST_DAY, 23, 59)
    assert "/objections/new" in notice(client, batch, lang).text
    moment(AFTER, 0, 0)
    assert "/objections/new" not in notice(client, batch, lang).text


def test_a_dropped_candidate_has_no_link_and_its_form_says_why(client, batch, candidates, people):
    rounds.drop(candidates[0], reason="样本理由", by=people.editor)
    text = notice(client, batch).text
    assert f"candidate={candidates[0].public_id}" not in text
    assert f"candidate={candidates[1].public_id}" in text
    page = client.get(f"/zh/objections/new?candidate={candidates[0].public_id}")
    assert 'role="alert"' in page.text
    assert 'name="id_number"' not in page.text


def test_one_complete_post_is_enough(client, objection_form):
    page = send(client, objection_form)
    assert page.status_code == 201
    assert page.headers["Cache-Control"] == "no-store"
    receipt, secret = shown(page, "receipt"), shown(page, "secret")
    assert client.post("/zh/objections/status", data={"receipt": receipt, "secret": secret}).status_code == 302
    page = client.get("/zh/objections/status")
    assert 'data-status="filed"' in page.text
    assert STATEMENT in page.text
    assert NUMBER not in page.text
    assert NAME not in page.text


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("statement", "太短", "statement"),
        ("name", "", "name"),
        ("id_number", "110105194912310021", "id_number"),
        ("id_type", "library_card", "id_type"),
        ("phone", "", "phone"),
        ("email", "not an address", "email"),
        ("consent", "", "consent"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(client, objection_form, field, value, wrong):
    page = send(client, objection_form, **{field: value})
    assert page.status_code == 422
    assert f'href="#{wrong}' in page.text
    assert FIRST in page.text
    if field != "statement":
        assert STATEMENT in page.text
    assert not db.session.scalars(select(Objection)).first()


def test_an_objection_needs_supporting_material_of_a_known_kind(client, objection_form):
    refused = send(client, objection_form, evidence=(io.BytesIO(b"MZ\x90" + b"\0" * 300), "程序.exe"))
    assert refused.status_code == 422
    assert "程序.exe" in refused.text
    objection_form.pop("evidence")
    assert 'id="evidence-error"' in send(client, objection_form).text


def test_a_minute_too_late_says_so_keeps_the_text_and_shows_the_way_to_a_complaint(client, objection_form, moment):
    moment(AFTER, 0, 0)
    page = send(client, objection_form)
    assert page.status_code == 409
    assert STATEMENT in page.text
    assert 'role="alert"' in page.text
    assert "/zh/complaints/" in page.text
    assert not db.session.scalars(select(Objection)).first()


@pytest.mark.parametrize("ref", ["", "c999999", "nonsense", "u1"])
def test_without_a_candidate_the_page_helps_to_find_one(client, batch, objection_form, ref):
    page = client.get("/zh/objections/new", query_string={"candidate": ref})
    assert page.status_code == 200
    assert f"/zh/publicity/{batch.notice.slug}" in page.text
    page = send(client, objection_form, candidate=ref)
    assert page.status_code == 409
    assert STATEMENT in page.text


def test_sending_the_form_twice_shows_the_same_receipt_and_secret(client, objection_form):
    page = client.get(f"/zh/objections/new?candidate={objection_form['candidate']}")
    token = re.search(r'name="filing_token"[^>]*value="([^"]+)"', page.text).group(1)
    first = send(client, objection_form, filing_token=token)
    second = send(client, objection_form, filing_token=token, evidence=(io.BytesIO(PNG), "通知照片.png"))
    assert shown(first, "receipt") == shown(second, "receipt")
    assert shown(first, "secret") == shown(second, "secret")


def test_a_wrong_secret_says_so(client, filed):
    page = client.post("/bo/objections/status", data={"receipt": filed.filing.receipt, "secret": "AAAA"})
    assert page.status_code == 403


def test_a_complaints_page_does_not_open_an_objection(client, filed):
    data = {"receipt": filed.filing.receipt, "secret": filed.secret}
    assert client.post("/zh/complaints/status", data=data).status_code == 403


def test_the_objector_answers_a_request_and_reads_the_result(client, filed, do):
    do(filed.filing, ObjectionAct.REQUEST_SUPPLEMENT, note="请补充通知的日期")
    client.post("/zh/objections/status", data={"receipt": filed.filing.receipt, "secret": filed.secret})
    assert "请补充通知的日期" in client.get("/zh/objections/status").text
    data = {"text": "通知日期为三月", "evidence": (io.BytesIO(PNG), "二.png")}
    answer = client.post("/zh/objections/status/reply", data=data, content_type="multipart/form-data")
    assert answer.status_code == 302
    do(filed.filing, ObjectionAct.REJECT, note="经核查与事实不符")
    page = client.get("/zh/objections/status")
    assert 'data-status="rejected"' in page.text
    assert "经核查与事实不符" in page.text
    late = client.post("/zh/objections/status/reply", data={"text": "还有话说"})
    assert late.status_code == 422
    client.post("/zh/objections/status/leave")
    assert filed.filing.receipt not in client.get("/zh/objections/status").text


def test_an_empty_reply_is_refused(client, filed):
    client.post("/zh/objections/status", data={"receipt": filed.filing.receipt, "secret": filed.secret})
    assert client.post("/zh/objections/status/reply", data={"text": " "}).status_code == 422


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_the_queue_and_the_objection_open_in_each_language(filed, people, login, lang):
    browser = login(people.determiner)
    browser.post(f"/desk/language/{lang}")
    assert filed.filing.receipt in browser.get("/desk/objections/").text
    page = browser.get(f"/desk/objections/{filed.filing.id}")
    assert STATEMENT in page.text
    assert NAME not in page.text


def test_an_act_at_the_desk_decides(filed, people, login):
    browser = login(people.determiner)
    data = {"version": filed.filing.version, "note": "理由成立", "ground": "energy_rectification"}
    assert browser.post(f"/desk/objections/{filed.filing.id}/sustain", data=data).status_code == 302
    db.session.refresh(filed.filing)
    assert filed.filing.status is ObjectionStatus.SUSTAINED
    assert filed.filing.receipt not in browser.get("/desk/objections/").text
    assert filed.filing.receipt in browser.get("/desk/objections/?status=sustained").text


@pytest.mark.parametrize("version", ["99", "9" * 5000, "", "x"])
def test_a_stale_page_keeps_what_was_written_and_says_why(filed, people, login, version):
    browser = login(people.determiner)
    page = browser.post(
        f"/desk/objections/{filed.filing.id}/reject", data={"version": version, "note": "写了很久的文字"}
    )
    assert page.status_code == 409
    assert "写了很久的文字" in page.text


def test_what_is_missing_is_said_at_its_field(filed, people, login):
    browser = login(people.determiner)
    address = f"/desk/objections/{filed.filing.id}"
    page = browser.post(f"{address}/sustain", data={"version": filed.filing.version, "note": "有理由", "ground": ""})
    assert page.status_code == 422
    assert "有理由" in page.text
    assert browser.post(f"{address}/no-such-act", data={"version": 1}).status_code == 404
    assert browser.post(f"{address}/file", data={"version": 1}).status_code == 404


@pytest.mark.parametrize("who", ["lhasa_officer", "editor", "reviewer", "administrator", "auditor"])
def test_nobody_else_gets_in(filed, people, login, who):
    browser = login(getattr(people, who))
    address = f"/desk/objections/{filed.filing.id}"
    assert browser.get("/desk/objections/").status_code == 403
    assert browser.get(address).status_code == 403
    assert browser.post(f"{address}/reject", data={"version": 1}).status_code == 403
    assert browser.post(f"{address}/identity", data={"reason": "好奇而已"}).status_code == 403
    assert browser.get(f"{address}/evidence/{filed.filing.evidence[0].id}").status_code == 403


def test_evidence_is_served_only_as_attachment_and_without_any_right(filed, people, login):
    answer = login(people.determiner).get(f"/desk/objections/{filed.filing.id}/evidence/{filed.filing.evidence[0].id}")
    assert answer.data == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.mimetype == "application/octet-stream"


def test_the_identity_shows_once_and_only_for_a_reason(filed, people, login):
    browser = login(people.determiner)
    address = f"/desk/objections/{filed.filing.id}"
    assert browser.post(f"{address}/identity", data={"reason": ""}).status_code == 422
    assert NAME in browser.post(f"{address}/identity", data={"reason": "电话核实"}).text
    assert NAME not in browser.get(address).text


def test_the_queue_takes_the_same_number_of_queries_for_many(candidates, people, login, count_queries):
    browser = login(people.determiner)

    def reading():
        with count_queries() as counted:
            assert browser.get("/desk/objections/").status_code == 200
        return counted.number

    file_against(candidates[0], files=[])
    few = reading()
    for _ in range(8):
        file_against(candidates[1], files=[])
    assert reading() == few


def test_one_candidates_objections_know_each_other_and_the_other_candidate_none(candidates, filed, people, login):
    second = file_against(candidates[0], statement=STATEMENT + "（第二份）")
    third = file_against(candidates[1])
    page = login(people.determiner).get(f"/desk/objections/{filed.filing.id}").text
    assert second.filing.receipt in page
    assert third.filing.receipt not in page
    assert SECOND not in page
