"""Hidden details of HEIC, the format of many phones.

Its picture cannot be decoded here; what is told beside it can be read and overwritten in place, so that nothing else of the
file moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from . import exif
from .details import ATTACHED, Details
from .faults import Damaged

_KEPT = {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip"}
_FULL_BOX = 4


class Item(NamedTuple):
    """Something told: what kind (``Exif`` or ``mime``), and the ranges of bytes in which it stands."""

    kind: bytes
    ranges: list[tuple[int, int]]


class Box(NamedTuple):
    """A box of the format: its kind, and where it and its content begin and end."""

    kind: bytes
    start: int
    inside: int
    end: int


def is_heif(content: bytes) -> bool:
    """Whether this is a file made of ISO boxes; the portal takes only HEIC of them as pictures."""
    return content[4:8] == b"ftyp"


def add_details(details: Details, content: bytes) -> None:
    """Keep what the file tells."""
    for item in _told(content):
        body = b"".join(content[start:end] for start, end in item.ranges)
        if item.kind == b"Exif":
            exif.add_details(details, exif.loaded(body[4 + int.from_bytes(body[:4]) :].removeprefix(exif.HEADER)))
        else:
            details.add_xmp(body)
    if any(box.kind not in _KEPT for box in boxes(content, 0, len(content))):
        details.add(ATTACHED)


def clean(content: bytes) -> bytes:
    """The same file with all that is told overwritten: an empty EXIF block, blanks, and free space."""
    made = bytearray(content)
    for item in _told(content):
        length = sum(end - start for start, end in item.ranges)
        blank = (
            (bytes(4) + exif.only_orientation(1)).ljust(length, b"\0")[:length]
            if item.kind == b"Exif"
            else b" " * length
        )
        for start, end in item.ranges:
            made[start:end], blank = blank[: end - start], blank[end - start :]
    for box in boxes(content, 0, len(content)):
        if box.kind not in _KEPT:
            made[box.start + 4 : box.start + 8] = b"free"
            made[box.inside : box.end] = bytes(box.end - box.inside)
    return bytes(made)


def boxes(content: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places, one after the other.

    Raises:
        Damaged: one is longer than its place.
    """
    while start + 8 <= end:
        size, inside = int.from_bytes(content[start : start + 4]), start + 8
        if size == 1:
            size, inside = int.from_bytes(content[start + 8 : start + 16]), start + 16
        size = size or end - start
        if size < inside - start or start + size > end:
            raise Damaged
        yield Box(content[start + 4 : start + 8], start, inside, start + size)
        start += size


def _told(content: bytes) -> list[Item]:
    """The items of the file that describe it: EXIF and XMP."""
    meta = next((box for box in boxes(content, 0, len(content)) if box.kind == b"meta"), None)
    if meta is None:
        return []
    inner = {box.kind: box for box in boxes(content, meta.inside + _FULL_BOX, meta.end)}
    if b"iinf" not in inner or b"iloc" not in inner:
        return []
    kinds = _kinds(content, inner[b"iinf"])
    data = inner.get(b"idat")
    places = _places(content, inner[b"iloc"], data.inside if data else 0)
    return [Item(kind, places[number]) for number, kind in kinds.items() if number in places]


def _kinds(content: bytes, listing: Box) -> dict[int, bytes]:
    wide = content[listing.inside] > 0
    kinds = {}
    for entry in boxes(content, listing.inside + _FULL_BOX + (4 if wide else 2), listing.end):
        version = content[entry.inside]
        at = entry.inside + _FULL_BOX
        size = 4 if version >= 3 else 2
        number, kind = int.from_bytes(content[at : at + size]), content[at + size + 2 : at + size + 6]
        if kind in {b"Exif", b"mime"} and version >= 2:
            kinds[number] = kind
    return kinds


def _places(content: bytes, table: Box, data: int) -> dict[int, list[tuple[int, int]]]:
    """Where each item lies. ``data``: where the box begins that small items lie in."""
    reader = _Reader(content, table.inside)
    version = reader.number(1)
    reader.number(3)
    sizes = reader.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 0b1111 for shift in (12, 8, 4, 0))
    numbers = 4 if version == 2 else 2
    places: dict[int, list[tuple[int, int]]] = {}
    for _item in range(reader.number(numbers)):
        number = reader.number(numbers)
        in_data = version > 0 and reader.number(2) & 0b1111 == 1
        reader.number(2)
        base = reader.number(base_size) + (data if in_data else 0)
        ranges = []
        for _extent in range(reader.number(2)):
            if version > 0:
                reader.number(index_size)
            start = base + reader.number(offset_size)
            ranges.append((start, start + reader.number(length_size)))
        if any(end > len(content) for _start, end in ranges):
            raise Damaged
        places[number] = ranges
    return places


class _Reader:
    """Numbers of given lengths, one after the other."""

    def __init__(self, content: bytes, place: int) -> None:
        self._content = content
        self._place = place

    def number(self, size: int) -> int:
        part = self._content[self._place : self._place + size]
        if len(part) < size:
            raise Damaged
        self._place += size
        return int.from_bytes(part)
