"""The identity confirmed by OpenID Connect: against a provider on a real port, and against answers that are not genuine."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from pydantic import SecretStr
from sqlalchemy import select

from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import FilingDraft
from portal.filings.identity import provider
from portal.filings.identity.services import confirm
from portal.filings.rules import Assurance
from portal.filings.sealing import Identity
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.identifiers import IdType
from portal.settings import ConfigurationError, Environment, Settings
from tests.complaints.conftest import NAME, NUMBER, PHONE, STATEMENT
from tests.running import until

PERSON = {"sub": "person-1", "name": NAME, "id_type": "resident_id", "id_number": NUMBER, "phone_number": PHONE}
NAMELESS = {"sub": "person-2"}
STEP = "/zh/complaints/new/who"


@pytest.fixture(scope="module")
def issuer():
    """A real provider, on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    users = [part for claims in (PERSON, NAMELESS) for part in ("--user-claims", json.dumps(claims))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", *users]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(server, f"{address}/jwks"), "the provider does not answer")
        yield address
    finally:
        server.terminate()
        server.wait()


def _answers(server, address):
    """Whether a server answers yet, which has not ended instead."""
    assert server.poll() is None
    try:
        return requests.get(address, timeout=20).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def offered(app, issuer, monkeypatch):
    settings = app.extensions["portal.settings"]
    told = {"oidc_issuer": issuer, "oidc_client_id": "portal", "oidc_client_secret": SecretStr("sample")}
    monkeypatch.setitem(app.extensions, "portal.settings", settings.model_copy(update=told))


@pytest.fixture
def writing(app, client, units):
    """A browser in the middle of a complaint."""
    answer = client.post("/zh/complaints/new/whom", data={"respondent": units.lhasa.public_id})
    assert answer.status_code == 302
    answer = client.post(
        "/zh/complaints/new/what", data={"problem_kind": "false_data", "statement": STATEMENT, "go": "next"}
    )
    assert answer.status_code == 302, answer.text
    return client


def draft():
    db.session.expire_all()
    return db.session.scalars(select(FilingDraft)).one()


def at_the_provider(address, sub="person-1", action=None):
    """Log in at the provider, or refuse; the address to which it sends the browser."""
    answer = requests.post(
        address, data={"sub": sub} if action is None else {"action": action}, allow_redirects=False, timeout=5
    )
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def begin(browser):
    answer = browser.get("/zh/complaints/new/identity")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def back(browser, address):
    parts = urlsplit(address)
    answer = browser.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(STEP)
    return browser.get(STEP)


def identity(**changes):
    facts = {"name": NAME, "id_type": IdType.RESIDENT_ID, "id_number": NUMBER, **changes}
    return Identity(**facts)


@pytest.mark.usefixtures("offered")
def test_the_service_confirms_name_and_document_and_they_are_filled_in(writing):
    assert "/zh/complaints/new/identity" in writing.get(STEP).text
    page = back(writing, at_the_provider(begin(writing)))
    assert NAME in page.text
    assert NUMBER in page.text
    assert "身份认证服务已确认您的身份" in page.text
    assert drafts.assurance_of(draft(), identity(phone="+86" + PHONE)) is Assurance.IDENTITY_VERIFIED
    assert drafts.fields_of(draft())["statement"] == STATEMENT


@pytest.mark.usefixtures("writing")
@pytest.mark.parametrize("claims", [{"name": NAME}, {"name": NAME, "id_type": "resident_id", "id_number": "1"}])
def test_a_name_alone_is_filled_in_and_stays_declared(claims):
    confirm(draft(), claims)
    assert drafts.fields_of(draft())["name"] == NAME
    assert drafts.assurance_of(draft(), identity()) is Assurance.DECLARED


@pytest.mark.usefixtures("offered")
def test_what_is_changed_afterwards_is_only_declared(writing):
    back(writing, at_the_provider(begin(writing)))
    for change in ({"name": "另一人样本"}, {"id_number": "E12345678"}, {"id_type": IdType.PASSPORT}):
        assert drafts.assurance_of(draft(), identity(**change)) is Assurance.DECLARED


@pytest.mark.usefixtures("offered")
def test_nothing_of_it_lies_in_clear(writing, caplog):
    back(writing, at_the_provider(begin(writing)))
    row = db.session.execute(select(FilingDraft.__table__)).one()
    kept = repr(tuple(row))
    for secret in (NAME, NUMBER, "person-1"):
        assert secret not in kept
        assert secret not in caplog.text


@pytest.mark.usefixtures("offered")
def test_a_weaker_proof_does_not_take_the_place_of_this_one(writing):
    back(writing, at_the_provider(begin(writing)))
    drafts.prove(draft(), Assurance.CONTACT_VERIFIED, {"phone": "+86" + PHONE})
    assert drafts.assurance_of(draft(), identity()) is Assurance.IDENTITY_VERIFIED
    drafts.save_step(draft(), "who", {"name": "另一人样本"})
    drafts.prove(draft(), Assurance.CONTACT_VERIFIED, {"phone": "+86" + PHONE})
    changed = identity(name="另一人样本", phone="+86" + PHONE)
    assert drafts.assurance_of(draft(), changed) is Assurance.CONTACT_VERIFIED


@pytest.mark.usefixtures("offered")
def test_the_request_is_bound_by_state_nonce_and_code_verifier(writing):
    first, second = (parse_qs(urlsplit(begin(writing)).query) for _turn in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]
    assert first["code_challenge_method"] == ["S256"]
    assert first["response_type"] == ["code"]
    assert first["redirect_uri"] == ["http://localhost/zh/complaints/new/identity/back"]
    assert draft().handle not in json.dumps(first)


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("spoil", ["state", "code", "again", "refused", "nameless", "empty"])
def test_an_answer_that_is_not_ours_confirms_nobody(writing, spoil):
    started = begin(writing)
    address = at_the_provider(started, "person-2" if spoil == "nameless" else "person-1")
    if spoil == "refused":
        address = at_the_provider(started, action="deny")
    if spoil == "state":
        address = address.replace("state=", "state=x")
    if spoil == "code":
        address = address.replace("code=", "code=x")
    if spoil == "empty":
        address = address.partition("?")[0]
    if spoil == "again":
        # A later beginning makes the earlier one worthless.
        begin(writing)
    page = back(writing, address)
    assert "身份认证服务未能确认您的身份" in page.text
    assert drafts.assurance_of(draft(), identity()) is Assurance.DECLARED


@pytest.mark.usefixtures("offered")
def test_an_answer_counts_once_and_only_in_the_browser_that_asked(app, writing, units):
    address = at_the_provider(begin(writing))
    stranger = app.test_client()
    stranger.post("/zh/complaints/new/whom", data={"respondent": units.lhasa.public_id})
    assert "未能确认" in back(stranger, address).text
    assert "已确认" in back(writing, address).text
    assert "未能确认" in back(writing, address).text


@pytest.mark.usefixtures("offered")
def test_a_service_that_is_silent_stops_nobody(app, writing, monkeypatch):
    settings = app.extensions["portal.settings"]
    gone = settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:1"})
    monkeypatch.setitem(app.extensions, "portal.settings", gone)
    answer = writing.get("/zh/complaints/new/identity")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(STEP)
    assert "暂时没有响应" in writing.get(STEP).text


def test_where_no_service_is_set_none_is_offered(writing):
    assert "complaints/new/identity" not in writing.get(STEP).text
    assert writing.get("/zh/complaints/new/identity").status_code == 404
    assert writing.get("/zh/complaints/new/identity/back?code=a&state=b").status_code == 404


@pytest.mark.usefixtures("offered")
def test_without_a_draft_there_is_nothing_to_confirm(client):
    assert client.get("/zh/complaints/new/identity").status_code == 404


# Tokens that are not genuine


KEY, OTHER = (RSAKey.generate_key(2048, parameters={"kid": name, "alg": "RS256"}) for name in ("a", "b"))


@pytest.fixture
def judged(sqlite_app, monkeypatch):
    """Judge an ID token as if the service had given it."""
    settings = sqlite_app.extensions["portal.settings"]
    told = {"oidc_issuer": "https://id.example", "oidc_client_id": "portal"}
    monkeypatch.setitem(sqlite_app.extensions, "portal.settings", settings.model_copy(update=told))
    monkeypatch.setattr(provider, "_fetched", lambda _address: KeySet([KEY]).as_dict(private=False))
    ways = {"issuer": "https://id.example", "jwks_uri": "https://id.example/jwks"}

    def judge(header=None, key=KEY, without=(), **changes):
        now = int(clock.now().timestamp())
        claims = {"iss": "https://id.example", "aud": "portal", "sub": "1", "exp": now + 300, "iat": now, "nonce": "n"}
        claims = {name: value for name, value in {**claims, **changes}.items() if name not in without}
        header = header or {"alg": "RS256", "kid": key.kid}
        algorithms = [header["alg"]]
        return provider._claims(jwt.encode(header, claims, key, algorithms=algorithms), ways, "n")

    return judge


def test_a_genuine_token_is_taken(judged):
    assert judged()["sub"] == "1"
    assert judged(aud=["portal", "other"], azp="portal")["sub"] == "1"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"nonce": "other"},
        {"exp": 1_000_000_000},
        {"without": ("nonce",)},
        {"without": ("exp",)},
        {"without": ("sub",)},
        {"without": ("aud",)},
        {"aud": ["portal", "other"], "azp": "other"},
        {"key": OTHER},
    ],
)
def test_a_token_that_is_for_others_or_too_old_is_not(judged, changes):
    with pytest.raises((JoseError, provider.NotConfirmed, ValueError)):
        judged(**changes)


def test_a_token_signed_with_the_public_key_as_a_password_or_not_at_all_is_not(judged, monkeypatch):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    now = int(clock.now().timestamp())
    claims = {"iss": "https://id.example", "aud": "portal", "sub": "1", "exp": now + 300, "iat": now, "nonce": "n"}
    ways = {"issuer": "https://id.example", "jwks_uri": "https://id.example/jwks"}
    for algorithm in ("HS256", "none"):
        head = part(json.dumps({"alg": algorithm, "kid": "a"}).encode()) + b"." + part(json.dumps(claims).encode())
        sign = hmac.digest(KEY.as_pem(private=False), head, "sha256") if algorithm == "HS256" else b""
        with pytest.raises((JoseError, ValueError)):
            provider._claims((head + b"." + part(sign)).decode(), ways, "n")


def test_production_asks_for_an_encrypted_way_to_the_service(tmp_path):
    wrong = Settings(env=Environment.PRODUCTION, data_dir=tmp_path, oidc_issuer="http://id.example", oidc_client_id="p")
    with pytest.raises(ConfigurationError, match="PORTAL_OIDC_ISSUER"):
        wrong.check()
