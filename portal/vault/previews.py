"""Pictures of strangers' files, drawn anew in a child process, so that staff need not open the files themselves.

What comes out is a picture made of pixels alone, or text. Nothing of it is kept anywhere: it is drawn for each look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from portal.vault import children, filetypes
from portal.vault.children import Fault, Limits, NotParsed

__all__ = [
    "Drawn",
    "Fault",
    "NotParsed",
    "Size",
    "TextPage",
    "can_preview",
    "can_show",
    "draw",
    "is_text",
    "pages",
    "read",
]

MEDIA_TYPE = "image/webp"
MOST_TEXT = 4 * 1024 * 1024
#: Characters of a text that are shown at once.
TEXT_PAGE = 20_000
_ENCODINGS = ("utf-8-sig", "gb18030")
_PICTURES = (filetypes.JPEG, filetypes.PNG, filetypes.WEBP, filetypes.GIF, filetypes.TIFF, filetypes.BMP)
_DRAWN = {**{kind.media_type: "picture" for kind in _PICTURES}, filetypes.PDF.media_type: "document"}
_TEXTS = frozenset({filetypes.TXT.media_type, filetypes.CSV.media_type})
_LIMITS = Limits(made=16 * 1024 * 1024)


class Size(Enum):
    """How large a picture may be, in pixels."""

    THUMBNAIL = (240, 240)
    CARD = (640, 640)
    PAGE = (1800, 2400)


@dataclass(frozen=True)
class Drawn:
    """A page as a picture of :data:`MEDIA_TYPE`; ``pages`` is how many can be drawn of the file."""

    content: bytes
    pages: int
    width: int
    height: int


@dataclass(frozen=True)
class TextPage:
    """A page of a text; ``pages`` is how many can be shown of it."""

    text: str
    pages: int


def can_preview(media_type: str) -> bool:
    """Whether files of a type can be drawn."""
    return media_type in _DRAWN


def is_text(media_type: str) -> bool:
    """Whether files of a type are shown as text."""
    return media_type in _TEXTS


def can_show(media_type: str) -> bool:
    """Whether files of a type can be looked at, drawn or as text."""
    return can_preview(media_type) or is_text(media_type)


def pages(content: BinaryIO | Iterable[bytes], media_type: str) -> int:
    """How many pages of a file can be drawn.

    Raises:
        NotParsed: it cannot be read, or it is larger than 64 MiB.
    """
    answer = children.run("rendering.pages", content, {"kind": _DRAWN[media_type]}, _LIMITS)
    return int(answer.facts["pages"])


def draw(content: BinaryIO | Iterable[bytes], media_type: str, page: int, size: Size) -> Drawn:
    """A page of a file, counted from 1.

    Raises:
        NotParsed: it cannot be read, has no such page, or is larger than 64 MiB.
    """
    width, height = size.value
    order = {"page": page, "width": width, "height": height}
    answer = children.run(f"rendering.{_DRAWN[media_type]}", content, order, _LIMITS)
    facts = answer.facts
    return Drawn(answer.content, int(facts["pages"]), int(facts["width"]), int(facts["height"]))


def read(content: Iterable[bytes], page: int) -> TextPage:
    """A page of a text in UTF-8 or GB 18030, counted from 1; of a long one, the first 4 MiB are shown.

    Raises:
        NotParsed: it has no such page.
    """
    held = bytearray()
    for piece in content:
        held += piece
        if len(held) >= MOST_TEXT:
            break
    text = _decoded(bytes(held[:MOST_TEXT]))
    count = max(1, -(-len(text) // TEXT_PAGE))
    if not 1 <= page <= count:
        raise NotParsed(Fault.NO_SUCH_PAGE)
    return TextPage(text[(page - 1) * TEXT_PAGE : page * TEXT_PAGE], count)


def _decoded(data: bytes) -> str:
    for encoding in _ENCODINGS:
        # A sign that the limit cut in two does not make the rest unreadable.
        for cut in range(4):
            try:
                return data[: len(data) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return data.decode("utf-8", "replace")
