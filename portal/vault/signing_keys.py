"""The file of signing keys: made, rotated and read here. A JSON Web Key Set with the private half of the newest key.

Nothing else protects it: mode 0600, apart from the data, like the keyset beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from portal.foundation import clock
from portal.vault import keyfiles

ALGORITHM = "EdDSA"
CURVE = "Ed25519"
_DAMAGED = "the file of signing keys is damaged; put back a good copy of it"
_MISSING = "there is no file of signing keys; 'portal keys init' makes one"


class SigningKeysExist(Exception):
    """There are signing keys already. They are never overwritten, for what they signed would pass for forged."""


class SigningKeysMissing(Exception):
    """No file of signing keys where one should be."""


class SigningKeysDamaged(Exception):
    """The file of signing keys cannot be read."""


@dataclass(frozen=True)
class SigningKeyInfo:
    """What may be told of a signing key: its id (the RFC 7638 thumbprint), since when, whether it still signs."""

    kid: str
    created: str
    signs: bool


def beside(keyset: Path) -> Path:
    """Where the signing keys lie when no setting says otherwise: in the folder of the keyset."""
    return keyset.with_name("signing.json")


def init_keys(path: Path) -> SigningKeyInfo:
    """Make a file of signing keys with one new key, readable by its owner only.

    Raises:
        SigningKeysExist: there is a file already; it is left as it is.
    """
    key = _new_key()
    try:
        keyfiles.create(path, json.dumps({"primary": key["kid"], "keys": [key]}))
    except FileExistsError:
        raise SigningKeysExist("there are signing keys already; 'portal keys rotate' adds a new one") from None
    return list_keys(path)[0]


def rotate_keys(path: Path) -> SigningKeyInfo:
    """Add a new key that signs from now on. The older ones lose their private halves and go on checking.

    Raises:
        SigningKeysMissing, SigningKeysDamaged: there is nothing to rotate.
    """
    content = _read(path)
    retired = [{name: value for name, value in key.items() if name != "d"} for key in content["keys"]]
    key = _new_key()
    keyfiles.replace(path, json.dumps({"primary": key["kid"], "keys": [*retired, key]}))
    return list_keys(path)[-1]


def list_keys(path: Path) -> list[SigningKeyInfo]:
    """The signing keys of a file, oldest first: ids, no key material.

    Raises:
        SigningKeysMissing, SigningKeysDamaged: there are none, or they cannot be read.
    """
    content = _read(path)
    return [
        SigningKeyInfo(key["kid"], str(key.get("created", "")), key["kid"] == content["primary"])
        for key in content["keys"]
    ]


def _new_key() -> dict[str, Any]:
    key = OKPKey.generate_key("Ed25519")
    return {
        **key.as_dict(private=True),
        "kid": key.thumbprint(),
        "use": "sig",
        "alg": ALGORITHM,
        "created": clock.today().isoformat(),
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SigningKeysMissing(_MISSING) from None
    except (OSError, UnicodeDecodeError):
        raise SigningKeysDamaged(_DAMAGED) from None
    try:
        content: dict[str, Any] = json.loads(text)
        keys = {key["kid"]: OKPKey.import_key(_jwk(key)) for key in content["keys"]}
        sound = keys[content["primary"]].is_private and all(key.thumbprint() == kid for kid, key in keys.items())
    except (ValueError, KeyError, TypeError, AttributeError, JoseError):
        sound = False
    if not sound:
        raise SigningKeysDamaged(_DAMAGED)
    return content


def load(path: Path) -> tuple[list[OKPKey], OKPKey]:
    """Every key of a file, oldest first, and the one that signs.

    Raises:
        SigningKeysMissing, SigningKeysDamaged: there are none, or they cannot be read.
    """
    content = _read(path)
    keys = {key["kid"]: OKPKey.import_key(_jwk(key)) for key in content["keys"]}
    return list(keys.values()), keys[content["primary"]]


def _jwk(key: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a key that the signature needs."""
    return {name: key[name] for name in ("kty", "crv", "x", "d") if name in key}


def stamp(path: Path) -> tuple[int, int, int]:
    """What a file looks like from outside; another stamp, another content.

    Raises:
        SigningKeysMissing: there is none.
    """
    try:
        state = path.stat()
    except FileNotFoundError:
        raise SigningKeysMissing(_MISSING) from None
    return state.st_mtime_ns, state.st_ino, state.st_size
