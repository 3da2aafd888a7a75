"""The one place that touches Tink, which comes without types; everything above it is typed.

Keysets cross this border as bytes or as JSON in clear. Only :mod:`portal.vault.keys` writes one to disk, and only
:mod:`portal.vault.boxes` holds one for longer than a call, wrapped by the master key wherever it is kept.
"""

from __future__ import annotations

from typing import Any, BinaryIO, cast

import tink
from tink import aead, secret_key_access, streaming_aead

aead.register()
streaming_aead.register()


class Unsealable(Exception):
    """Something sealed does not open: other key, other context, changed or cut off. It never says which."""

    def __init__(self) -> None:
        super().__init__("sealed data does not open")


def new_keyset() -> bytes:
    """A new keyset of one AES-256-GCM key, in clear."""
    return _generate(aead.aead_key_templates.AES256_GCM)


def new_stream_keyset() -> bytes:
    """A new keyset of one streaming key (AES-256-GCM-HKDF in segments of 1 MiB), in clear."""
    return _generate(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)


def keyset_as_json(keyset: bytes) -> str:
    """A clear keyset in Tink's JSON form."""
    token = secret_key_access.TOKEN
    return cast("str", tink.json_proto_keyset_format.serialize(tink.proto_keyset_format.parse(keyset, token), token))


def keyset_from_json(text: str) -> bytes:
    """The clear keyset in Tink's JSON form, checked for a usable primary key.

    Raises:
        ValueError: it is not a keyset.
    """
    token = secret_key_access.TOKEN
    try:
        handle = tink.json_proto_keyset_format.parse(text, token)
        return cast("bytes", tink.proto_keyset_format.serialize(handle, token))
    except (tink.TinkError, ValueError) as fault:
        # The cause is left out on purpose: a parser's message may quote key material.
        raise ValueError("not a keyset in Tink's JSON form") from (fault if isinstance(fault, tink.TinkError) else None)


class Sealer:
    """Authenticated encryption of short data with a keyset: seals with its primary key, opens with any."""

    def __init__(self, keyset: bytes) -> None:
        self._aead = _primitive(keyset, aead.Aead)

    def seal(self, data: bytes, context: bytes) -> bytes:
        """``data`` sealed; it opens only with an equal ``context``."""
        return cast("bytes", self._aead.encrypt(data, context))

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """What was sealed.

        Raises:
            Unsealable: other key, other context, or changed.
        """
        try:
            return cast("bytes", self._aead.decrypt(sealed, context))
        except tink.TinkError:
            raise Unsealable from None


class StreamSealer:
    """Authenticated encryption of files with a streaming keyset, in constant memory."""

    def __init__(self, keyset: bytes) -> None:
        self._aead = _primitive(keyset, streaming_aead.StreamingAead)

    def writer(self, destination: BinaryIO, context: bytes) -> BinaryIO:
        """A file to write clear bytes into; sealed ones reach ``destination``, the last of them when it is closed."""
        return cast("BinaryIO", self._aead.new_encrypting_stream(destination, context))

    def reader(self, source: BinaryIO, context: bytes) -> BinaryIO:
        """A file to read clear bytes from, while sealed ones are read from ``source``.

        Reading raises :data:`StreamFault` where the sealed bytes are not what was written.
        """
        return cast("BinaryIO", self._aead.new_decrypting_stream(source, context))


StreamFault: type[Exception] = tink.TinkError


def _generate(template: object) -> bytes:
    handle = tink.new_keyset_handle(template)
    return cast("bytes", tink.proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def _primitive(keyset: bytes, kind: type) -> Any:  # Tink's own objects have no types
    try:
        return tink.proto_keyset_format.parse(keyset, secret_key_access.TOKEN).primitive(kind)
    except tink.TinkError:
        raise Unsealable from None
