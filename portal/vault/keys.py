"""The portal's master key: a keyset file made, rotated and read here.

The file holds the keys in clear and nothing else protects it: mode 0600, apart from the data, never in a backup.
A key management service takes its place by another :class:`MasterKey`.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from portal.vault import keyfiles, primitives

if TYPE_CHECKING:
    from pathlib import Path


class KeysetExists(Exception):
    """There is a keyset already. It is never overwritten, for what it sealed would be lost."""


class KeysetMissing(Exception):
    """No keyset file where one should be."""


class KeysetDamaged(Exception):
    """The keyset file cannot be read as a keyset."""


class KeyNeeded(Exception):
    """The key cannot be removed: everything new is sealed with it, or there is no such key."""


log = logging.getLogger(__name__)

_MISSING = "there is no keyset file; 'portal keys init' makes one"
PREFIX_LENGTH = 5
"""Bytes at the start of what is wrapped that tell the key: Tink's version and the key's number."""


class MasterKey(Protocol):
    """What wraps the data keys of cases; a key management service can stand behind it."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """``key`` (a few hundred bytes) wrapped; it unwraps only with an equal ``context``."""
        ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key that was wrapped.

        Raises:
            portal.vault.primitives.Unsealable: other master key, other context, or changed.
        """
        ...

    def prefix(self) -> bytes:
        """What everything begins with that is wrapped from now on; see :data:`PREFIX_LENGTH`."""
        ...


@dataclass(frozen=True)
class KeyInfo:
    """What may be told of a key: its id (hexadecimal), its status, and whether new things are sealed with it."""

    key_id: str
    status: str
    primary: bool


class KeysetMasterKey:
    """A master key from a keyset in this process's memory."""

    def __init__(self, keyset: bytes) -> None:
        self._sealer = primitives.Sealer(keyset)
        self._prefix = prefix_of(f"{json.loads(primitives.keyset_as_json(keyset))['primaryKeyId']:08x}")

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """See :meth:`MasterKey.wrap`."""
        return self._sealer.seal(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See :meth:`MasterKey.unwrap`."""
        return self._sealer.open(wrapped, context)

    def prefix(self) -> bytes:
        """See :meth:`MasterKey.prefix`."""
        return self._prefix


@dataclass(frozen=True)
class _Read:
    """A keyset as it was read, and what its file looked like then."""

    master: KeysetMasterKey
    stamp: tuple[int, int, int]


class KeyFile:
    """A master key from a keyset file. A file that was rotated meanwhile is read anew, without a restart."""

    def __init__(self, path: Path) -> None:
        """Read the keyset.

        Raises:
            KeysetMissing, KeysetDamaged: there is none, or it cannot be read.
        """
        self._path = path
        self._read = self._load()

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """See :meth:`MasterKey.wrap`."""
        return self._current().master.wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """See :meth:`MasterKey.unwrap`."""
        return self._current().master.unwrap(wrapped, context)

    def prefix(self) -> bytes:
        """See :meth:`MasterKey.prefix`."""
        return self._current().master.prefix()

    def _current(self) -> _Read:
        try:
            if self._stamp() != self._read.stamp:
                self._read = self._load()
        except (OSError, KeysetMissing, KeysetDamaged):
            # Who serves already goes on with what is in memory; the file is looked at again next time.
            log.exception("the keyset file cannot be read any more")
        return self._read

    def _load(self) -> _Read:
        # Looked at before it is read: what changes in between is read again next time.
        stamp = self._stamp()
        return _Read(KeysetMasterKey(primitives.keyset_from_json(json.dumps(_read(self._path)))), stamp)

    def _stamp(self) -> tuple[int, int, int]:
        try:
            state = self._path.stat()
        except FileNotFoundError:
            raise KeysetMissing(_MISSING) from None
        return state.st_mtime_ns, state.st_ino, state.st_size


def prefix_of(key_id: str) -> bytes:
    """What everything begins with that is wrapped with a key.

    Raises:
        ValueError: this is no number of a key.
    """
    return b"\x01" + int(key_id, 16).to_bytes(PREFIX_LENGTH - 1)


def init_keyset(path: Path) -> KeyInfo:
    """Make a keyset file with one new key, readable by its owner only.

    Raises:
        KeysetExists: there is a file already; it is left as it is.
    """
    try:
        keyfiles.create(path, primitives.keyset_as_json(primitives.new_keyset()))
    except FileExistsError:
        raise KeysetExists("there is a keyset already; 'portal keys rotate' adds a new key to it") from None
    return list_keys(path)[0]


def rotate_keyset(path: Path) -> KeyInfo:
    """Add a new key, with which everything is sealed from now on; what the older keys sealed still opens.

    Raises:
        KeysetMissing, KeysetDamaged: there is nothing to rotate.
    """
    keyset = _read(path)
    taken = {key["keyId"] for key in keyset["key"]}
    added = json.loads(primitives.keyset_as_json(primitives.new_keyset()))
    while added["primaryKeyId"] in taken:
        added = json.loads(primitives.keyset_as_json(primitives.new_keyset()))
    rotated = {"primaryKeyId": added["primaryKeyId"], "key": [*keyset["key"], *added["key"]]}
    text = json.dumps(rotated)
    primitives.keyset_from_json(text)
    keyfiles.replace(path, text)
    return next(key for key in list_keys(path) if key.primary)


def retire_key(path: Path, key_id: str) -> None:
    """Remove a key that nothing is sealed with any more. What it sealed opens never again.

    Raises:
        KeyNeeded: it is the primary key, or there is none of this number.
        KeysetMissing, KeysetDamaged: there is no keyset to remove it from.
    """
    keyset = _read(path)
    number = int(key_id, 16)
    if number == keyset["primaryKeyId"]:
        raise KeyNeeded("new data is sealed with this key; 'portal keys rotate' makes another one first")
    left = [key for key in keyset["key"] if key["keyId"] != number]
    if len(left) == len(keyset["key"]):
        raise KeyNeeded("there is no key of this number; 'portal keys list' prints them")
    text = json.dumps({**keyset, "key": left})
    primitives.keyset_from_json(text)
    keyfiles.replace(path, text)


def load_keyset(path: Path) -> MasterKey:
    """The master key in a keyset file.

    Raises:
        KeysetMissing, KeysetDamaged: there is none, or it cannot be read.
    """
    return KeyFile(path)


def list_keys(path: Path) -> list[KeyInfo]:
    """The keys of a keyset file, oldest first: ids and status, no key material.

    Raises:
        KeysetMissing, KeysetDamaged: there is none, or it cannot be read.
    """
    keyset = _read(path)
    return [
        KeyInfo(f"{key['keyId']:08x}", key["status"].lower(), key["keyId"] == keyset["primaryKeyId"])
        for key in keyset["key"]
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeysetMissing(_MISSING) from None
    try:
        primitives.keyset_from_json(text)
        keyset: dict[str, Any] = json.loads(text)
    except (ValueError, primitives.Unsealable):
        raise KeysetDamaged("the keyset file is damaged; put back a good copy of it") from None
    return keyset
