"""An identity service that speaks OpenID Connect: authorization code flow with PKCE, nothing kept between its two halves.

State goes into the browser's session; nonce and code verifier follow from it and from the draft, under a key of the portal,
so that an answer is worth nothing to another browser or for another draft.
"""

from __future__ import annotations

import base64
import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from flask import current_app
from flask_babel import lazy_gettext as _l
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.foundation import clock
from portal.foundation.errors import DomainError
from portal.settings import Settings
from portal.vault import current_vault

log = logging.getLogger(__name__)

SECONDS = 10
LEEWAY = 60
SCOPE = "openid profile"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_DISCOVERY = "/.well-known/openid-configuration"


class ServiceSilent(DomainError):
    """The service does not answer, or not as OpenID Connect says."""

    status = 503
    message = _l("The identity service does not answer at present. You can go on without it.")


class NotConfirmed(DomainError):
    """The service did not confirm anybody, or its answer is not genuine."""

    message = _l("The identity service did not confirm who you are. You can go on without it.")


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and the state that it must bring back."""

    address: str
    state: str


def is_offered() -> bool:
    """Whether an identity service is configured."""
    return bool(_settings().oidc_issuer)


def begin(draft_handle: str, back: str) -> Begun:
    """Begin with the draft of a handle; ``back`` is the address to which the service sends the browser.

    Raises:
        ServiceSilent: it cannot be begun.
    """
    ways, state = _ways(), secrets.token_urlsafe(32)
    with _client(back) as client:
        address, _state = client.create_authorization_url(
            ways["authorization_endpoint"],
            state=state,
            nonce=_derived("nonce", state, draft_handle),
            code_verifier=_derived("verifier", state, draft_handle),
        )
    return Begun(address, state)


def finish(draft_handle: str, state: str, code: str, back: str) -> Mapping[str, Any]:
    """What the service says of the person, from the code that the browser brought back.

    Raises:
        ServiceSilent: the service does not answer.
        NotConfirmed: the code is not good, or the answer is not genuine, not for this portal or not for this draft.
    """
    ways = _ways()
    try:
        with _client(back) as client:
            token = client.fetch_token(
                ways["token_endpoint"],
                code=code,
                code_verifier=_derived("verifier", state, draft_handle),
                timeout=SECONDS,
                allow_redirects=False,
            )
            claims = _claims(str(token.get("id_token", "")), ways, _derived("nonce", state, draft_handle))
            if not claims.get("name") and "userinfo_endpoint" in ways:
                claims = _with_userinfo(claims, client.get(ways["userinfo_endpoint"], timeout=SECONDS).json())
    except (AuthlibBaseError, JoseError, KeyError) as refused:
        # What the service says may quote the request; only its kind goes into the log.
        log.warning("the identity service confirmed nobody: %s", type(refused).__name__)
        raise NotConfirmed from None
    except (requests.RequestException, ValueError):
        raise ServiceSilent from None
    return claims


def _claims(id_token: str, ways: Mapping[str, str], nonce: str) -> dict[str, Any]:
    """The claims of an ID token that is genuine.

    Raises:
        JoseError: it is not, or it is too old, for others, or for another request.
    """
    settings = _settings()
    keys = KeySet.import_key_set(_fetched(ways["jwks_uri"]))  # type: ignore[arg-type]
    claims = dict(jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims)
    jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": ways["issuer"]},
        aud={"essential": True, "value": settings.oidc_client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    ).validate(claims)
    # A token for several audiences names the one that it was made for.
    if claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id:
        raise NotConfirmed
    return claims


def _with_userinfo(claims: dict[str, Any], told: object) -> dict[str, Any]:
    if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
        raise NotConfirmed
    return {**told, **claims}


def _ways() -> dict[str, str]:
    """The service's own description.

    Raises:
        ServiceSilent: there is none, or it is another service's.
    """
    issuer = _settings().oidc_issuer
    try:
        told = _fetched(issuer.rstrip("/") + _DISCOVERY)
    except (requests.RequestException, ValueError):
        raise ServiceSilent from None
    needed = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}
    if not needed <= told.keys() or str(told["issuer"]).rstrip("/") != issuer.rstrip("/"):
        raise ServiceSilent
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _fetched(address: str) -> dict[str, Any]:
    answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
    answer.raise_for_status()
    told = answer.json()
    if not isinstance(told, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - what a service says has no type that could be wrong
    return told


def _client(back: str) -> OAuth2Session:
    settings = _settings()
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
    return OAuth2Session(
        settings.oidc_client_id,
        secret,
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
        # Without a secret the code verifier alone shows who asks.
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
    )


def _derived(what: str, state: str, draft_handle: str) -> str:
    key = current_vault().derive("identity service")
    digest = hmac.digest(key, f"{what}\0{state}\0{draft_handle}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal.settings"]
    return settings
