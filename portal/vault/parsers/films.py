"""Hidden details of films and sound made of ISO boxes (MP4, MOV, 3GP, M4A), and copies without them.

What is told is overwritten in place, so that pictures and sound stay where the file's tables say, bit for bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from .details import ATTACHED, AUTHOR, COMMENT, DEVICE, PLACE, SOFTWARE, TAKEN_AT, Detail, Details
from .faults import Damaged
from .heif import Box, boxes

#: Words of QuickTime and of MP4 by what they tell; the first sign of many is the copyright sign of one byte.
_WORDS = {
    b"\xa9xyz": PLACE, b"loci": PLACE, b"\xa9mak": DEVICE, b"\xa9mod": DEVICE, b"\xa9swr": SOFTWARE, b"\xa9too": SOFTWARE,
    b"\xa9day": TAKEN_AT, b"\xa9ART": AUTHOR, b"\xa9aut": AUTHOR, b"auth": AUTHOR, b"\xa9cpy": AUTHOR, b"cprt": AUTHOR,
    b"\xa9nam": COMMENT, b"\xa9cmt": COMMENT, b"\xa9des": COMMENT, b"desc": COMMENT, b"titl": COMMENT, b"dscp": COMMENT,
}  # fmt: skip
_KEYS = (
    ("location", PLACE), ("make", DEVICE), ("model", DEVICE), ("manufacturer", DEVICE), ("software", SOFTWARE),
    ("version", SOFTWARE), ("creationdate", TAKEN_AT), ("author", AUTHOR), ("artist", AUTHOR), ("title", COMMENT),
    ("comment", COMMENT), ("description", COMMENT),
)  # fmt: skip
_COVERS = {b"covr"}
_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf"}
_TIMED = {b"mvhd", b"tkhd", b"mdhd"}
_TELLING = {b"udta", b"meta"}
_FOREIGN = {b"uuid", b"mpvd"}
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_FULL_BOX = 4
_COORDINATES = re.compile(r"^([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)")


def inspect(content: bytes) -> tuple[list[Detail], bytes]:
    """What a film or a recording tells beside what is seen and heard.

    Raises:
        Damaged: its boxes do not follow each other as they must.
    """
    details = Details()
    for box in _walk(content):
        if box.kind == b"mvhd":
            details.add(TAKEN_AT, _time(content, box))
        elif box.kind == b"udta":
            _add_words(details, content, box.inside, box.end)
        elif box.kind == b"meta":
            _add_meta(details, content, box)
        elif box.kind in _FOREIGN:
            details.add_xmp(content[box.inside : box.end])
            if any(content[box.inside : box.end]):
                details.add(ATTACHED)
    return details.found, b""


def clean(content: bytes) -> tuple[None, bytes]:
    """The same film without what is told; every picture and every sound is the very same.

    Raises:
        Damaged: as :func:`inspect`.
    """
    made = bytearray(content)
    for box in _walk(content):
        if box.kind in _TELLING | _FOREIGN:
            made[box.start + 4 : box.start + 8] = b"free"
            made[box.inside : box.end] = bytes(box.end - box.inside)
        elif box.kind in _TIMED:
            start, size = _times(content, box)
            made[start : start + 2 * size] = bytes(2 * size)
    return None, bytes(made)


def _walk(content: bytes) -> Iterator[Box]:
    """The boxes that matter, at the top and inside the film's description."""
    waiting = [(0, len(content))]
    while waiting:
        for box in boxes(content, *waiting.pop()):
            if box.kind in _CONTAINERS:
                waiting.append((box.inside, box.end))
            yield box


def _times(content: bytes, box: Box) -> tuple[int, int]:
    """Where the times of making and of changing stand, and the length of each."""
    return box.inside + _FULL_BOX, 8 if content[box.inside] == 1 else 4


def _time(content: bytes, box: Box) -> str:
    start, size = _times(content, box)
    seconds = int.from_bytes(content[start : start + size])
    try:
        return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%d %H:%M}" if seconds else ""
    except OverflowError:
        return ""


def _add_words(details: Details, content: bytes, start: int, end: int) -> None:
    for box in _lenient(content, start, end):
        body = content[box.inside : box.end]
        if box.kind == b"meta":
            _add_meta(details, content, box)
        elif box.kind in _COVERS:
            details.add(ATTACHED)
        elif box.kind == b"loci":
            details.add(PLACE, _loci(body))
        elif box.kind in _WORDS:
            details.add(_WORDS[box.kind], _place_or_text(_WORDS[box.kind], _word(body)))


def _add_meta(details: Details, content: bytes, meta: Box) -> None:
    """The newer form: a list of names and a list of values; QuickTime's box has no version before them, MP4's has one."""
    inside = meta.inside if content[meta.inside + 4 : meta.inside + 8] == b"hdlr" else meta.inside + _FULL_BOX
    inner = {box.kind: box for box in _lenient(content, inside, meta.end)}
    names = _names(content, inner[b"keys"]) if b"keys" in inner else []
    for item in _lenient(content, inner[b"ilst"].inside, inner[b"ilst"].end) if b"ilst" in inner else ():
        number = int.from_bytes(item.kind)
        if 1 <= number <= len(names):
            kind = next((kind for word, kind in _KEYS if word in names[number - 1]), None)
        else:
            kind = ATTACHED if item.kind in _COVERS else _WORDS.get(item.kind)
        for data in _lenient(content, item.inside, item.end):
            if kind is not None and data.kind == b"data":
                text = content[data.inside + 8 : data.end].decode("utf-8", "replace")
                details.add(kind, "" if kind == ATTACHED else _place_or_text(kind, text))


def _names(content: bytes, keys: Box) -> list[str]:
    listed = boxes(content, keys.inside + _FULL_BOX + 4, keys.end)
    return [content[box.inside : box.end].decode("utf-8", "replace").lower() for box in listed]


def _lenient(content: bytes, start: int, end: int) -> Iterator[Box]:
    """Boxes as far as they go; such lists may end with zeros."""
    try:
        yield from boxes(content, start, end)
    except Damaged:
        return


def _word(body: bytes) -> str:
    """A text with its length and language before it, as QuickTime writes it, or after a version, as 3GPP does."""
    length = int.from_bytes(body[:2])
    if 0 < length <= len(body) - 4:
        return body[4 : 4 + length].decode("utf-8", "replace")
    return body[6:].split(b"\0")[0].decode("utf-8", "replace")


def _loci(body: bytes) -> str:
    """A place as 3GPP writes it: a name, its role, longitude and latitude."""
    _name, _, rest = body[6:].partition(b"\0")
    east, north = (int.from_bytes(rest[at : at + 4], signed=True) / 65536 for at in (1, 5))
    return f"{north:.5f}, {east:.5f}"


def _place_or_text(kind: str, text: str) -> str:
    found = _COORDINATES.match(text) if kind == PLACE else None
    return f"{float(found[1]):.5f}, {float(found[2]):.5f}" if found else text
