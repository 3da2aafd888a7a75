"""Every setting of the portal: typed, frozen, read once from the environment."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEMO_SECRET = "demo-only-secret-key-that-production-refuses"


class Environment(StrEnum):
    """Where the portal runs; production refuses what a demo may have."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class ConfigurationError(Exception):
    """The settings do not allow a safe start. The message says which and what to do."""


class Settings(BaseSettings):
    """The settings, each from ``PORTAL_<NAME>`` or its embedded default."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="ignore")

    env: Environment = Environment.DEMO
    secret_key: SecretStr = SecretStr(DEMO_SECRET)
    data_dir: Path = ROOT / "var"
    database_url: str = ""
    search: str = "whoosh"
    store_url: str = ""
    redis_url: str = ""
    keyset: Path | None = None
    signing_keys: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    site_domain: str = ""
    site_name_zh: str = "西藏自治区绿色制造信息公开与监督平台"
    site_name_bo: str = "བོད་རང་སྐྱོང་ལྗོངས་ལྗང་མདོག་བཟོ་སྐྲུན་ཆ་འཕྲིན་མངོན་གསལ་དང་ལྟ་སྐུལ་སྡིངས་ཆ"
    site_name_en: str = "Tibet Green Manufacturing Disclosure and Complaints Portal"
    site_id_code: str = ""
    icp_number: str = ""
    max_evidence_mb: int = Field(default=100, ge=1, le=2048)
    max_evidence_total_mb: int = Field(default=500, ge=1, le=20_480)
    max_evidence_files: int = Field(default=10, ge=1, le=50)
    max_filings_per_day: int = Field(default=5, ge=0, le=1000)
    captcha_above: int = Field(default=60, ge=0)
    smtp_url: SecretStr | None = None
    sms_webhook_url: SecretStr | None = None
    sms_webhook_secret: SecretStr | None = None
    oidc_issuer: str = Field(default="", pattern=r"^$|^https?://.+")
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    clamd: str = Field(default="", pattern=r"^$|^/.+|^.+:[0-9]+$")
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    chinese_prevails: bool = False
    rate_limits: bool = True
    assets_dir: Annotated[Path, NoDecode] = ROOT / "static" / "vendor"

    @field_validator("data_dir", "keyset", "signing_keys", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().resolve() if value is not None else None

    @field_validator("search")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value != "whoosh":
            raise ValueError("PORTAL_SEARCH must be 'whoosh'")
        return value

    @field_validator("smtp_url", "sms_webhook_url", "sms_webhook_secret", mode="after")
    @classmethod
    def _none_where_empty(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is not None and value.get_secret_value() else None

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or "@" not in unquote(parts.query):
                raise ValueError("must read smtp[s]://user:password@host:port?from=address")
        return value

    @field_validator("sms_webhook_url")
    @classmethod
    def _webhook(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in {"http", "https"}:
            raise ValueError("must be an http or https address")
        return value

    @model_validator(mode="after")
    def _webhook_is_signed(self) -> Self:
        if self.sms_webhook_url is not None and self.sms_webhook_secret is None:
            raise ValueError("PORTAL_SMS_WEBHOOK_URL needs PORTAL_SMS_WEBHOOK_SECRET, which signs what is sent there")
        return self

    @property
    def database(self) -> str:
        """The database address: the configured one, or a SQLite file in the data directory."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'portal.sqlite3'}"
        # Plain addresses get the driver that the portal brings along.
        for plain in ("postgresql://", "postgres://"):
            if self.database_url.startswith(plain):
                return "postgresql+psycopg://" + self.database_url.removeprefix(plain)
        return self.database_url

    @property
    def is_production(self) -> bool:
        """Whether citizens' real data may be here."""
        return self.env is Environment.PRODUCTION

    @property
    def issuer(self) -> str:
        """The portal's own address, as what it signs names it."""
        return f"https://{self.site_domain}" if self.site_domain else f"http://{self.host}:{self.port}"

    @property
    def sends_mail(self) -> bool:
        """Whether mails leave, or are kept as files where no citizen's data can be."""
        return self.smtp_url is not None or not self.is_production

    @property
    def sends_sms(self) -> bool:
        """Whether short messages leave, or are kept as files where no citizen's data can be."""
        return self.sms_webhook_url is not None or not self.is_production

    def address(self, path: str = "") -> str:
        """The portal's address for messages, which are written outside of any request; ``path`` without its first slash."""
        where = f"https://{self.site_domain}" if self.site_domain else f"http://{self.host}:{self.port}"
        return f"{where}/{path}/" if path else f"{where}/"

    def site_names(self) -> dict[str, str]:
        """The portal's name by language."""
        return {"zh": self.site_name_zh, "bo": self.site_name_bo, "en": self.site_name_en}

    def check(self) -> None:
        """Refuse to start in production on what only a demo may have.

        Raises:
            ConfigurationError: naming every setting at fault.
        """
        if not self.is_production:
            return
        faults = []
        secret = self.secret_key.get_secret_value()
        if secret == DEMO_SECRET or len(secret) < 32:
            faults.append("PORTAL_SECRET_KEY is the default or shorter than 32 characters")
        if self.keyset is None:
            faults.append("PORTAL_KEYSET is not set (make one with 'portal keys init')")
        elif not self.keyset.is_file():
            faults.append("PORTAL_KEYSET names no file (make one with 'portal keys init')")
        signing = self.signing_keys or (self.keyset.with_name("signing.json") if self.keyset else None)
        if signing is not None and not signing.is_file():
            faults.append("PORTAL_SIGNING_KEYS names no file (make one with 'portal keys init')")
        if not self.site_domain:
            faults.append("PORTAL_SITE_DOMAIN is not set")
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_issuer.startswith("https://")):
            faults.append("PORTAL_OIDC_ISSUER is not an https address, or PORTAL_OIDC_CLIENT_ID is not set")
        if faults:
            raise ConfigurationError("production refuses to start: " + "; ".join(faults))
