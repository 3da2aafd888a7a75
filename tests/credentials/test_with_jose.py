"""Another implementation, of another language and other hands, reads what the portal signs as the portal means it."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from portal.authorities.services import SYSTEM
from portal.credentials import batch, credential
from portal.foundation.database import transaction
from portal.register import ledger
from portal.register.rules import EventKind, RemovalGround
from portal.vault import current_vault
from tests.samples import SAMPLE_UNIT, valid_code

NODE = shutil.which("node")
ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="there is no Node"),
    pytest.mark.skipif(not (ROOT / "node_modules" / "jose").is_dir(), reason="make assets has not brought jose"),
]


def answers(issuer, *documents):
    """What the library says of documents, each with the type that is asked for."""
    told = {
        "jwks": current_vault().signing.jwks(),
        "issuer": issuer,
        "documents": [{"token": token, "typ": typ} for token, typ in documents],
    }
    done = subprocess.run(
        [NODE, str(Path(__file__).with_name("check.mjs"))],
        input=json.dumps(told).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_the_credential_and_the_list_that_it_was_revoked_in(code):
    token, before = credential.signed(code), credential.signed_list(0)
    with transaction():
        ledger.record(
            EventKind.REMOVED,
            entry=code.entry,
            effective_on=date(2026, 3, 2),
            by_actor=SYSTEM,
            data={"ground": RemovalGround.NOT_IN_OPERATION},
        )
    typ = credential.TYP
    said, free, revoked = answers(credential.issuer(), (token, typ), (before, typ), (credential.signed_list(0), typ))
    subject, status = said["payload"]["credentialSubject"], said["payload"]["credentialStatus"]
    assert (subject["name"], subject["listEntry"]["code"]) == (SAMPLE_UNIT, code.code)
    assert free["payload"]["id"] == revoked["payload"]["id"] == status["statusListCredential"]
    place = int(status["statusListIndex"])
    bits = [bytes.fromhex(item["payload"]["bits"]) for item in (free, revoked)]
    assert [len(item) * 8 for item in bits] == [credential.PLACES] * 2
    assert [bool(item[place // 8] & 0x80 >> place % 8) for item in bits] == [False, True]


def test_a_batch_of_answers(code):
    (said,) = answers(credential.origin(), (batch.signed(batch.check([valid_code(), "12345"])), batch.TYP))
    assert [item["found"] for item in said["payload"]["items"]] == ["listed", "not_a_code"]


def test_it_refuses_what_was_changed_what_is_another_thing_and_what_another_portal_signed(code):
    token = credential.signed(code)
    head, body, signature = token.split(".")
    changed = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    genuine, foreign, other = answers(
        credential.issuer(), (token, credential.TYP), (changed, credential.TYP), (token, batch.TYP)
    )
    assert "payload" in genuine
    assert foreign == {"fault": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"}
    assert other == {"fault": "ERR_JWT_CLAIM_VALIDATION_FAILED"}
    (elsewhere,) = answers("https://elsewhere.example", (token, credential.TYP))
    assert elsewhere == {"fault": "ERR_JWT_CLAIM_VALIDATION_FAILED"}
