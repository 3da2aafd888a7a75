"""Signed receipts of objections, for the filing and for what is added, and a secret that can be renewed."""

from __future__ import annotations

import hashlib
import io
import re

import pytest

from portal.filings import receipts
from portal.filings.taking import WrongSecret
from portal.objections import services
from portal.vault import current_vault
from tests.objections.conftest import PNG, STATEMENT


def said(receipt):
    return current_vault().signing.verify(receipt.token, receipts.TYP)


def test_an_objection_and_each_message_have_a_receipt(filed):
    services.add_reply(filed.filing.id, "", [("补充.png", io.BytesIO(PNG + b"1"))])
    first, second = map(said, receipts.of(filed.filing))
    assert (first["kind"], second["kind"]) == ("objection", "objection_reply")
    assert first["statement_sha256"] == hashlib.sha256(STATEMENT.encode()).hexdigest()
    assert second["files"] == [{"sha256": hashlib.sha256(PNG + b"1").hexdigest(), "size": len(PNG) + 1}]


def test_the_page_after_filing_offers_it_and_the_status_page_keeps_it(client, objection_form):
    page = client.post("/zh/objections/new", data=objection_form, content_type="multipart/form-data")
    assert page.status_code == 201
    known = {name: re.search(rf'data-{name}="([^"]+)"', page.text).group(1) for name in ("receipt", "secret")}
    kept = client.post("/zh/objections/status/receipt", data=known)
    assert current_vault().signing.verify(kept.text.strip(), receipts.TYP)["receipt"] == known["receipt"]
    client.post("/zh/objections/status", data=known)
    link = re.search(r'href="(/zh/objections/status/receipts/\d+)"', client.get("/zh/objections/status").text).group(1)
    assert client.get(link).text == kept.text


def test_a_renewed_secret_replaces_the_old_one(client, filed):
    client.post("/bo/objections/status", data={"receipt": filed.filing.receipt, "secret": filed.secret})
    page = client.post("/bo/objections/status/secret")
    renewed = re.search(r'data-secret="([^"]+)"', page.text).group(1)
    assert services.follow(filed.filing.receipt, renewed).id == filed.filing.id
    with pytest.raises(WrongSecret):
        services.follow(filed.filing.receipt, filed.secret)
