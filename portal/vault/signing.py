"""What the portal signs so that anybody can check it: receipts, archives, credentials. Compact JWS, Ed25519, typed.

Whoever checks needs only the public keys (:meth:`PublicKeys.jwks`). A key that was replaced loses its private half and
keeps its public one for ever, so what it signed stays checkable and nobody can sign with it any more.

The type of a document (``typ``, such as ``portal-receipt+jws``) is signed with it: a receipt never passes for a
credential. A feature tells what its documents say by :func:`add_document`.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from portal.vault import signing_keys
from portal.vault.signing_keys import ALGORITHM, CURVE, SigningKeysDamaged, SigningKeysMissing

if TYPE_CHECKING:
    from flask import Flask
    from flask_babel import LazyString
    from joserfc._rfc7515.model import JWSAlgModel

log = logging.getLogger(__name__)

LONGEST = 3 * 1024 * 1024
"""Characters that a signed document may have; more is not read."""

_EXTENSION = "portal.vault.documents"
_HEADER = frozenset({"alg", "kid", "typ", "cty"})


class Reason(StrEnum):
    """Why a document is not ours."""

    MALFORMED = "malformed"
    WRONG_ALGORITHM = "wrong_algorithm"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    WRONG_TYPE = "wrong_type"


class NotGenuine(Exception):
    """This is not a document that the portal signed, or not any more what it signed."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass(frozen=True)
class Statement:
    """What a genuine document says: its type, the key it was signed with, its content."""

    typ: str
    kid: str
    payload: dict[str, Any]


class _OnlyOurAlgorithm(JWSRegistry):
    """The one algorithm, whatever a document's header asks for.

    ``EdDSA`` with a key that names its curve is what verifiers everywhere know; the newer name of the same signature
    (RFC 9864) they do not yet.
    """

    max_payload_length = LONGEST

    def get_alg(self, name: str) -> JWSAlgModel:
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError
        return self.algorithms[ALGORITHM]


_REGISTRY = _OnlyOurAlgorithm()


class PublicKeys:
    """The keys that check documents: of this portal, or read from a downloaded ``jwks.json``."""

    def __init__(self, keys: Iterable[OKPKey]) -> None:
        self._keys = {key.thumbprint(): key for key in keys}

    @classmethod
    def from_jwks(cls, jwks: Mapping[str, Any]) -> PublicKeys:
        """The keys in a JSON Web Key Set (RFC 7517); keys that are not of our kind are passed over.

        Raises:
            ValueError: it is none.
        """
        try:
            ours = [key for key in jwks["keys"] if key.get("crv") == CURVE]
            return cls([OKPKey.import_key({name: key[name] for name in ("kty", "crv", "x")}) for key in ours])
        except (KeyError, TypeError, AttributeError, JoseError) as wrong:
            raise ValueError("not a JSON Web Key Set") from wrong

    def open(self, token: str) -> Statement:
        """What a document says, of whatever type it is.

        Raises:
            NotGenuine: it is not ours, or it was changed.
        """
        signed, header = _parse(token)
        if header["alg"] != ALGORITHM:
            raise NotGenuine(Reason.WRONG_ALGORITHM)
        key = self._keys.get(header["kid"])
        if key is None:
            raise NotGenuine(Reason.UNKNOWN_KEY)
        try:
            genuine = jws.validate_compact(signed, key, registry=_REGISTRY)
        except (JoseError, ValueError):
            genuine = False
        if not genuine:
            raise NotGenuine(Reason.BAD_SIGNATURE)
        return Statement(header["typ"], header["kid"], _content(signed.payload))

    def verify(self, token: str, typ: str) -> dict[str, Any]:
        """The content of a document of one type.

        Raises:
            NotGenuine: it is not ours, it was changed, or it is a genuine document of another type.
        """
        statement = self.open(token)
        if statement.typ != typ:
            raise NotGenuine(Reason.WRONG_TYPE)
        return statement.payload

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JSON Web Key Set, oldest first."""
        return {
            "keys": [key.as_dict(kid=kid, use="sig", alg=ALGORITHM) for kid, key in self._keys.items()],
        }


@dataclass(frozen=True)
class _Read:
    """The keys as they were read, and what the file looked like then."""

    public: PublicKeys
    primary: OKPKey
    stamp: tuple[int, int, int]


class Signing:
    """The portal's own signature. A file that was rotated meanwhile is read anew, without a restart."""

    def __init__(self, path: Path) -> None:
        """Read the keys.

        Raises:
            SigningKeysMissing, SigningKeysDamaged: there are none, or they cannot be read.
        """
        self._path = path
        self._lock = threading.Lock()
        self._read = self._load()

    @property
    def kid(self) -> str:
        """The id of the key that signs now."""
        return self._current().primary.thumbprint()

    def sign(self, payload: Mapping[str, Any], typ: str) -> str:
        """A document with this content (JSON), of this type, as a compact JWS (RFC 7515)."""
        key = self._current().primary
        header = {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": typ}
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        return jws.serialize_compact(header, text, key, registry=_REGISTRY)

    def open(self, token: str) -> Statement:
        """See :meth:`PublicKeys.open`."""
        return self.public_keys().open(token)

    def verify(self, token: str, typ: str) -> dict[str, Any]:
        """See :meth:`PublicKeys.verify`."""
        return self.public_keys().verify(token, typ)

    def jwks(self) -> dict[str, Any]:
        """See :meth:`PublicKeys.jwks`."""
        return self.public_keys().jwks()

    def public_keys(self) -> PublicKeys:
        """The keys that check what was signed here, the replaced ones among them."""
        return self._current().public

    def _current(self) -> _Read:
        try:
            if signing_keys.stamp(self._path) == self._read.stamp:
                return self._read
            with self._lock:
                self._read = self._load()
        except (OSError, SigningKeysMissing, SigningKeysDamaged):
            # Who signs already goes on with what is in memory; the file is looked at again next time.
            log.exception("the file of signing keys cannot be read any more")
        return self._read

    def _load(self) -> _Read:
        # Looked at before it is read: what changes in between is read again next time.
        stamp = signing_keys.stamp(self._path)
        keys, primary = signing_keys.load(self._path)
        return _Read(PublicKeys(keys), primary, stamp)


# ---------------------------------------------------------------- what documents say


@dataclass(frozen=True)
class Described:
    """What a genuine document says, for a page: lines of a label and a value, and the files that it vouches for.

    ``current`` is what the portal knows of it today, where a document can go out of force; ``address`` leads on.
    """

    title: LazyString | str
    lines: Sequence[tuple[LazyString | str, object]] = ()
    files: Sequence[str] = field(default_factory=tuple)
    current: LazyString | str = ""
    address: str = ""


def add_document(app: Flask, typ: str, describe: Callable[[dict[str, Any]], Described]) -> None:
    """Let the page of verification tell what documents of this type say. ``describe`` gets a genuine content only."""
    app.extensions.setdefault(_EXTENSION, {})[typ] = describe


def describe(app: Flask, statement: Statement) -> Described | None:
    """What a genuine document says; None for a type that nobody here knows to read."""
    tell = app.extensions.get(_EXTENSION, {}).get(statement.typ)
    return cast("Described", tell(statement.payload)) if tell is not None else None


# ---------------------------------------------------------------- reading a document


def _parse(token: str) -> tuple[jws.CompactSignature, dict[str, Any]]:
    """A document in its parts, nothing of it believed yet.

    Raises:
        NotGenuine: it has not the form of one of ours.
    """
    try:
        signed = jws.extract_compact(token.encode("ascii"), registry=_REGISTRY)
        header: Mapping[str, Any] = signed.protected
        known = set(header) <= _HEADER and all(isinstance(value, str) for value in header.values())
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        known = False
    if not known:
        raise NotGenuine(Reason.MALFORMED)
    if "kid" not in header and header["alg"] == ALGORITHM:
        raise NotGenuine(Reason.UNKNOWN_KEY)
    return signed, {"kid": "", "typ": "", **header}


def _content(payload: bytes) -> dict[str, Any]:
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise NotGenuine(Reason.MALFORMED)
    return content
