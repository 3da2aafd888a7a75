"""Hidden details of pictures, and copies without them. The pixels of a copy are the very same: nothing is compressed anew.

Only TIFF is written anew, for its tags and its picture are one tangle.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable

from PIL import Image, ImageFile, ImageOps, IptcImagePlugin

from . import exif, heif
from .details import ATTACHED, AUTHOR, COMMENT, EDITED_BY, PLACE, THUMBNAIL, Detail, Details
from .faults import Damaged, TooMuch

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF")
MOST_PIXELS = 80_000_000
_IPTC = {
    (2, 80): AUTHOR, (2, 116): AUTHOR, (2, 122): EDITED_BY, (2, 90): PLACE, (2, 92): PLACE, (2, 95): PLACE, (2, 101): PLACE,
    (2, 120): COMMENT, (2, 105): COMMENT,
}  # fmt: skip


def inspect(content: bytes) -> tuple[list[Detail], bytes]:
    """What a picture tells beside what it shows."""
    details = Details()
    if heif.is_heif(content):
        heif.add_details(details, content)
    else:
        _read(details, content)
    return details.found, b""


def clean(content: bytes) -> tuple[None, bytes]:
    """The picture without hidden details; it stays as large, as sharp and the same way up.

    Raises:
        Damaged: its parts do not follow each other as they must.
        TooMuch: a TIFF with more pixels than are decoded.
    """
    if heif.is_heif(content):
        return None, heif.clean(content)
    for mark, way in _WAYS:
        if content.startswith(mark):
            return None, way(content)
    raise Damaged


def _read(details: Details, content: bytes) -> None:
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    warnings.simplefilter("ignore")
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        exif.add_details(details, image.getexif())
        for number, values in (IptcImagePlugin.getiptcinfo(image) or {}).items():
            for value in values if isinstance(values, list) else [values]:
                if number in _IPTC:
                    details.add(_IPTC[number], value)
        details.add(COMMENT, image.info.get("comment"))
        for name, value in getattr(image, "text", {}).items():
            if not name.startswith("XML:com.adobe"):
                details.add(COMMENT, f"{name}: {value}")
        if image.format == "MPO" or image.info.get("jfif_thumbnail"):
            details.add(THUMBNAIL)
    details.add_xmp(content)
    if content.startswith(_JPEG):
        tail = content[_jpeg(content)[1] :].strip(b"\0\r\n ")
        if len(tail) > 64 and not tail.startswith(_JPEG):
            details.add(ATTACHED)


# JPEG

_JPEG = b"\xff\xd8\xff"
#: The next marker in compressed data, where an escaped byte, a restart and a filler are none.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOS, _EOI, _COMMENT, _APP0, _APP1, _APP2, _APP14 = 0xDA, 0xD9, 0xFE, 0xE0, 0xE1, 0xE2, 0xEE


def _clean_jpeg(content: bytes) -> bytes:
    return _jpeg(content)[0]


def _jpeg(content: bytes) -> tuple[bytes, int]:
    """A JPEG without segments that only tell, and where the picture ends: what follows it belongs to something else."""
    kept = [b"\xff\xd8"]
    place, way = 2, 1
    while place < len(content):
        while content[place : place + 2] == b"\xff\xff":
            place += 1
        if content[place : place + 1] != b"\xff" or place + 2 > len(content):
            raise Damaged
        marker = content[place + 1]
        if marker == _EOI:
            place += 2
            break
        length = int.from_bytes(content[place + 2 : place + 4])
        segment = content[place + 4 : place + 2 + length]
        if length < 2 or len(segment) < length - 2:
            raise Damaged
        if marker == _APP1 and segment.startswith(exif.HEADER):
            way = exif.orientation(segment[len(exif.HEADER) :])
        elif (wanted := _wanted(marker, segment)) is not None:
            kept.append(bytes((0xFF, marker)) + (len(wanted) + 2).to_bytes(2) + wanted)
        place += 2 + length
        if marker == _SOS:
            following = _NEXT_MARKER.search(content, place)
            end = following.start() if following else len(content)
            kept.append(content[place:end])
            place = end
    if way != 1:
        block = exif.HEADER + exif.only_orientation(way)
        kept.insert(1, b"\xff\xe1" + (len(block) + 2).to_bytes(2) + block)
    return b"".join((*kept, b"\xff\xd9")), place


def _wanted(marker: int, segment: bytes) -> bytes | None:
    """A segment as it is kept: all that draws the picture and gives it its colours; None for the rest."""
    if marker == _APP0:
        # Its small picture may show what was cut away from the large one.
        return segment[:12] + b"\0\0" if segment.startswith(b"JFIF\0") and len(segment) >= 14 else None
    if marker == _APP2:
        return segment if segment.startswith(b"ICC_PROFILE\0") else None
    if marker == _APP14:
        return segment if segment.startswith(b"Adobe") else None
    return None if marker == _COMMENT or 0xE0 <= marker <= 0xEF else segment


# PNG

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"pHYs", b"bKGD",
    b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip


def _clean_png(content: bytes) -> bytes:
    kept, place = [_PNG], len(_PNG)
    while place < len(content):
        length = int.from_bytes(content[place : place + 4])
        kind, end = content[place + 4 : place + 8], place + 12 + length
        if end > len(content):
            raise Damaged
        if kind in _PNG_KEPT:
            kept.append(content[place:end])
        place = end
        if kind == b"IEND":
            return b"".join(kept)
    raise Damaged


# WebP

_RIFF = b"RIFF"
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def _clean_webp(content: bytes) -> bytes:
    kept: list[bytes] = []
    place, way = 12, 1
    while place + 8 <= len(content):
        kind, length = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        body = content[place + 8 : place + 8 + length]
        if len(body) < length:
            raise Damaged
        if kind == b"EXIF":
            way = exif.orientation(body.removeprefix(exif.HEADER))
        elif kind in _WEBP_KEPT:
            kept.append(_chunk(kind, body))
        place += 8 + length + length % 2
    if not kept:
        raise Damaged
    if kept[0].startswith(b"VP8X"):
        flags = kept[0][8] & ~_EXIF_FLAG & ~_XMP_FLAG | (_EXIF_FLAG if way != 1 else 0)
        kept[0] = kept[0][:8] + bytes((flags,)) + kept[0][9:]
        if way != 1:
            kept.append(_chunk(b"EXIF", exif.only_orientation(way)))
    whole = b"WEBP" + b"".join(kept)
    return _RIFF + len(whole).to_bytes(4, "little") + whole


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)


# GIF

_GIF = b"GIF8"
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _clean_gif(content: bytes) -> bytes:
    place = 13 + _palette(content[10])
    kept = [content[:place]]
    while place < len(content):
        start, mark = place, content[place]
        if mark == 0x3B:
            return b"".join((*kept, b"\x3b"))
        if mark == 0x2C:
            place += 10 + _palette(content[place + 9]) + 1
        elif mark == 0x21:
            place += 2
        else:
            raise Damaged
        label, first = content[start + 1], content[place + 1 : place + 12]
        while place < len(content) and content[place]:
            place += 1 + content[place]
        place += 1
        told = mark == 0x21 and (label == 0xFE or (label == 0xFF and first not in _LOOPS))
        if not told:
            kept.append(content[start:place])
    raise Damaged


def _palette(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 << (1 + (flags & 0b111)) if flags & 0x80 else 0


# TIFF


def _clean_tiff(content: bytes) -> bytes:
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    frames = []
    with Image.open(io.BytesIO(content), formats=("TIFF",)) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            if image.width * image.height * (number + 1) > MOST_PIXELS:
                raise TooMuch
            upright = ImageOps.exif_transpose(image)
            plain = upright if upright.mode in {"1", "L", "RGB", "RGBA", "CMYK", "I;16"} else upright.convert("RGB")
            bare = Image.frombytes(plain.mode, plain.size, plain.tobytes())
            if "dpi" in image.info:
                bare.info["dpi"] = image.info["dpi"]
            frames.append(bare)
    made = io.BytesIO()
    compression = "group4" if all(frame.mode == "1" for frame in frames) else "tiff_adobe_deflate"
    frames[0].save(made, "TIFF", save_all=True, append_images=frames[1:], compression=compression)
    return made.getvalue()


_WAYS: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (_JPEG, _clean_jpeg),
    (_PNG, _clean_png),
    (_RIFF, _clean_webp),
    (_GIF, _clean_gif),
    (b"II*\0", _clean_tiff),
    (b"MM\0*", _clean_tiff),
)
