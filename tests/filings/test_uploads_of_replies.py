"""Files in pieces to a case that is followed: they wait in its own box until the message is sent."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.complaints import services
from portal.complaints.models import Case, Evidence
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseStatus, ProblemKind
from portal.filings.drafts.models import FilingDraft
from portal.filings.sealing import Identity, file_name_of, open_filing
from portal.filings.taking import Content, Taken
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import IdType
from portal.vault import current_vault

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture
def filed(app: Any) -> Taken[Case]:
    content = Content(
        "样本陈述：电表读数与所报数据不一致，附有照片。", Identity("样本人", IdType.RESIDENT_ID, "11010519491231002X")
    )
    filing = services.Filing(Respondent("样本单位"), ProblemKind.FALSE_DATA, content)
    return services.file_complaint(filing, services.new_token())


@pytest.fixture
def following(client: FlaskClient, filed: Taken[Case]) -> FlaskClient:
    """The complainant's browser, at the status page."""
    said = {"receipt": filed.filing.receipt, "secret": filed.secret}
    assert client.post("/zh/complaints/status", data=said).status_code == 302
    return client


def send(browser: FlaskClient, content: bytes = PNG, part: int | None = None) -> TestResponse:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(content)),
        "Upload-Metadata": "filename " + base64.b64encode("补充照片.png".encode()).decode(),
        "Content-Type": "application/offset+octet-stream",
    }
    return browser.post("/zh/complaints/status/uploads", data=content[:part], headers=headers)


def evidence() -> list[Evidence]:
    return list(db.session.scalars(select(Evidence).order_by(Evidence.id)))


def test_a_message_takes_along_what_was_sent_in_pieces(following):
    answer = send(following, part=10)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "10")
    going = {"Tus-Resumable": "1.0.0", "Upload-Offset": "10", "Content-Type": "application/offset+octet-stream"}
    answer = following.patch(answer.headers["Location"], data=PNG[10:], headers=going)
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (204, "1.0.0")
    assert evidence() == []
    assert "补充照片.png" in following.get("/zh/complaints/status").text
    assert following.post("/zh/complaints/status/reply", data={"text": ""}).status_code == 302
    (item,) = evidence()
    assert item.sha256 == hashlib.sha256(PNG).hexdigest()
    box = open_filing(item.case)
    assert file_name_of(item, box) == "补充照片.png"
    assert b"".join(current_vault().read_back(box, item.store_key)) == PNG
    assert db.session.scalars(select(FilingDraft)).all() == []


def test_a_file_of_a_message_can_be_taken_out_again(following):
    send(following)
    draft = db.session.scalars(select(FilingDraft)).one()
    following.post("/zh/complaints/status/drop", data={"drop": draft.files[0].id})
    assert following.post("/zh/complaints/status/reply", data={"text": ""}).status_code == 422
    assert evidence() == []


def test_whoever_follows_nothing_sends_nothing(client):
    answer = send(client)
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (404, "1.0.0")


def test_a_case_that_has_ended_takes_nothing_more(following, filed):
    with transaction():
        db.session.get_one(Case, filed.filing.id).status = CaseStatus.CLOSED
    assert send(following).status_code == 404


def test_the_session_is_what_opens_the_address(app, following):
    address = send(following, part=10).headers["Location"]
    stranger = app.test_client()
    assert stranger.head(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert following.head(address, headers={"Tus-Resumable": "1.0.0"}).headers["Upload-Offset"] == "10"
