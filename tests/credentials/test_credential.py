"""The signed credential of a code: what it says, who accepts it, and everything that it does not survive."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import date, timedelta

import pytest
from flask import current_app
from jwcrypto import jwk, jws

from portal.authorities.services import SYSTEM
from portal.credentials import credential, queries
from portal.credentials.checking import State, check
from portal.foundation import clock
from portal.foundation.database import transaction
from portal.register import ledger
from portal.register.rules import EventKind, RemovalGround
from portal.vault import current_vault
from portal.vault.signing import PublicKeys, Reason
from tests.samples import SAMPLE_UNIT, valid_code


def keys():
    return PublicKeys.from_jwks(current_vault().signing.jwks())


def from_here(address):
    return credential.signed_list(int(address.rsplit("/", 1)[1]))


def checked(token, **changes):
    given = {"now": clock.now(), "fetch": from_here, **changes}
    return check(token, given.pop("keys", None) or keys(), given.pop("fetch"), **given)


def removed(code):
    with transaction():
        ledger.record(
            EventKind.REMOVED,
            entry=code.entry,
            effective_on=date(2026, 3, 2),
            by_actor=SYSTEM,
            data={"ground": RemovalGround.NOT_IN_OPERATION},
        )


def parts(token):
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def encoded(thing):
    return base64.urlsafe_b64encode(json.dumps(thing).encode()).decode().rstrip("=")


@pytest.fixture
def token(code):
    """The credential of a listed factory."""
    return credential.signed(code)


def test_it_says_what_the_register_says_and_no_more(token, code):
    header, said = parts(token)
    assert (header["typ"], header["alg"]) == ("vc+jwt", "EdDSA")
    assert said["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    subject = said["credentialSubject"]
    assert subject["name"] == SAMPLE_UNIT
    assert {item["identityHash"] for item in subject["identifier"]} == {SAMPLE_UNIT, valid_code()}
    assert subject["listEntry"] == {
        "code": code.code,
        "unit": code.unit.public_id,
        "category": "green_factory",
        "level": "regional",
        "year": 2024,
        "listedOn": None,
        "basis": None,
    }
    assert said["id"].endswith(f"/c/{code.code}")


def test_somebody_elses_library_accepts_it_with_the_published_keys(client, code):
    answer = client.get(f"/credentials/{code.code}.jwt")
    assert (answer.status_code, answer.mimetype) == (200, "application/vc+jwt")
    published = jwk.JWKSet.from_json(client.get("/.well-known/jwks.json").text)
    signed = jws.JWS()
    signed.deserialize(answer.text)
    header = json.loads(signed.objects["protected"])
    signed.verify(published.get_key(header["kid"]), alg="EdDSA")
    said = json.loads(signed.payload)
    # The keys that stand in the issuer's own document are the same ones.
    issuer = client.get("/" + said["issuer"]["id"].split("/", 3)[3]).json
    assert issuer["id"] == said["issuer"]["id"] == said["iss"]
    method = next(item for item in issuer["verificationMethod"] if item["id"].endswith(header["kid"]))
    signed.deserialize(answer.text, jwk.JWK(**method["publicKeyJwk"]), alg="EdDSA")


def test_the_list_of_revocations_is_one_that_others_can_read(client, code):
    status = parts(client.get(f"/credentials/{code.code}.jwt").text)[1]["credentialStatus"]
    assert status["type"] == "BitstringStatusListEntry"
    place = int(status["statusListIndex"])

    def bits():
        answer = client.get("/" + status["statusListCredential"].split("/", 3)[3])
        published = jwk.JWKSet.from_json(client.get("/.well-known/jwks.json").text)
        signed = jws.JWS()
        signed.deserialize(answer.text)
        signed.verify(published.get_key(json.loads(signed.objects["protected"])["kid"]), alg="EdDSA")
        said = json.loads(signed.payload)
        assert said["id"] == status["statusListCredential"]
        assert said["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
        packed = said["credentialSubject"]["encodedList"]
        assert packed[0] == "u"
        unpacked = gzip.decompress(base64.urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4)))
        assert len(unpacked) * 8 >= 131_072
        return f"{int.from_bytes(unpacked):0{len(unpacked) * 8}b}"

    assert bits()[place] == "0"
    removed(code)
    assert bits()[place] == "1"
    assert bits().count("1") == 1


def test_a_genuine_one_is_genuine(token):
    found = checked(token, unit=valid_code())
    assert (found.state, found.reason) == (State.GENUINE, None)
    assert found.as_of


def test_revoked_it_says_so_and_nothing_new_is_signed(client, token, code):
    removed(code)
    assert checked(token).state is State.REVOKED
    assert client.get(f"/credentials/{code.code}.jwt").status_code == 404


def test_expired_it_says_so(token):
    assert checked(token, now=clock.now() + timedelta(days=400)).state is State.EXPIRED


def test_without_a_list_or_with_one_that_is_too_old_it_does_not_claim_to_know(token):
    assert checked(token, fetch=lambda _address: None).state is State.UNKNOWN
    assert checked(token, now=clock.now() + timedelta(days=30)).state is State.UNKNOWN


def test_another_list_than_its_own_proves_nothing(token, code):
    other = current_vault().signing.sign({**parts(from_here("x/0"))[1], "id": "https://elsewhere.example/9"}, "vc+jwt")
    assert checked(token, fetch=lambda _address: other).state is State.UNKNOWN


def test_after_a_new_name_the_old_credential_is_genuine_and_the_code_names_the_unit_of_today(token, code):
    with transaction():
        ledger.record(
            EventKind.RENAMED,
            unit=code.unit,
            effective_on=date(2026, 3, 2),
            by_actor=SYSTEM,
            data={"to": "拉萨示例新材料有限公司"},
        )
    assert checked(token).state is State.GENUINE
    assert queries.answer(code.code).unit.name == "拉萨示例新材料有限公司"
    assert (
        parts(credential.signed(queries.code_of(code.code)))[1]["credentialSubject"]["name"] == "拉萨示例新材料有限公司"
    )


def test_shown_by_another_unit_it_is_not_theirs(token):
    found = checked(token, unit="拉萨另一家示例有限公司")
    assert (found.state, found.reason) == (State.NOT_OURS, Reason.WRONG_TYPE)


HEADS = {
    "none": {"alg": "none", "typ": "vc+jwt"},
    "symmetric": {"alg": "HS256", "typ": "vc+jwt"},
    "foreign key": {"alg": "EdDSA", "typ": "vc+jwt", "kid": "other"},
}


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("{head}.{said}", Reason.MALFORMED),
        ("{head}.{said}.{short}", Reason.BAD_SIGNATURE),
        ("{head}.{said}.", None),
        ("{none}.{said}.", Reason.WRONG_ALGORITHM),
        ("{none}.{said}.{tail}", Reason.WRONG_ALGORITHM),
        ("{symmetric}.{said}.{tail}", Reason.WRONG_ALGORITHM),
        ("{foreign}.{said}.{tail}", Reason.UNKNOWN_KEY),
        ("", Reason.MALFORMED),
        ("绿码", Reason.MALFORMED),
    ],
)
def test_what_was_changed_is_not_ours(token, written, reason):
    head, said, tail = token.split(".")
    found = checked(
        written.format(
            head=head,
            said=said,
            tail=tail,
            short=tail[:-6],
            none=encoded(HEADS["none"]),
            symmetric=encoded(HEADS["symmetric"]),
            foreign=encoded(HEADS["foreign key"]),
        )
    )
    assert found.state is State.NOT_OURS
    assert found.content == {}
    assert reason is None or found.reason is reason


def test_one_changed_sign_anywhere_is_noticed(token):
    head, _said, tail = token.split(".")
    facts = parts(token)[1]
    facts["credentialSubject"]["name"] = "拉萨另一家示例有限公司"
    assert checked(f"{head}.{encoded(facts)}.{tail}").reason is Reason.BAD_SIGNATURE


def test_a_list_of_revocations_is_not_taken_for_a_credential(token):
    assert checked(from_here("x/0")).state is State.NOT_OURS


def test_a_receipt_is_not_taken_for_a_credential(app):
    receipt = current_vault().signing.sign({"credentialSubject": {"listEntry": {}}}, "portal-receipt+jws")
    assert checked(receipt).reason is Reason.WRONG_TYPE


def test_there_is_no_list_where_no_place_is(client, code):
    assert client.get("/credentials/status/0").status_code == 200
    assert client.get("/credentials/status/1").status_code == 404


def test_asked_twice_within_a_minute_it_is_the_same_and_can_be_kept(client, code):
    first = client.get("/credentials/status/0")
    again = client.get("/credentials/status/0", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code in {200, 304}
    assert "public" in first.headers["Cache-Control"]
    assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_the_page_of_verification_tells_what_it_says(app, token):
    from portal.vault.signing import describe

    told = describe(current_app, current_vault().signing.open(token))
    assert SAMPLE_UNIT in [value for _label, value in told.lines]
    assert str(told.current)
