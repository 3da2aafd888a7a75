"""The files of documents: what they may be, and how they come into the store and out of it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from portal.foundation.errors import Invalid
from portal.vault import current_vault, filetypes

MEBIBYTE = 1024 * 1024
LARGEST = 50 * MEBIBYTE
PIECE = 256 * 1024
#: What an office publishes. Sound, film and rare kinds of pictures have no place under a document.
KINDS = frozenset(
    {
        filetypes.PDF, filetypes.OFD, filetypes.DOCX, filetypes.XLSX, filetypes.PPTX, filetypes.DOC, filetypes.XLS,
        filetypes.PPT, filetypes.TXT, filetypes.CSV, filetypes.JPEG, filetypes.PNG, filetypes.ZIP,
    }
)  # fmt: skip

EMPTY = _l("The file is empty.")
TOO_LARGE = _l("The file is too large.")
WRONG_TYPE = _l("This type of file is not supported.")


@dataclass(frozen=True)
class StoredFile:
    """A file in the store: offered under ``name``, ``size`` in bytes, ``sha256`` in hexadecimal."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str


def keep(stream: BinaryIO, declared_name: str) -> StoredFile:
    """Check a seekable file by its content and put it into the store under a name that cannot be guessed.

    Raises:
        Invalid: empty, too large or of a type that is not published here; the field is ``file``.
    """
    if stream.seek(0, 2) == 0:
        raise Invalid({"file": EMPTY})
    if stream.tell() > LARGEST:
        raise Invalid({"file": TOO_LARGE})
    kind = filetypes.identify(stream, declared_name)
    if kind is None or kind not in KINDS:
        raise Invalid({"file": WRONG_TYPE})
    stream.seek(0)
    digest = hashlib.sha256()
    key = f"attachments/{secrets.token_hex(16)}"
    size = current_vault().store.put_stream(key, _counted(stream, digest))
    return StoredFile(key, filetypes.safe_name(declared_name, kind), kind.media_type, size, digest.hexdigest())


def read(key: str) -> Iterator[bytes]:
    """The content of a stored file in pieces; the file is found before the first piece is asked for.

    Raises:
        portal.vault.store.FileMissing: there is none.
    """
    return _pieces(current_vault().store.open(key))


def drop(key: str) -> None:
    """Remove a file from the store."""
    current_vault().store.delete(key)


def accepted() -> str:
    """The endings of the allowed files, for a file field's ``accept``."""
    return ",".join(sorted(ending for kind in KINDS for ending in kind.extensions))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _counted(stream: BinaryIO, digest: hashlib._Hash) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        digest.update(piece)
        yield piece
