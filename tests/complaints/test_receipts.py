"""The signed receipt: what it says and what not, for a filing and for each message, and a secret that can be renewed."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from sqlalchemy import select, text

from portal.complaints import services
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, RefusalGround
from portal.filings import receipts
from portal.filings.taking import AlreadyFiled, WrongSecret
from portal.foundation import clock
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.vault import current_vault, signing_keys
from tests.complaints.conftest import NAME, NUMBER, PHONE, PNG, STATEMENT, filing


def content(receipt):
    return current_vault().signing.verify(receipt.token, receipts.TYP)


def test_a_complaint_has_a_receipt_that_says_what_came_in_and_when_and_nothing_else(app, filed):
    [receipt] = receipts.of(filed.filing)
    assert content(receipt) == {
        "iss": app.extensions["portal.settings"].issuer,
        "receipt": filed.filing.receipt,
        "kind": "complaint",
        "filed_at": clock.local(filed.filing.filed_at).isoformat(timespec="seconds"),
        "statement_sha256": hashlib.sha256(STATEMENT.encode()).hexdigest(),
        "files": [{"sha256": hashlib.sha256(PNG).hexdigest(), "size": len(PNG)}],
    }
    said = json.dumps(content(receipt), ensure_ascii=False)
    for secret in (NAME, NUMBER, PHONE, filed.secret, filed.filing.respondent_name, STATEMENT):
        assert secret not in said


def test_each_message_and_supplement_has_a_receipt_of_its_own(filed, people, do):
    do(filed.filing, CaseAct.REQUEST_SUPPLEMENT, people.lhasa_officer)
    services.add_reply(
        filed.filing.id, "  补充说明  ", [("补充.png", io.BytesIO(PNG + b"1")), ("二.png", io.BytesIO(PNG))]
    )
    services.add_reply(filed.filing.id, "", [("三.png", io.BytesIO(PNG))])
    first, second, third = receipts.of(filed.filing)
    assert [content(item)["kind"] for item in (first, second, third)] == [
        "complaint",
        "complaint_reply",
        "complaint_reply",
    ]
    assert content(second)["statement_sha256"] == hashlib.sha256("补充说明".encode()).hexdigest()
    assert [item["size"] for item in content(second)["files"]] == [len(PNG) + 1, len(PNG)]
    assert "statement_sha256" not in content(third)
    assert receipts.one_of(filed.filing, second.event_id) == second
    with pytest.raises(NotFound):
        receipts.one_of(filed.filing, 10**6)


def test_a_receipt_lies_sealed_in_the_database(filed):
    [receipt] = receipts.of(filed.filing)
    stored = bytes(db.session.execute(text("SELECT sealed_receipt FROM complaint_event")).scalar_one())
    assert receipt.token.encode() not in stored
    assert receipt.token.split(".")[1].encode() not in stored


def test_a_receipt_stays_genuine_after_the_signing_key_was_replaced(app, filed):
    [before] = receipts.of(filed.filing)
    signing_keys.rotate_keys(app.extensions["portal.settings"].data_dir / "keys" / "signing.json")
    services.add_reply(filed.filing.id, "再次补充", [])
    old, new = receipts.of(filed.filing)
    assert old.token == before.token
    keys = current_vault().signing
    assert keys.open(old.token).kid != keys.open(new.token).kid == keys.kid


def test_what_was_filed_before_receipts_were_signed_has_none(filed):
    filed.filing.events[0].sealed_receipt = None
    assert receipts.of(filed.filing) == []


def test_the_page_of_verification_is_told_what_a_receipt_says(filed):
    [receipt] = receipts.of(filed.filing)
    described = receipts.describe(content(receipt))
    values = [value for _label, value in described.lines]
    assert filed.filing.receipt in values
    assert hashlib.sha256(PNG).hexdigest() in values
    assert list(described.files) == [hashlib.sha256(PNG).hexdigest()]


def test_a_renewed_secret_opens_and_the_old_one_does_not(filed):
    renewed = services.renew_secret(filed.filing.id)
    assert services.follow(filed.filing.receipt, renewed).id == filed.filing.id
    with pytest.raises(WrongSecret):
        services.follow(filed.filing.receipt, filed.secret)
    assert services.renew_secret(filed.filing.id) != renewed
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert record is not None
    assert (record.action, record.subject, record.data) == ("complaints.secret.renewed", filed.filing.subject, {})


def test_a_form_sent_again_does_not_tell_a_secret_that_was_replaced(units):
    token = services.new_token()
    wanted = Respondent(units.lhasa.name, units.lhasa)
    first = services.file_complaint(filing(wanted), token)
    services.renew_secret(first.filing.id)
    with pytest.raises(AlreadyFiled):
        services.file_complaint(filing(wanted, files=[("电表照片.png", io.BytesIO(PNG))]), token)


def test_no_case_no_secret(app):
    with pytest.raises(NotFound):
        services.renew_secret(1)


def test_a_request_for_review_has_a_receipt_too(filed, people, do):
    do(filed.filing, CaseAct.REFUSE, people.lhasa_officer, refusal_ground=RefusalGround.NO_EVIDENCE)
    services.request_review(filed.filing.id, "我已提交照片，请复核。")
    assert (
        content(receipts.of(filed.filing)[-1])["statement_sha256"]
        == hashlib.sha256("我已提交照片，请复核。".encode()).hexdigest()
    )
