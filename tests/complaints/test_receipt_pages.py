"""Signed receipts on the citizen's pages: kept after filing, fetched while following; a secret that is renewed."""

from __future__ import annotations

import hashlib
import re

import pytest

from portal.complaints import services
from portal.filings import receipts
from portal.vault import current_vault
from tests.complaints.conftest import PNG


def shown(page, name):
    return re.search(rf'data-{name}="([^"]+)"', page.text).group(1)


def token_in(page):
    return re.search(r"data-signed-receipt>([^<]+)<", page.text).group(1)


@pytest.fixture
def followed(client, filed):
    client.post("/zh/complaints/status", data={"receipt": filed.filing.receipt, "secret": filed.secret})
    return client


def test_the_page_after_filing_shows_and_offers_the_signed_receipt(client, complaint_form):
    page = client.post("/zh/complaints/new", data=complaint_form, content_type="multipart/form-data")
    assert page.status_code == 201
    content = current_vault().signing.verify(token_in(page), receipts.TYP)
    assert content["receipt"] == shown(page, "receipt")
    assert content["files"][0]["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert content["files"][0]["sha256"] in page.text
    answer = client.post(
        "/zh/complaints/status/receipt", data={"receipt": shown(page, "receipt"), "secret": shown(page, "secret")}
    )
    assert answer.text.strip() == token_in(page)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert client.post("/zh/verify/", data={"text": answer.text}).status_code == 200


def test_nobody_else_gets_the_receipt(client, filed):
    wrong = client.post("/zh/complaints/status/receipt", data={"receipt": filed.filing.receipt, "secret": "x"})
    assert wrong.status_code == 403
    [receipt] = receipts.of(filed.filing)
    assert client.get(f"/zh/complaints/status/receipts/{receipt.event_id}").status_code == 302


def test_every_receipt_of_a_case_can_be_fetched_from_its_page(followed, filed):
    services.add_reply(filed.filing.id, "补充一点情况", [])
    page = followed.get("/zh/complaints/status")
    links = re.findall(r'href="(/zh/complaints/status/receipts/\d+)"', page.text)
    assert len(links) == 2
    kinds = [current_vault().signing.verify(followed.get(link).text.strip(), receipts.TYP)["kind"] for link in links]
    assert kinds == ["complaint", "complaint_reply"]
    assert followed.get("/zh/complaints/status/receipts/999999").status_code == 404


def test_a_secret_is_renewed_once_shown_once_and_every_other_browser_must_ask_again(app, followed, filed):
    other = app.test_client()
    other.post("/zh/complaints/status", data={"receipt": filed.filing.receipt, "secret": filed.secret})
    assert "data-status" in other.get("/zh/complaints/status").text
    page = followed.post("/zh/complaints/status/secret")
    assert page.status_code == 200
    renewed = shown(page, "secret")
    assert "data-secret" not in followed.get("/zh/complaints/status").text
    assert "data-status" in followed.get("/zh/complaints/status").text
    assert "data-status" not in other.get("/zh/complaints/status").text
    ask = {"receipt": filed.filing.receipt}
    assert other.post("/zh/complaints/status", data={**ask, "secret": filed.secret}).status_code == 403
    assert other.post("/zh/complaints/status", data={**ask, "secret": renewed}).status_code == 302


def test_without_following_nothing_is_renewed(client, filed):
    assert client.post("/zh/complaints/status/secret").status_code == 302
    assert services.follow(filed.filing.receipt, filed.secret).id == filed.filing.id
