"""Settings are typed, frozen, read from the environment; production refuses what only a demo may have."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from portal import create_app
from portal.settings import DEMO_SECRET, ConfigurationError, Environment, Settings

GOOD_SECRET = "0123456789abcdef0123456789abcdef"


def production(keyset: Path, /, **changes: object) -> Settings:
    values: dict[str, object] = {
        "env": Environment.PRODUCTION,
        "secret_key": GOOD_SECRET,
        "keyset": keyset,
        "site_domain": "portal.example",
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


@pytest.fixture
def keyset(tmp_path: Path) -> Path:
    file = tmp_path / "keyset"
    file.write_bytes(b"")
    (tmp_path / "signing.json").write_bytes(b"")
    return file


def test_a_demo_starts_on_the_defaults() -> None:
    Settings().check()


def test_production_starts_on_safe_settings(keyset: Path) -> None:
    production(keyset).check()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret_key": DEMO_SECRET}, "PORTAL_SECRET_KEY"),
        ({"secret_key": "short"}, "PORTAL_SECRET_KEY"),
        ({"keyset": None}, "PORTAL_KEYSET"),
        ({"keyset": Path("/nowhere/keyset"), "signing_keys": Path(__file__)}, "PORTAL_KEYSET"),
        ({"signing_keys": Path("/nowhere/signing.json")}, "PORTAL_SIGNING_KEYS"),
        ({"site_domain": ""}, "PORTAL_SITE_DOMAIN"),
    ],
    ids=["demo secret", "short secret", "no keyset", "missing keyset", "missing signing keys", "no domain"],
)
def test_production_refuses_and_names_the_setting(keyset: Path, change: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationError, match="production refuses to start") as refused:
        production(keyset, **change).check()
    assert named in str(refused.value)
    others = {"PORTAL_SECRET_KEY", "PORTAL_KEYSET", "PORTAL_SIGNING_KEYS", "PORTAL_SITE_DOMAIN"} - {named}
    assert not [name for name in others if name in str(refused.value)]


def test_production_names_every_setting_at_fault_at_once() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings(env=Environment.PRODUCTION).check()
    for name in ("PORTAL_SECRET_KEY", "PORTAL_KEYSET", "PORTAL_SITE_DOMAIN"):
        assert name in str(refused.value)


def test_the_application_itself_does_not_start_on_a_demo_secret(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="PORTAL_SECRET_KEY"):
        create_app(Settings(env=Environment.PRODUCTION, data_dir=tmp_path))


def test_no_message_and_no_listing_shows_the_secret(keyset: Path) -> None:
    settings = production(keyset, site_domain="")
    assert GOOD_SECRET not in repr(settings)
    assert GOOD_SECRET not in str(settings.model_dump())
    with pytest.raises(ConfigurationError) as refused:
        settings.check()
    assert GOOD_SECRET not in str(refused.value)


def test_settings_cannot_be_changed_after_the_start() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_every_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_PORT", "9001")
    monkeypatch.setenv("PORTAL_MAX_EVIDENCE_MB", "2048")
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PORTAL_CHINESE_PREVAILS", "1")
    settings = Settings()
    assert (settings.port, settings.max_evidence_mb, settings.chinese_prevails) == (9001, 2048, True)
    assert settings.data_dir == (tmp_path / "data").resolve()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "eight thousand"),
        ("MAX_EVIDENCE_MB", "0"),
        ("MAX_EVIDENCE_MB", "4096"),
        ("ENV", "staging"),
        ("SEARCH", "guesswork"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"PORTAL_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://portal@db/portal", "postgresql+psycopg://portal@db/portal"),
        ("postgres://portal@db/portal", "postgresql+psycopg://portal@db/portal"),
        ("postgresql+psycopg://portal@db/portal", "postgresql+psycopg://portal@db/portal"),
    ],
)
def test_a_plain_postgresql_address_gets_the_driver(given: str, used: str) -> None:
    assert Settings(database_url=given).database == used


def test_the_default_database_is_a_file_in_the_data_directory(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).database == f"sqlite:///{tmp_path.resolve() / 'portal.sqlite3'}"
