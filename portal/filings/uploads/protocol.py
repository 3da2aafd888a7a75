"""What the tus protocol 1.0.0 writes into headers, read and checked. It knows no database and no web framework.

Source: tus.io, "tus resumable upload protocol", version 1.0.0 of 2016-03-25, core protocol and the extensions named here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
MEDIA_TYPE = "application/offset+octet-stream"
#: Digests by the names that the protocol gives them; ``sha1`` is the one that every server must know.
CHECKSUMS: Mapping[str, Callable[[], _Hash]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}

MISMATCH_STATUS, MISMATCH = 460, "460 Checksum Mismatch"
LONGEST_METADATA = 4096
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_KEY = re.compile(r"[!-+\--~]+", re.ASCII)


class Malformed(Exception):
    """A header does not say what the protocol lets it say. ``args[0]`` is a sentence for the client's author."""


def number(value: str | None, header: str) -> int:
    """The number of bytes that a header gives.

    Raises:
        Malformed: it is missing, or it is none.
    """
    if value is None or not _NUMBER.fullmatch(value):
        raise Malformed(f"{header} must be a number of bytes")
    return int(value)


def metadata(value: str) -> dict[str, str]:
    """The pairs of an ``Upload-Metadata`` header, their values decoded as UTF-8.

    Raises:
        Malformed: too long, a key that is empty, repeated or has forbidden signs, or a value that is not Base64.
    """
    if len(value) > LONGEST_METADATA:
        raise Malformed("Upload-Metadata is too long")
    found: dict[str, str] = {}
    for pair in value.split(",") if value.strip() else ():
        key, _, encoded = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise Malformed("Upload-Metadata has an empty, repeated or forbidden key")
        found[key] = _decoded(encoded, "Upload-Metadata").decode("utf-8", "replace")
    return found


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request must add up to."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, value: str) -> Checksum:
        """From an ``Upload-Checksum`` header.

        Raises:
            Malformed: not of its form, or by an algorithm that is not in :data:`CHECKSUMS`.
        """
        algorithm, _, encoded = value.partition(" ")
        if algorithm not in CHECKSUMS:
            raise Malformed(f"Upload-Checksum must be one of {', '.join(CHECKSUMS)}")
        return cls(algorithm, _decoded(encoded, "Upload-Checksum"))

    def start(self) -> _Hash:
        """A digest to feed the bytes to."""
        return CHECKSUMS[self.algorithm]()

    def fits(self, counted: _Hash) -> bool:
        """Whether the bytes were those that the client meant."""
        return hmac.compare_digest(counted.digest(), self.digest)


def _decoded(encoded: str, header: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{header} has a value that is not Base64") from None
