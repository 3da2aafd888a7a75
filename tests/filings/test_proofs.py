"""Many filings at once, and one person's many filings: nobody is dropped, everybody is told, a little patience passes."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
from datetime import timedelta

import pytest

from portal.complaints.models import Case
from portal.filings import proofs, repeating
from portal.filings.repeating import FilingTally, TooOften, tally
from portal.filings.sealing import Identity
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import IdType
from tests.complaints.conftest import NAME, NUMBER, PHONE, PNG, STATEMENT
from tests.conftest import make_app

ME = Identity(NAME, IdType.RESIDENT_ID, NUMBER)


@pytest.fixture
def guarded_app(tmp_path):
    """An application with its limits on, that asks for proofs from the third filing on."""
    app = make_app(tmp_path, rate_limits=True, max_filings_per_day=3, captcha_above=3)
    app.config["RATELIMIT_ENABLED"] = False
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def rush(number: int = 3) -> None:
    with transaction():
        db.session.add_all([FilingTally(digest=str(one), at=clock.now()) for one in range(number)])


def form(**changes: object) -> dict[str, object]:
    return {
        "respondent_name": "名单里没有的样本单位",
        "problem_kind": "false_data",
        "statement": STATEMENT,
        "name": NAME,
        "id_type": "resident_id",
        "id_number": NUMBER,
        "phone": PHONE,
        "evidence": (io.BytesIO(PNG), "照片.png"),
        "consent": "y",
        **changes,
    }


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"the page has no field {name}"
    return html.unescape(found[1])


def task_of(page: str) -> dict[str, object]:
    return json.loads(html.unescape(re.search(r'data-proof="([^"]+)"', page)[1]))


def solve(task) -> str:
    """What the page's script computes."""
    for number in range(task["maxNumber"] + 1):
        if hashlib.sha256(f"{task['salt']}{number}".encode()).hexdigest() == task["challenge"]:
            break
    solved = {name: task[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
    return base64.b64encode(json.dumps(solved).encode()).decode()


# One person's many


def test_the_fourth_of_a_day_is_asked_to_wait_in_words_and_keeps_its_text(guarded_app, monkeypatch):
    monkeypatch.setattr(proofs, "is_busy", lambda: False)
    client = guarded_app.test_client()
    answers = [client.post("/zh/complaints/new", data=form()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert "同一证件24小时内最多接收3件举报" in answers[3].text
    assert STATEMENT in answers[3].text
    assert db.session.query(Case).count() == 3
    # Nothing is left of what was not taken.
    from portal.vault import current_vault

    assert len(list(current_vault().store.keys("evidence"))) == 3


def test_another_document_and_another_day_are_taken(guarded_app):
    for _ in range(3):
        with transaction():
            tally(ME)
    with pytest.raises(TooOften), transaction():
        tally(ME)
    with transaction():
        tally(Identity(NAME, IdType.PASSPORT, "E12345678"))
    with clock.at(clock.now() + timedelta(hours=25)), transaction():
        tally(ME)


def test_only_a_digest_is_kept_and_only_for_a_month(guarded_app):
    with transaction():
        tally(ME)
    kept = db.session.query(FilingTally).one().digest
    assert len(kept) == 64
    assert kept not in {hashlib.sha256(f"resident_id {NUMBER}".encode()).hexdigest(), NUMBER}
    assert repeating.forget_old() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert repeating.forget_old() == 1


# Many at once


def test_without_a_rush_nobody_is_asked(guarded_app):
    rush(2)
    page = guarded_app.test_client().get("/zh/complaints/new?all=1").text
    assert "data-proof" not in page
    assert guarded_app.test_client().post("/zh/complaints/new", data=form()).status_code == 201


def test_in_a_rush_a_form_without_proof_is_asked_for_patience_and_keeps_its_text(guarded_app):
    rush()
    answer = guarded_app.test_client().post("/zh/complaints/new", data=form())
    assert answer.status_code == 429
    assert "请一分钟后再次提交本页" in answer.text
    assert STATEMENT in answer.text
    assert hidden(answer.text, "ticket")


def test_without_scripts_a_minute_passes_and_the_form_is_taken(guarded_app):
    rush()
    client = guarded_app.test_client()
    refused = client.post("/zh/complaints/new", data=form()).text
    again = {"filing_token": hidden(refused, "filing_token"), "ticket": hidden(refused, "ticket")}
    assert client.post("/zh/complaints/new", data=form(**again)).status_code == 429
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert client.post("/zh/complaints/new", data=form(**again)).status_code == 201


def test_with_scripts_the_computation_is_enough(guarded_app):
    rush()
    client = guarded_app.test_client()
    page = client.get("/zh/complaints/new?all=1").text
    sent = {"filing_token": hidden(page, "filing_token"), "proof": solve(task_of(page))}
    assert client.post("/zh/complaints/new", data=form(**sent)).status_code == 201


def test_a_proof_and_a_ticket_are_good_for_one_form(guarded_app):
    rush()
    client = guarded_app.test_client()
    page = client.get("/zh/complaints/new?all=1").text
    other = hidden(client.get("/zh/complaints/new?all=1").text, "filing_token")
    proof = {"proof": solve(task_of(page)), "ticket": hidden(page, "ticket")}
    with clock.at(clock.now() + timedelta(minutes=2)):
        for token in (other, "", "chosen by somebody"):
            answer = client.post("/zh/complaints/new", data=form(filing_token=token, **proof))
            assert answer.status_code == 429, token


@pytest.mark.parametrize(
    "change",
    [
        {"number": -1},
        {"number": "1"},
        {"salt": "00?expires=9999999999&for=x&"},
        {"signature": "0" * 64},
        {"algorithm": "SHA-1"},
        {"challenge": None},
    ],
)
def test_a_proof_that_was_made_up_does_not_pass(guarded_app, change):
    rush()
    page = guarded_app.test_client().get("/zh/complaints/new?all=1").text
    forged = {**json.loads(base64.b64decode(solve(task_of(page)))), **change}
    sent = base64.b64encode(json.dumps(forged).encode()).decode()
    token = hidden(page, "filing_token")
    with pytest.raises(proofs.ProofNeeded):
        proofs.require(token, {"proof": sent})


@pytest.mark.parametrize("text", ["", "x", "bnVsbA==", "W10=", "e30=", "\ud800"])
def test_rubbish_is_no_proof(guarded_app, text):
    rush()
    with pytest.raises(proofs.ProofNeeded):
        proofs.require("form", {"proof": text, "ticket": text})


def test_a_ticket_and_a_proof_grow_old(guarded_app):
    rush()
    asked = proofs.asked("form")
    with clock.at(clock.now() + timedelta(hours=3)):
        rush()
        with pytest.raises(proofs.ProofNeeded):
            proofs.require("form", {"ticket": asked.ticket})
