"""The guided form as a browser without scripts meets it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.complaints.models import Case
from portal.complaints.public.steps import Step
from portal.filings.drafts.models import FilingDraft
from portal.filings.sealing import identity_of
from portal.foundation import clock
from portal.foundation.database import db
from tests.complaints.conftest import NAME, NUMBER, PHONE, PNG, STATEMENT

WHAT = {"problem_kind": "false_data", "statement": STATEMENT}
WHO = {"name": NAME, "id_type": "resident_id", "id_number": NUMBER, "phone": PHONE}


def post(client, step, lang="zh", **fields):
    return client.post(f"/{lang}/complaints/new/{step}", data=fields, content_type="multipart/form-data")


def files(*names):
    return [(io.BytesIO(PNG), name) for name in names]


def begun(client, units):
    answer = post(client, "whom", respondent=units.lhasa.public_id)
    assert answer.status_code == 302, answer.text


def walked(client, units, lang="zh"):
    begun(client, units)
    assert post(client, "what", lang, **WHAT).location.endswith("/material")
    assert post(client, "material", lang, evidence=files("电表照片.png")).location.endswith("/who")
    assert post(client, "who", lang, **WHO).location.endswith("/look")


def code_of(page):
    found = re.search(r'data-resume="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def number_of(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_step_by_step_to_the_receipt(client, units, lang):
    walked(client, units, lang)
    look = client.get(f"/{lang}/complaints/new/look")
    for seen in (STATEMENT, NAME, "电表照片.png", units.lhasa.name):
        assert seen in look.text
    assert look.headers["Cache-Control"] == "no-store"
    token = re.search(r'name="filing_token" value="([^"]+)"', look.text).group(1)
    receipt = post(client, "look", lang, consent="y", filing_token=token)
    assert receipt.status_code == 201
    case = db.session.scalars(select(Case)).one()
    assert f'data-receipt="{case.receipt}"' in receipt.text
    assert identity_of(case).name == NAME
    assert len(case.evidence) == 1
    assert number_of(FilingDraft) == 0
    again = post(client, "look", lang, consent="y", filing_token=token)
    assert re.findall(r'data-secret="([^"]+)"', again.text) == re.findall(r'data-secret="([^"]+)"', receipt.text)


def test_who_will_handle_it_is_told_as_soon_as_it_is_chosen(client, units):
    page = client.get(f"/zh/complaints/new?respondent={units.lhasa.public_id}")
    assert "拉萨" in page.text
    assert "data-chosen" in page.text
    assert number_of(FilingDraft) == 0


def test_a_unit_of_another_province_is_told_before_anything_is_written(client, units):
    page = client.get(f"/zh/complaints/new?respondent={units.elsewhere.public_id}")
    assert "四川" in page.text
    assert "/new/whom" not in page.text
    assert post(client, "whom", respondent=units.elsewhere.public_id).status_code == 422
    assert number_of(FilingDraft) == 0


def test_somebody_not_in_the_lists_can_be_named(client, units):
    assert post(client, "whom", respondent_name="样本无名小厂").status_code == 302
    assert "样本无名小厂" in client.get("/zh/complaints/new/what").text


def test_nobody_named_is_said_at_the_field(client, units):
    page = post(client, "whom", respondent_name=" ")
    assert page.status_code == 422
    assert 'id="respondent_name-error"' in page.text


def test_an_agency_goes_where_the_unit_it_evaluated_is(client, units):
    page = client.get(f"/zh/complaints/new?respondent={units.agency.public_id}&find_unit=绿色建材")
    assert f"evaluated={units.lhasa.public_id}" in page.text
    chosen = client.get(f"/zh/complaints/new?respondent={units.agency.public_id}&evaluated={units.lhasa.public_id}")
    assert "拉萨" in chosen.text
    post(client, "whom", respondent=units.agency.public_id, evaluated=units.lhasa.public_id)
    assert "拉萨" in client.get("/zh/complaints/new/what").text


def test_what_is_wrong_in_a_step_is_said_there_and_kept(client, units):
    begun(client, units)
    page = post(client, "what", problem_kind="false_data", statement="太短")
    assert page.status_code == 422
    assert 'href="#statement"' in page.text
    assert "太短" in client.get("/zh/complaints/new/what").text


def test_a_step_left_half_written_is_kept(client, units):
    begun(client, units)
    assert post(client, "what", statement="写到一半", go="back").location.endswith("/complaints/new")
    assert "写到一半" in client.get("/zh/complaints/new/what").text


def test_an_unfinished_draft_is_led_to_what_is_missing(client, units):
    begun(client, units)
    for missing, fields in (("what", WHAT), ("material", {"evidence": files("一.png")}), ("who", WHO)):
        assert client.get("/zh/complaints/new/look").location.endswith(f"/{missing}")
        assert post(client, "look", consent="y").location.endswith(f"/{missing}")
        post(client, missing, **fields)
    assert client.get("/zh/complaints/new/look").status_code == 200


def test_without_the_assurance_nothing_is_sent(client, units):
    walked(client, units)
    page = post(client, "look")
    assert page.status_code == 422
    assert 'href="#consent"' in page.text
    assert number_of(Case) == 0


def test_a_refused_file_is_named_and_the_others_stay(client, units):
    begun(client, units)
    page = post(client, "material", evidence=[*files("一.png"), (io.BytesIO(b"MZ\x90" + b"\0" * 300), "程序.exe")])
    assert page.status_code == 422
    assert "程序.exe" in page.text
    assert "一.png" in page.text
    assert "一.png" in client.get("/zh/complaints/new/material").text


def test_a_file_can_be_removed_again(client, units):
    begun(client, units)
    post(client, "material", evidence=files("一.png", "二.png"), go="add")
    page = client.get("/zh/complaints/new/material")
    first = re.search(r'name="drop" value="(\d+)"', page.text).group(1)
    assert post(client, "material", drop=first).status_code == 302
    page = client.get("/zh/complaints/new/material")
    assert "一.png" not in page.text
    assert "二.png" in page.text


def test_nothing_goes_on_without_a_file(client, units):
    begun(client, units)
    assert post(client, "material").status_code == 422


def test_the_code_brings_the_draft_to_another_device(app, client, units):
    begun(client, units)
    post(client, "what", **WHAT)
    page = post(client, "material", evidence=files("一.png"), go="stop")
    code = code_of(page)
    assert code in page.text
    assert client.get("/zh/complaints/new/who").status_code == 404
    other = app.test_client()
    answer = other.post("/bo/complaints/new/resume", data={"code": code.lower()})
    assert answer.location.endswith("/bo/complaints/new/material")
    assert "一.png" in other.get(answer.location).text


def test_the_code_stands_nowhere_in_the_cookie_or_the_address(client, units):
    begun(client, units)
    page = client.get("/zh/complaints/new/what")
    code = code_of(page)
    cookie = client.get_cookie("portal", domain="localhost")
    assert cookie is not None
    for place in (cookie.value, page.request.url):
        assert code not in place
        assert code.replace("-", "") not in place


@pytest.mark.parametrize("wrong", ["", "2222-2222-2222-2222", "字"])
def test_a_wrong_code_says_so(client, wrong):
    page = client.post("/zh/complaints/new/resume", data={"code": wrong})
    assert page.status_code == 404
    assert 'id="errors"' in page.text


def test_a_deleted_draft_is_gone(client, units):
    begun(client, units)
    code = code_of(client.get("/zh/complaints/new/what"))
    assert client.post("/zh/complaints/new/discard").status_code == 302
    assert number_of(FilingDraft) == 0
    assert client.post("/zh/complaints/new/resume", data={"code": code}).status_code == 404


def test_an_expired_draft_says_how_to_go_on(client, units):
    begun(client, units)
    with clock.at(clock.now() + timedelta(days=15)):
        page = client.get("/zh/complaints/new/what")
    assert page.status_code == 404
    assert "/zh/complaints/new" in page.text


def test_two_people_at_one_portal_do_not_meet(app, units):
    one, two = app.test_client(), app.test_client()
    begun(one, units)
    post(one, "what", **WHAT)
    begun(two, units)
    assert STATEMENT not in two.get("/zh/complaints/new/what").text


def test_a_draft_that_came_back_under_an_old_row_number_is_not_shown(app, client, units):
    begun(client, units)
    client.post("/zh/complaints/new/discard")
    other = app.test_client()
    begun(other, units)
    post(other, "what", **WHAT)
    assert client.get("/zh/complaints/new/what").status_code == 404


def test_an_organisation_names_a_contact_person(client, units):
    begun(client, units)
    company = {**WHO, "id_type": "organisation", "id_number": "91110000600037341L"}
    page = post(client, "who", **company)
    assert page.status_code == 422
    assert 'href="#contact"' in page.text
    assert post(client, "who", **company, contact="样本联系人").status_code == 302


def test_the_one_page_form_is_still_there(client, units):
    page = client.get(f"/zh/complaints/new?all=1&respondent={units.lhasa.public_id}")
    for field in ("statement", "evidence", "id_number", "consent"):
        assert f'name="{field}"' in page.text


def test_whom_it_is_about_can_be_changed_later(client, units):
    walked(client, units)
    post(client, "whom", respondent=units.local_agency.public_id)
    look = client.get("/zh/complaints/new/look")
    assert units.local_agency.name in look.text
    assert STATEMENT in look.text


def test_each_step_knows_the_one_before_and_after():
    assert [step.value for step in Step] == ["whom", "what", "material", "who", "look"]
