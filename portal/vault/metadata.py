"""Hidden details of files: what a photo or a document tells beside what it shows, and copies without it.

Every file is read in a child process (:mod:`portal.vault.children`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from portal.vault import children, filetypes
from portal.vault.children import Limits, NotParsed

__all__ = ["DETAIL_LABELS", "DetailKind", "HiddenDetail", "NotParsed", "can_inspect", "clean", "inspect"]


class DetailKind(StrEnum):
    """What a hidden detail is about."""

    PLACE = "place"
    DEVICE = "device"
    TAKEN_AT = "taken_at"
    AUTHOR = "author"
    COMPANY = "company"
    SOFTWARE = "software"
    EDITED_BY = "edited_by"
    COMMENT = "comment"
    THUMBNAIL = "thumbnail"
    ATTACHED = "attached"


DETAIL_LABELS = {
    DetailKind.PLACE: _l("Place"),
    DetailKind.DEVICE: _l("Device"),
    DetailKind.TAKEN_AT: _l("Date and time"),
    DetailKind.AUTHOR: _l("Author"),
    DetailKind.COMPANY: _l("Company"),
    DetailKind.SOFTWARE: _l("Software"),
    DetailKind.EDITED_BY: _l("Edited by"),
    DetailKind.COMMENT: _l("Description or comment"),
    DetailKind.THUMBNAIL: _l("Small preview picture inside the file"),
    DetailKind.ATTACHED: _l("Another file inside the file"),
}

_MEBIBYTE = 1024 * 1024
_PICTURES = (
    filetypes.JPEG, filetypes.PNG, filetypes.WEBP, filetypes.GIF, filetypes.TIFF, filetypes.HEIC,
)  # fmt: skip
_FILMS = (filetypes.MP4, filetypes.MOV, filetypes.THREE_GP, filetypes.M4A)
_WORK = {
    **{kind.media_type: "pictures" for kind in _PICTURES},
    filetypes.PDF.media_type: "pdfs",
    **{kind.media_type: "films" for kind in _FILMS},
    **{kind.media_type: "office" for kind in (filetypes.DOCX, filetypes.XLSX, filetypes.PPTX)},
}
_LIMITS = Limits(memory=1536 * _MEBIBYTE, seconds=30)
#: Films are long, and hardly anything of one is looked at.
_FILM_LIMITS = Limits(memory=1536 * _MEBIBYTE, seconds=30, taken=192 * _MEBIBYTE, made=192 * _MEBIBYTE)


@dataclass(frozen=True)
class HiddenDetail:
    """One detail; ``value`` is text of at most 200 characters and may be empty where the kind says all.

    Places are latitude and longitude in degrees (``29.65000, 91.13000``), or a name.
    """

    kind: DetailKind
    value: str


def can_inspect(media_type: str) -> bool:
    """Whether files of a type can be looked through and cleaned. Of all others nothing is known: not that nothing is hidden."""
    return media_type in _WORK


def inspect(stream: BinaryIO | Iterable[bytes], media_type: str) -> list[HiddenDetail]:
    """The hidden details of a file, read from where the stream stands; none for a type that is not looked through.

    Raises:
        NotParsed: it cannot be read, or it is larger than 64 MiB (a film: 192 MiB).
    """
    if not can_inspect(media_type):
        return []
    answer = children.run(f"{_WORK[media_type]}.inspect", stream, limits=_limits(media_type))
    return [HiddenDetail(DetailKind(item["kind"]), str(item["value"])) for item in answer.facts]


def clean(stream: BinaryIO | Iterable[bytes], media_type: str) -> BinaryIO:
    """A copy of a file without its hidden details, in memory, to be taken in like any other.

    Raises:
        ValueError: files of this type cannot be cleaned.
        NotParsed: it cannot be read, is larger than 64 MiB (a film: 192 MiB), or is a signed document, whose copy would lose its signature.
    """
    if not can_inspect(media_type):
        raise ValueError("files of this type cannot be cleaned")
    return io.BytesIO(children.run(f"{_WORK[media_type]}.clean", stream, limits=_limits(media_type)).content)


def _limits(media_type: str) -> Limits:
    return _FILM_LIMITS if _WORK[media_type] == "films" else _LIMITS
