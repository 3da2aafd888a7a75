"""``portal verify``: off line, without a database, with downloaded keys."""

from __future__ import annotations

import hashlib
import json

import pytest
from click.testing import CliRunner

from portal.operations.verifying import verify
from portal.vault import packing, signing_keys
from portal.vault.signing import Signing

FILE = b"the film of that day"


@pytest.fixture
def keys(tmp_path):
    signing_keys.init_keys(tmp_path / "signing.json")
    return Signing(tmp_path / "signing.json")


@pytest.fixture
def jwks(tmp_path, keys):
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(keys.jwks()))
    return str(path)


@pytest.fixture
def receipt(tmp_path, keys):
    token = keys.sign({"receipt": "XZ26", "files": [{"sha256": hashlib.sha256(FILE).hexdigest(), "size": 20}]}, "r+jws")
    path = tmp_path / "receipt.jws.txt"
    path.write_text("\n".join(token[start : start + 64] for start in range(0, len(token), 64)))
    return path


def run(*arguments):
    return CliRunner().invoke(verify, list(map(str, arguments)))


def test_a_genuine_receipt_and_its_file(tmp_path, receipt, jwks):
    (tmp_path / "film.mp4").write_bytes(FILE)
    done = run(receipt, tmp_path / "film.mp4", "--keys", jwks)
    assert done.exit_code == 0, done.output
    assert "genuine: r+jws" in done.output
    assert '"receipt": "XZ26"' in done.output
    assert "\nnamed: " in done.output


def test_a_file_that_the_receipt_does_not_name(tmp_path, receipt, jwks):
    (tmp_path / "film.mp4").write_bytes(FILE + b" ")
    done = run(receipt, tmp_path / "film.mp4", "--keys", jwks)
    assert done.exit_code == 1
    assert "not named: " in done.output


def test_a_changed_receipt_foreign_keys_and_no_keys_at_all(tmp_path, receipt, jwks):
    signing_keys.init_keys(tmp_path / "other.json")
    (tmp_path / "other-jwks.json").write_text(json.dumps(Signing(tmp_path / "other.json").jwks()))
    foreign = run(receipt, "--keys", tmp_path / "other-jwks.json")
    assert (foreign.exit_code, "these keys did not sign it" in foreign.output) == (1, True)
    none = run(receipt, "--keys", receipt)
    assert (none.exit_code, "is not a file of public keys" in none.output) == (1, True)
    receipt.write_text(receipt.read_text()[:-8])
    cut = run(receipt, "--keys", jwks)
    assert cut.exit_code == 1
    assert "not genuine" in cut.output


def test_the_portals_own_keys_are_used_where_none_are_named(receipt, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_SIGNING_KEYS", str(tmp_path / "signing.json"))
    assert run(receipt).exit_code == 0


def test_an_archive_is_checked_whole(tmp_path, keys, jwks):
    content = b"".join(packing.pack([packing.text("a.txt", "a")], {"receipt": "XZ26"}, keys.sign))
    (tmp_path / "case.zip").write_bytes(content)
    done = run(tmp_path / "case.zip", "--keys", jwks)
    assert done.exit_code == 0, done.output
    assert "1 files as they were" in done.output
    (tmp_path / "case.zip").write_bytes(content.replace(b"a.txt", b"b.txt"))
    spoilt = run(tmp_path / "case.zip", "--keys", jwks)
    assert spoilt.exit_code == 1
    assert "missing: a.txt" in spoilt.output
