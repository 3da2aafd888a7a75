"""What cameras write into pictures, told in words; and the one thing of it that a cleaned picture keeps."""

from __future__ import annotations

import struct
from typing import Any

from PIL import ExifTags, Image

from .details import AUTHOR, COMMENT, DEVICE, EDITED_BY, PLACE, SOFTWARE, TAKEN_AT, THUMBNAIL, Details

HEADER = b"Exif\0\0"
_ORIENTATION = 0x0112
_MAIN = {
    0x013C: DEVICE, 0x0132: TAKEN_AT, 0x013B: AUTHOR, 0x8298: AUTHOR, 0x9C9D: AUTHOR, 0x0131: SOFTWARE, 0x000B: SOFTWARE,
    0x010E: COMMENT, 0x9C9B: COMMENT, 0x9C9C: COMMENT, 0x9C9E: COMMENT, 0x9C9F: COMMENT, 0x010D: COMMENT,
}  # fmt: skip
_PHOTO = {
    0xA434: DEVICE, 0xA431: DEVICE, 0xA435: DEVICE, 0x9003: TAKEN_AT, 0x9004: TAKEN_AT, 0xA430: AUTHOR, 0xA437: EDITED_BY,
    0x9286: COMMENT,
}  # fmt: skip
_MAKE, _MODEL = 0x010F, 0x0110


def add_details(details: Details, exif: Image.Exif) -> None:
    """Keep what an EXIF block tells."""
    details.add(DEVICE, " ".join(filter(None, (_text(exif.get(_MAKE)), _text(exif.get(_MODEL))))))
    for number, kind in _MAIN.items():
        details.add(kind, _text(exif.get(number), wide=number >= 0x9C00))
    photo = exif.get_ifd(ExifTags.IFD.Exif)
    for number, kind in _PHOTO.items():
        details.add(kind, _text(photo.get(number)))
    details.add(PLACE, _place(exif.get_ifd(ExifTags.IFD.GPSInfo)))
    if exif.get_ifd(ExifTags.IFD.IFD1):
        details.add(THUMBNAIL)


def orientation(tiff: bytes) -> int:
    """Which way up a picture is (1 to 8) by its EXIF block, which begins with its byte order; 1 where it says nothing."""
    found = loaded(tiff).get(_ORIENTATION, 1)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def loaded(tiff: bytes) -> Image.Exif:
    """An EXIF block as the imaging library reads it; empty where it cannot."""
    exif = Image.Exif()
    try:
        exif.load(HEADER + tiff)
    except (SyntaxError, ValueError, struct.error, OSError):
        return Image.Exif()
    return exif


def only_orientation(way: int) -> bytes:
    """An EXIF block that says which way up the picture is, and nothing else."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, _ORIENTATION, 3, 1, way, 0, 0)


def _place(gps: dict[int, Any]) -> str:
    """Latitude and longitude in degrees, as maps take them."""
    try:
        north = _degrees(gps[2]) * (-1 if gps.get(1) in {"S", b"S"} else 1)
        east = _degrees(gps[4]) * (-1 if gps.get(3) in {"W", b"W"} else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        # A name of the place may stand there without numbers.
        return _text(gps.get(28)) if gps else ""
    return f"{north:.5f}, {east:.5f}"


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def _text(value: Any, *, wide: bool = False) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple) and value and all(isinstance(item, int) and 0 <= item < 256 for item in value):
        value = bytes(value)
    if isinstance(value, bytes):
        if wide:
            return value.decode("utf-16-le", "replace").rstrip("\0")
        # A user's comment begins with the name of its encoding.
        for mark, encoding in ((b"UNICODE\0", "utf-16"), (b"ASCII\0\0\0", "ascii"), (bytes(8), "utf-8")):
            if value.startswith(mark):
                return value[8:].decode(encoding, "replace").strip("\0 ")
        return value.decode("utf-8", "replace").strip("\0 ")
    text = str(value).strip("\0 ")
    try:
        # The library reads every sign as one byte; cameras here write UTF-8 all the same.
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
