"""What the portal signs: checked with a library that it does not use itself, and refused whenever anything is amiss."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import stat
import string

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey
from jwcrypto.jwk import JWK, JWKSet
from jwcrypto.jws import JWS

from portal.vault import signing, signing_keys
from portal.vault.signing import NotGenuine, PublicKeys, Reason, Signing

TYP = "portal-receipt+jws"
CONTENT = {"receipt": "XZ26", "words": "举报回执 བརྡ་ཁྱབ"}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def crafted(header: object, payload: object, signature: bytes = b"") -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(payload).encode())}.{b64(signature)}"


@pytest.fixture
def path(tmp_path):
    signing_keys.init_keys(tmp_path / "keys" / "signing.json")
    return tmp_path / "keys" / "signing.json"


@pytest.fixture
def ours(path):
    return Signing(path)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    path = tmp_path_factory.mktemp("lasting") / "signing.json"
    signing_keys.init_keys(path)
    return Signing(path)


def why(keys, token, typ=TYP):
    with pytest.raises(NotGenuine) as refused:
        keys.verify(token, typ)
    return refused.value.reason


def test_what_was_signed_says_what_it_said(ours):
    token = ours.sign(CONTENT, TYP)
    assert ours.verify(token, TYP) == CONTENT
    statement = ours.open(token)
    assert (statement.typ, statement.kid) == (TYP, ours.kid)


def test_a_library_that_we_did_not_write_against_accepts_it_with_the_published_keys(ours):
    published = JWKSet.from_json(json.dumps(ours.jwks()))
    check = JWS()
    check.deserialize(ours.sign(CONTENT, TYP))
    check.verify(published.get_key(ours.kid))
    assert json.loads(check.payload) == CONTENT
    assert check.jose_header == {"alg": "EdDSA", "kid": ours.kid, "typ": TYP}
    assert published.get_key(ours.kid).thumbprint() == ours.kid


def test_what_that_library_signs_with_our_key_is_ours(path, ours):
    key = JWK.from_json(json.dumps(json.loads(path.read_text())["keys"][0]))
    signed = JWS(json.dumps(CONTENT))
    signed.add_signature(key, protected=json.dumps({"alg": "EdDSA", "kid": ours.kid, "typ": TYP}))
    assert ours.verify(signed.serialize(compact=True), TYP) == CONTENT


def test_the_published_keys_hold_no_secret(path, ours):
    secret = json.loads(path.read_text())["keys"][0]["d"]
    assert secret not in json.dumps(ours.jwks())
    assert all("d" not in key for key in ours.jwks()["keys"])


def test_only_its_owner_can_read_the_file_and_it_is_never_overwritten(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(signing_keys.SigningKeysExist):
        signing_keys.init_keys(path)
    assert path.read_bytes() == before


def test_a_rotation_takes_effect_at_once_and_old_documents_stay_genuine_for_ever(path, ours):
    tokens = [ours.sign(CONTENT, TYP)]
    for _ in range(3):
        added = signing_keys.rotate_keys(path)
        assert ours.kid == added.kid
        tokens.append(ours.sign(CONTENT, TYP))
    assert len({ours.open(token).kid for token in tokens}) == 4
    afresh = PublicKeys.from_jwks(Signing(path).jwks())
    assert all(afresh.verify(token, TYP) == CONTENT for token in tokens)


def test_a_replaced_key_can_no_longer_sign(path):
    signing_keys.rotate_keys(path)
    kept = json.loads(path.read_text())["keys"]
    assert ["d" in key for key in kept] == [False, True]
    assert [key.signs for key in signing_keys.list_keys(path)] == [False, True]


def test_who_signs_goes_on_when_the_file_is_lost_or_spoilt(path, ours):
    token = ours.sign(CONTENT, TYP)
    path.write_text("{}")
    assert ours.verify(token, TYP) == CONTENT
    path.unlink()
    assert ours.verify(ours.sign(CONTENT, TYP), TYP) == CONTENT
    with pytest.raises(signing_keys.SigningKeysMissing, match="portal keys init"):
        Signing(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _kept: "no JSON",
        lambda _kept: "[]",
        lambda kept: json.dumps(kept | {"primary": "another"}),
        lambda kept: json.dumps(kept | {"keys": []}),
        lambda kept: json.dumps(kept | {"keys": [kept["keys"][0] | {"x": b64(bytes(32))}]}),
        lambda kept: json.dumps(
            kept | {"keys": [{name: value for name, value in kept["keys"][0].items() if name != "d"}]}
        ),
    ],
    ids=["no json", "no object", "no such primary", "no keys", "halves of different keys", "nothing to sign with"],
)
def test_a_damaged_file_is_named_as_such(path, spoil):
    path.write_text(spoil(json.loads(path.read_text())))
    with pytest.raises(signing_keys.SigningKeysDamaged):
        Signing(path)


# ---------------------------------------------------------------- what is not ours


def test_another_type_of_document_does_not_pass_for_this_one(ours):
    assert why(ours, ours.sign(CONTENT, "vc+jwt")) is Reason.WRONG_TYPE
    assert ours.open(ours.sign(CONTENT, "vc+jwt")).typ == "vc+jwt"


def test_a_document_without_a_type_is_of_no_type(path, ours):
    key = JWK.from_json(json.dumps(json.loads(path.read_text())["keys"][0]))
    signed = JWS(json.dumps(CONTENT))
    signed.add_signature(key, protected=json.dumps({"alg": "EdDSA", "kid": ours.kid}))
    assert why(ours, signed.serialize(compact=True)) is Reason.WRONG_TYPE


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "HS256", "RS256", "ES256", "Ed25519", "Ed448", ""])
def test_no_other_algorithm_is_believed(ours, alg):
    token = crafted({"alg": alg, "kid": ours.kid, "typ": TYP}, CONTENT)
    assert why(ours, token) is Reason.WRONG_ALGORITHM


def test_the_public_key_is_no_shared_secret(ours):
    """The old confusion: a MAC made with what everybody may download."""
    public = ours.jwks()["keys"][0]
    for secret in (public["x"].encode(), base64.urlsafe_b64decode(public["x"] + "="), json.dumps(public).encode()):
        head = crafted({"alg": "HS256", "kid": ours.kid, "typ": TYP}, CONTENT).rsplit(".", 1)[0]
        mac = hmac.digest(secret, head.encode(), hashlib.sha256)
        assert why(ours, f"{head}.{b64(mac)}") is Reason.WRONG_ALGORITHM


def test_an_unknown_key_is_unknown_whatever_the_document_brings_along(ours, tmp_path):
    signing_keys.init_keys(tmp_path / "forger.json")
    forger = Signing(tmp_path / "forger.json")
    assert why(ours, forger.sign(CONTENT, TYP)) is Reason.UNKNOWN_KEY
    key = OKPKey.generate_key("Ed25519")
    brought = {"alg": "EdDSA", "kid": ours.kid, "typ": TYP, "jwk": key.as_dict(private=False)}
    assert why(ours, crafted(brought, CONTENT, bytes(64))) is Reason.MALFORMED
    assert why(ours, crafted({"alg": "EdDSA", "typ": TYP}, CONTENT, bytes(64))) is Reason.UNKNOWN_KEY


def test_another_key_under_our_number_does_not_sign(ours, tmp_path):
    signing_keys.init_keys(tmp_path / "forger.json")
    token = Signing(tmp_path / "forger.json").sign(CONTENT, TYP)
    head, payload, signature = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "==")) | {"kid": ours.kid}
    assert why(ours, f"{b64(json.dumps(header).encode())}.{payload}.{signature}") is Reason.BAD_SIGNATURE


def test_content_of_one_document_under_the_signature_of_another(ours):
    one, other = ours.sign(CONTENT, TYP).split("."), ours.sign({"receipt": "XZ27"}, TYP).split(".")
    assert why(ours, ".".join((one[0], other[1], one[2]))) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "EdDSA", "kid": "k", "typ": TYP, "crit": ["exp"], "exp": 1},
        {"alg": "EdDSA", "kid": "k", "typ": TYP, "b64": False, "crit": ["b64"]},
        {"alg": "EdDSA", "kid": ["k"], "typ": TYP},
        {"alg": ["EdDSA"], "kid": "k", "typ": TYP},
        {"kid": "k", "typ": TYP},
        [],
        "EdDSA",
        None,
    ],
)
def test_a_header_that_ours_never_have_is_malformed(ours, header):
    assert why(ours, crafted(header, CONTENT, bytes(64))) is Reason.MALFORMED


@pytest.mark.parametrize("text", ["", ".", "..", "...", "举报", "a.b.c", "e30.e30.", " ", "{}", "\x00", "=.=.="])
def test_what_is_no_document_at_all_is_malformed(ours, text):
    assert why(ours, text) is Reason.MALFORMED


def test_a_document_too_long_to_read_is_malformed(ours):
    assert why(ours, crafted({"alg": "EdDSA", "kid": ours.kid, "typ": TYP}, "x" * 5_000_000)) is Reason.MALFORMED


@given(st.data())
def test_a_document_cut_anywhere_is_not_genuine(lasting, data):
    token = lasting.sign(CONTENT, TYP)
    cut = data.draw(st.integers(0, len(token) - 1))
    assert why(lasting, token[:cut]) in {Reason.MALFORMED, Reason.BAD_SIGNATURE}


@given(st.data())
def test_a_document_changed_in_any_sign_is_not_genuine(lasting, data):
    """Also in the last sign of a part, of which base64 uses a few bits only: a document has one form."""
    token = lasting.sign(CONTENT, TYP)
    at = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.=+/ \n"))
    if token[at] != sign:
        with pytest.raises(NotGenuine):
            lasting.verify(token[:at] + sign + token[at + 1 :], TYP)


@given(st.text(max_size=300))
def test_any_text_at_all_gets_a_reason(lasting, text):
    with pytest.raises(NotGenuine):
        lasting.open(text)


@pytest.mark.parametrize("jwks", [{}, {"keys": 1}, {"keys": [1]}, {"keys": [{"crv": "Ed25519"}]}, [], None])
def test_keys_that_are_none_are_refused(jwks):
    with pytest.raises(ValueError, match="JSON Web Key Set"):
        PublicKeys.from_jwks(jwks)


def test_keys_of_other_kinds_are_passed_over(ours):
    others = {"keys": [{"kty": "EC", "crv": "P-256", "x": "a", "y": "b"}, *ours.jwks()["keys"]]}
    assert PublicKeys.from_jwks(others).verify(ours.sign(CONTENT, TYP), TYP) == CONTENT


def test_a_feature_tells_what_its_documents_say(ours):
    app = Flask(__name__)
    signing.add_document(app, TYP, lambda content: signing.Described("Receipt", [("Number", content["receipt"])]))
    described = signing.describe(app, ours.open(ours.sign(CONTENT, TYP)))
    assert described is not None
    assert (described.title, list(described.lines)) == ("Receipt", [("Number", "XZ26")])
    assert signing.describe(app, ours.open(ours.sign(CONTENT, "other+jws"))) is None
