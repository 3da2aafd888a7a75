"""Files that a unit shows: pictures drawn anew, reports without their hidden details."""

from __future__ import annotations

import hashlib
import io
import secrets
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from portal.content import attachments
from portal.content.attachments import EMPTY, TOO_LARGE, WRONG_TYPE
from portal.credentials.profile.models import SMALLER, ProfileFile
from portal.foundation.errors import Invalid
from portal.vault import current_vault, filetypes, metadata, previews
from portal.vault.children import Fault, NotParsed
from portal.vault.filetypes import FileType
from portal.vault.previews import Size
from portal.vault.scanning import ScanState
from portal.vault.store import FileMissing

MEBIBYTE = 1024 * 1024
LARGEST_PICTURE, LARGEST_REPORT = 20 * MEBIBYTE, 50 * MEBIBYTE
PICTURES = (filetypes.JPEG, filetypes.PNG, filetypes.WEBP)
REPORTS = (filetypes.PDF,)
PICTURE_NAME, SMALL_NAME = "picture.webp", "small.webp"
UNREADABLE = _l("This file cannot be read: it is damaged or protected.")


@dataclass(frozen=True)
class KeptFile:
    """A file in the store: ``size`` in bytes, ``sha256`` in hexadecimal, pictures with their pixels."""

    store_key: str
    name: str
    media_type: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


def keep_picture(stream: BinaryIO, declared_name: str) -> KeptFile:
    """Draw a picture anew, within the size of a page and with nothing but pixels in it, and keep that.

    Raises:
        Invalid: empty, too large, no picture, or one that cannot be read; the field is ``file``.
    """
    kind = _recognised(stream, declared_name, PICTURES, LARGEST_PICTURE)
    try:
        drawn = previews.draw(stream, kind.media_type, 1, Size.PAGE)
    except NotParsed:
        raise Invalid({"file": UNREADABLE}) from None
    # The name of a photo can say when and by whom it was taken; nobody needs it.
    return _kept(drawn.content, PICTURE_NAME, previews.MEDIA_TYPE, drawn.width, drawn.height)


def keep_report(stream: BinaryIO, declared_name: str) -> KeptFile:
    """Keep a report without its hidden details. One that is signed stays as it is: its copy would lose its signature.

    Raises:
        Invalid: empty, too large, no PDF, or one that cannot be read; the field is ``file``.
    """
    kind = _recognised(stream, declared_name, REPORTS, LARGEST_REPORT)
    try:
        content = metadata.clean(stream, kind.media_type).read()
    except NotParsed as fault:
        if fault.fault is not Fault.SIGNED:
            raise Invalid({"file": UNREADABLE}) from None
        stream.seek(0)
        content = stream.read()
    return _kept(content, filetypes.safe_name(declared_name, kind), kind.media_type)


def small(item: ProfileFile) -> bytes:
    """A picture as large as a card, for thin lines; drawn when it is first asked for, and kept.

    Raises:
        portal.vault.store.FileMissing: the store has lost the picture.
    """
    store, place = current_vault().store, _beside(item.store_key)
    try:
        return b"".join(attachments.read(place))
    except FileMissing:
        picture = b"".join(attachments.read(item.store_key))
    try:
        drawn = previews.draw(io.BytesIO(picture), item.media_type, 1, Size.CARD).content
    except NotParsed:
        return picture
    store.put_stream(place, io.BytesIO(drawn))
    return drawn


def forget(store_key: str) -> None:
    """Remove a file from the store, and what was made of it."""
    current_vault().store.delete(store_key)
    current_vault().store.delete(_beside(store_key))


def accepted(kinds: tuple[FileType, ...]) -> str:
    """The endings of types, for a file field's ``accept``."""
    return ",".join(ending for kind in kinds for ending in kind.extensions)


def _beside(store_key: str) -> str:
    return f"{SMALLER}/{store_key.rpartition('/')[2]}"


def _recognised(stream: BinaryIO, declared_name: str, kinds: tuple[FileType, ...], largest: int) -> FileType:
    if stream.seek(0, 2) == 0:
        raise Invalid({"file": EMPTY})
    if stream.tell() > largest:
        raise Invalid({"file": TOO_LARGE})
    kind = filetypes.identify(stream, declared_name)
    if kind is None or kind not in kinds:
        raise Invalid({"file": WRONG_TYPE})
    stream.seek(0)
    scanner = current_vault().scanner
    if scanner and scanner.scan(stream) is ScanState.INFECTED:
        raise Invalid({"file": UNREADABLE})
    stream.seek(0)
    return kind


def _kept(content: bytes, name: str, media_type: str, width: int | None = None, height: int | None = None) -> KeptFile:
    key = f"showcase/{secrets.token_hex(16)}"
    size = current_vault().store.put_stream(key, io.BytesIO(content))
    return KeptFile(key, name, media_type, size, hashlib.sha256(content).hexdigest(), width, height)
