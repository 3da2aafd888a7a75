"""Credentials checked off line by the command, with downloaded keys and list of revocations."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from portal.credentials import credential, queries, services
from portal.foundation.database import transaction
from portal.operations.verifying import verify
from portal.vault import current_vault


@pytest.fixture
def kept(tmp_path, code):
    """What somebody downloaded: the credential, the keys, the list of revocations."""
    (tmp_path / "jwks.json").write_text(json.dumps(current_vault().signing.jwks()))
    (tmp_path / "credential.jwt").write_text(credential.signed(code))
    (tmp_path / "list.jwt").write_text(credential.signed_list(0))
    return tmp_path


def run(folder, *more):
    return CliRunner().invoke(verify, [str(folder / "credential.jwt"), "--keys", str(folder / "jwks.json"), *more])


def test_in_force_it_says_as_of_when(kept):
    done = run(kept, "--status", str(kept / "list.jwt"))
    assert done.exit_code == 0, done.output
    assert "in force, as of 2" in done.output


def test_without_a_list_it_does_not_claim_to_know(kept):
    done = run(kept)
    assert done.exit_code == 1
    assert "--status" in done.output


def test_revoked_it_says_so(kept, code):
    with transaction():
        code.entry.status, code.entry.removed_on = "removed", code.issued_at.date()
    services.follow()
    assert queries.revoked_places()[0]
    (kept / "list.jwt").write_text(credential.signed_list(0))
    done = run(kept, "--status", str(kept / "list.jwt"))
    assert done.exit_code == 1
    assert "revoked" in done.output


def test_a_key_that_was_replaced_still_checks_what_it_signed(kept, code):
    from portal.vault import signing_keys

    signing = current_vault().signing
    signing_keys.rotate_keys(signing._path)
    assert len(signing.jwks()["keys"]) > 1
    (kept / "jwks.json").write_text(json.dumps(signing.jwks()))
    (kept / "list.jwt").write_text(credential.signed_list(0))
    assert run(kept, "--status", str(kept / "list.jwt")).exit_code == 0


def test_the_page_to_keep_carries_keys_and_list(client, code):
    page = client.get("/zh/verify/offline.html")
    assert "attachment" in page.headers["Content-Disposition"]
    assert current_vault().signing.kid in page.text
    assert "src=" not in page.text
