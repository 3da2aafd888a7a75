"""The counter: what came by letter, call or visit is a complaint like any other."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.filings.rules import Channel
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.errors import NotPermitted
from portal.foundation.languages import Language
from tests.complaints.conftest import NAME, NUMBER, PNG, STATEMENT, filing

ADDRESS = "/desk/verification/counter"


def entered(browser, form, **changes):
    letter = {**form, "channel": "letter", "language": "zh", **changes}
    return browser.post(ADDRESS, data=letter, content_type="multipart/form-data")


@pytest.mark.parametrize("language", ["zh", "bo"])
def test_a_letter_gets_the_same_receipt_in_the_complainants_language(people, login, complaint_form, client, language):
    page = entered(login(people.lhasa_officer), complaint_form, language=language)
    assert page.status_code == 201
    assert f'lang="{language}' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    codes = {name: re.search(rf'data-{name}="([^"]+)"', page.text).group(1) for name in ("receipt", "secret")}
    assert client.post("/zh/complaints/status", data=codes).status_code == 302
    case = db.session.scalars(select(Case)).one()
    assert (case.channel, case.language) == (Channel.LETTER, Language(language))


def test_it_stands_on_the_case_who_entered_it(people, login, complaint_form):
    entered(login(people.lhasa_officer), complaint_form)
    event = db.session.scalars(select(Case)).one().events[0]
    assert (event.person_id, event.authority_id) == (people.lhasa_officer.id, people.lhasa_officer.authority_id)
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "complaints.case.filed")).one()
    assert record.actor == people.lhasa_officer.actor
    assert record.data["channel"] == "letter"


def test_a_letter_needs_its_scan_and_a_call_does_not(people, login, complaint_form):
    browser = login(people.lhasa_officer)
    complaint_form.pop("evidence")
    page = entered(browser, complaint_form)
    assert page.status_code == 422
    assert 'id="evidence-error"' in page.text
    assert entered(browser, complaint_form, channel="call").status_code == 201


def test_what_came_online_cannot_be_entered_here(people, login, complaint_form):
    assert entered(login(people.lhasa_officer), complaint_form, channel="online").status_code == 422


def test_a_letter_about_a_unit_elsewhere_goes_to_its_authority(people, login, complaint_form, units):
    assert entered(login(people.shigatse_officer), complaint_form).status_code == 201
    assert db.session.scalars(select(Case)).one().authority_id == units.lhasa.authority_id


def test_the_respondent_is_found_in_the_lists(people, login, units):
    browser = login(people.determiner)
    page = browser.get(f"{ADDRESS}?find=绿色建材")
    assert f"respondent={units.lhasa.public_id}" in page.text
    assert "拉萨" in browser.get(f"{ADDRESS}?respondent={units.lhasa.public_id}").text
    assert "四川" in browser.get(f"{ADDRESS}?respondent={units.elsewhere.public_id}").text


def test_what_is_wrong_is_said_and_the_rest_kept(people, login, complaint_form):
    page = entered(login(people.lhasa_officer), complaint_form, id_number="110105194912310021")
    assert page.status_code == 422
    assert 'href="#id_number"' in page.text
    assert STATEMENT in page.text


def test_a_form_sent_twice_is_one_case(people, login, complaint_form):
    browser = login(people.lhasa_officer)
    token = re.search(r'name="filing_token"[^>]*value="([^"]+)"', browser.get(ADDRESS).text).group(1)
    first = entered(browser, complaint_form, filing_token=token)
    second = entered(browser, complaint_form, filing_token=token, evidence=(io.BytesIO(PNG), "电表照片.png"))
    assert first.status_code == second.status_code == 201
    assert len(db.session.scalars(select(Case)).all()) == 1


@pytest.mark.parametrize("who", ["editor", "administrator", "auditor", "lhasa_editor"])
def test_others_enter_nothing(app, people, login, units, who):
    person = getattr(people, who)
    assert login(person).get(ADDRESS).status_code == 403
    letter = filing(Respondent(units.lhasa.name, units.lhasa))
    with pytest.raises(NotPermitted):
        services.file_at_counter(letter, services.new_token(), channel=Channel.LETTER, by=person)


def test_nothing_of_the_identity_stands_in_the_audit_log(people, login, complaint_form):
    entered(login(people.lhasa_officer), complaint_form)
    kept = "".join(str(record.data) for record in db.session.scalars(select(AuditRecord)))
    for secret in (NAME, NUMBER, STATEMENT):
        assert secret not in kept
