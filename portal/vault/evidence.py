"""Evidence on its way into the vault and back: measured, recognised, sealed, never in clear on a disk."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError
from portal.vault import boxes, filetypes
from portal.vault.scanning import Scanner, ScanState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.vault.boxes import Box
    from portal.vault.store import FileStore

ALLOWED_TYPES = filetypes.ALLOWED_TYPES
accept_attribute = filetypes.accept_attribute

_MEBIBYTE = 1024 * 1024


class EvidenceRefused(DomainError):
    """A file is not taken; nothing of it is kept. ``declared_name`` is the name it came with."""

    def __init__(self, declared_name: str) -> None:
        self.declared_name = declared_name
        super().__init__(type(self).__name__)


class EmptyFile(EvidenceRefused):
    """There is nothing in it."""

    message = _l("The file is empty.")


class TooLarge(EvidenceRefused):
    """It is larger than ``max_bytes``."""

    status = 413

    def __init__(self, declared_name: str, max_bytes: int) -> None:
        super().__init__(declared_name)
        self.max_bytes = max_bytes
        self.message = _l("One file may have at most %(max)s MB.", max=max_bytes // _MEBIBYTE)


class WrongType(EvidenceRefused):
    """Its content is none of :data:`ALLOWED_TYPES`."""

    status = 415
    message = _l("Files of this type are not accepted.")


class Harmful(EvidenceRefused):
    """A scan found harmful software in it."""

    message = _l("A scan found harmful software in this file. It is not accepted.")


@dataclass(frozen=True)
class TakenIn:
    """A file as it was taken in.

    ``sha256`` (hexadecimal) and ``size`` (bytes) are of the clear content, ``name`` is fit to offer it by, ``key`` is
    where its sealed form lies in the store. ``scan`` is what the scanner said, None where there is none or it was silent.
    """

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
    scan: ScanState | None = None


def take_in(
    stream: BinaryIO,
    declared_name: str,
    box: Box,
    store: FileStore,
    key: str,
    max_bytes: int,
    scanner: Scanner | None = None,
) -> TakenIn:
    """Measure, recognise and seal a file into the store. Constant memory.

    Args:
        stream: seekable, as the sealed upload buffer is; read from its beginning, left open.
        declared_name: what the sender calls it.
        box: the case's box; the sealed file opens only with it and this ``key``.
        store: where the sealed file goes.
        key: a new key for it.
        max_bytes: the most it may have.
        scanner: looks for harmful software first.

    Raises:
        EmptyFile, TooLarge, WrongType, Harmful: it is not taken; the store is as it was.
    """
    size = stream.seek(0, os.SEEK_END)
    if not size:
        raise EmptyFile(declared_name)
    if size > max_bytes:
        raise TooLarge(declared_name, max_bytes)
    kind = filetypes.identify(stream, declared_name)
    if kind is None:
        raise WrongType(declared_name)
    stream.seek(0)
    scan = scanner.scan(stream) if scanner else None
    if scan is ScanState.INFECTED:
        raise Harmful(declared_name)
    stream.seek(0)
    measured = _Measured(stream, declared_name, max_bytes)
    store.put_stream(key, box.seal_stream(cast("BinaryIO", measured), key))
    return TakenIn(
        key=key,
        name=filetypes.safe_name(declared_name, kind),
        media_type=kind.media_type,
        size=measured.size,
        sha256=measured.digest.hexdigest(),
        scan=scan,
    )


def open_back(box: Box, store: FileStore, key: str) -> BinaryIO:
    """The clear file behind a key, to be read from beginning to end.

    Raises:
        portal.vault.store.FileMissing: there is none.
        portal.vault.boxes.Unsealable: here or while reading: not this box's, changed, or cut off.
    """
    sealed = store.open(key)
    try:
        return box.open_stream(sealed, key)
    except boxes.Unsealable:
        sealed.close()
        raise


def read_back(box: Box, store: FileStore, key: str) -> Iterator[bytes]:
    """The clear content behind a key in pieces, for a response. What can fail at once fails in the call itself.

    Raises:
        portal.vault.store.FileMissing, portal.vault.boxes.Unsealable: as :func:`open_back`.
    """
    return _pieces(open_back(box, store, key))


def _pieces(clear: BinaryIO) -> Iterator[bytes]:
    with clear:
        while piece := clear.read(boxes.CHUNK):
            yield piece


class _Measured:
    """A source that counts and hashes what is read from it, and refuses to become too much."""

    def __init__(self, stream: BinaryIO, declared_name: str, max_bytes: int) -> None:
        self._stream = stream
        self._declared_name = declared_name
        self._max_bytes = max_bytes
        self.size = 0
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.size += len(data)
        if self.size > self._max_bytes:
            raise TooLarge(self._declared_name, self._max_bytes)
        self.digest.update(data)
        return data
