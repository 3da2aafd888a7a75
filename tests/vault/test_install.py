"""The vault of an application: its keyset, its store, its derived keys."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr

from portal import vault
from portal.vault import keys, signing_keys
from portal.vault.boxes import Unsealable
from portal.vault.evidence import TooLarge
from portal.vault.spool import SealingRequest


@dataclass
class Settings:
    data_dir: Path
    keyset: Path | None = None
    signing_keys: Path | None = None
    store_url: str = ""
    max_evidence_mb: int = 1
    clamd: str = ""
    secret_key: SecretStr = field(default_factory=lambda: SecretStr("one secret"))
    is_production: bool = False


def installed(settings: Settings) -> vault.Vault:
    app = Flask(__name__)
    app.extensions["portal.settings"] = settings
    vault.install(app)
    assert app.request_class is SealingRequest
    with app.app_context():
        return vault.current_vault()


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path)


def test_without_a_keyset_a_demo_makes_one_and_keeps_it(settings):
    box = installed(settings).new_box("XZ26")
    assert (settings.data_dir / "keys" / "keyset.json").is_file()
    sealed = box.seal(b"identity", "identity")
    assert installed(settings).open_box(box.wrapped, "XZ26").open(sealed, "identity") == b"identity"


def test_production_never_makes_a_keyset(settings):
    settings.is_production = True
    with pytest.raises(keys.KeysetMissing, match="PORTAL_KEYSET"):
        installed(settings)
    assert not list(settings.data_dir.iterdir())


def test_a_keyset_that_is_named_must_be_there(settings, tmp_path):
    settings.keyset = tmp_path / "own" / "elsewhere.json"
    with pytest.raises(keys.KeysetMissing, match="portal keys init"):
        installed(settings)
    keys.init_keyset(settings.keyset)
    installed(settings)


def test_signing_keys_lie_beside_the_keyset_unless_named_and_production_never_makes_them(settings, tmp_path):
    installed(settings)
    assert (settings.data_dir / "keys" / "signing.json").is_file()
    settings.signing_keys = tmp_path / "named.json"
    with pytest.raises(signing_keys.SigningKeysMissing, match="portal keys init"):
        installed(settings)
    settings.keyset, settings.signing_keys, settings.is_production = tmp_path / "own" / "keyset.json", None, True
    keys.init_keyset(settings.keyset)
    with pytest.raises(signing_keys.SigningKeysMissing):
        installed(settings)
    assert [file.name for file in settings.keyset.parent.iterdir()] == ["keyset.json"]


def test_a_case_opens_in_its_own_portal_only(settings, tmp_path):
    box = installed(settings).new_box("XZ26")
    with pytest.raises(Unsealable):
        installed(Settings(tmp_path / "other")).open_box(box.wrapped, "XZ26")


def test_evidence_goes_through_the_vault_within_the_portals_limit(settings):
    held = installed(settings)
    box = held.new_box("XZ26")
    taken = held.take_in(io.BytesIO(b"a note"), "note.txt", box, "evidence/XZ26/1")
    assert b"".join(held.read_back(box, taken.key)) == b"a note"
    assert (settings.data_dir / "files" / "evidence" / "XZ26" / "1").is_file()
    with pytest.raises(TooLarge):
        held.take_in(io.BytesIO(b"a" * (1024 * 1024 + 1)), "note.txt", box, "evidence/XZ26/2")


def test_files_can_lie_elsewhere(settings):
    settings.store_url = "memory:///"
    installed(settings).store.put_stream("attachments/a/b.pdf", [b"x"])
    assert not (settings.data_dir / "files").exists()


def test_derived_keys_differ_by_purpose_and_secret_and_last(settings):
    held = installed(settings)
    assert held.derive("filing") == installed(settings).derive("filing")
    assert held.derive("filing") != held.derive("resume")
    assert len(held.derive("filing")) == 32
    settings.secret_key = SecretStr("another secret")
    assert installed(settings).derive("filing") != held.derive("filing")


def test_neither_key_shows_in_a_repr(settings):
    assert "one secret" not in repr(installed(settings))
