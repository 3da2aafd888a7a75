"""What a piece of evidence may be, told by its content and never by its name.

The list holds what phones, offices and recorders make. Programs, pages and pictures that carry scripts are not on it.
"""

from __future__ import annotations

import codecs
import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

import puremagic

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class FileType:
    """A type of file: its media type, and the endings it goes by, the usual one first."""

    media_type: str
    extensions: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."

JPEG = FileType("image/jpeg", (".jpg", ".jpeg"))
PNG = FileType("image/png", (".png",))
WEBP = FileType("image/webp", (".webp",))
HEIC = FileType("image/heic", (".heic", ".heif"))
GIF = FileType("image/gif", (".gif",))
TIFF = FileType("image/tiff", (".tif", ".tiff"))
BMP = FileType("image/bmp", (".bmp",))
PDF = FileType("application/pdf", (".pdf",))
OFD = FileType("application/ofd", (".ofd",))
DOCX = FileType(_OFFICE + "wordprocessingml.document", (".docx",))
XLSX = FileType(_OFFICE + "spreadsheetml.sheet", (".xlsx",))
PPTX = FileType(_OFFICE + "presentationml.presentation", (".pptx",))
DOC = FileType("application/msword", (".doc", ".wps"))
XLS = FileType("application/vnd.ms-excel", (".xls", ".et"))
PPT = FileType("application/vnd.ms-powerpoint", (".ppt", ".dps"))
TXT = FileType("text/plain", (".txt",))
CSV = FileType("text/csv", (".csv",))
MP3 = FileType("audio/mpeg", (".mp3",))
M4A = FileType("audio/mp4", (".m4a",))
WAV = FileType("audio/wav", (".wav",))
AMR = FileType("audio/amr", (".amr",))
MP4 = FileType("video/mp4", (".mp4", ".m4v"))
MOV = FileType("video/quicktime", (".mov",))
THREE_GP = FileType("video/3gpp", (".3gp",))
AVI = FileType("video/x-msvideo", (".avi",))
WEBM = FileType("video/webm", (".webm",))
MKV = FileType("video/x-matroska", (".mkv",))
ZIP = FileType("application/zip", (".zip",))

ALLOWED_TYPES = (
    JPEG, PNG, WEBP, HEIC, GIF, TIFF, BMP,
    PDF, OFD, DOCX, XLSX, PPTX, DOC, XLS, PPT, TXT, CSV,
    MP3, M4A, WAV, AMR,
    MP4, MOV, THREE_GP, AVI, WEBM, MKV,
    ZIP,
)  # fmt: skip
"""In the order in which a form names them: pictures, documents, sound, film, archives."""


def accept_attribute() -> str:
    """The endings of all allowed types, for a file field's ``accept``."""
    return ",".join(extension for kind in ALLOWED_TYPES for extension in kind.extensions)


def identify(stream: BinaryIO, declared_name: str) -> FileType | None:
    """The type of a seekable file that is not empty, or None where it is not an allowed one.

    The declared name only tells a table from a text, both of which are nothing but text. The position in ``stream`` is
    anywhere afterwards.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    for recognise in (_by_signature, _image_file, _riff, _base_media, _matroska, _mp3):
        found = recognise(head)
        if found:
            return found
    if head.startswith(_LOCAL_ENTRY):
        return _zipped(stream)
    if head.startswith(_COMPOUND):
        return _compound(stream)
    return _text(stream, head, declared_name)


def safe_name(declared_name: str, kind: FileType) -> str:
    """The name to offer a file by: without folders and control signs, and with an ending that its content deserves."""
    name = PurePosixPath(declared_name.replace("\\", "/")).name
    name = "".join(sign for sign in name if sign.isprintable()).strip(" .")[-_NAME_LENGTH:] or "file"
    return name if name.lower().endswith(kind.extensions) else name + kind.extensions[0]


_HEAD = 4096
_CHUNK = 256 * 1024
_NAME_LENGTH = 150
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Single formats

_SIGNATURES: tuple[tuple[bytes, FileType], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"%PDF-", PDF),
    (b"\xef\xbb\xbf%PDF-", PDF),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR),
    (b"ID3\x02", MP3),
    (b"ID3\x03", MP3),
    (b"ID3\x04", MP3),
)


def _by_signature(head: bytes) -> FileType | None:
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


_BITMAP_HEADERS = {12, 40, 52, 56, 64, 108, 124}


def _image_file(head: bytes) -> FileType | None:
    # Two letters alone would make a picture of many a text: the lengths and reserved bytes must be right too.
    is_bitmap = head.startswith(b"BM") and head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little")
    return BMP if is_bitmap in _BITMAP_HEADERS else None


def _riff(head: bytes) -> FileType | None:
    if not head.startswith(b"RIFF"):
        return None
    return {b"WEBP": WEBP, b"WAVE": WAV, b"AVI ": AVI}.get(head[8:12])


_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), HEIC),
    **dict.fromkeys((b"M4A ", b"M4B "), M4A),
    b"qt  ": MOV,
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gr6", b"3gs6", b"3ge6", b"3g2a"), THREE_GP),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"), MP4),
}


def _base_media(head: bytes) -> FileType | None:
    """Files made of ISO boxes: the first brand that is known decides."""
    if head[4:8] in {b"moov", b"wide", b"mdat"} and head.startswith(b"\0"):
        return MOV
    if head[4:8] != b"ftyp":
        return None
    box = head[8 : min(int.from_bytes(head[:4]), 256)]
    brands = [box[:4], *(box[start : start + 4] for start in range(8, len(box), 4))]
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)


def _matroska(head: bytes) -> FileType | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    document = re.search(rb"\x42\x82.{1,8}?(webm|matroska)", head[:256], re.DOTALL)
    return {b"webm": WEBM, b"matroska": MKV}[document.group(1)] if document else None


def _mp3(head: bytes) -> FileType | None:
    """MPEG sound without a tag before it: a frame header whose every field is possible, layer III."""
    if len(head) < len(b"\xff\xfb\x90\x00"):
        return None
    sync, version, layer = head[0] == 0xFF and head[1] >> 5 == 0b111, head[1] >> 3 & 0b11, head[1] >> 1 & 0b11
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 0b11
    possible = version != 0b01 and layer == 0b01 and bit_rate not in {0, 0b1111} and sample_rate != 0b11
    return MP3 if sync and possible else None


# Containers

_END_OF_DIRECTORY = b"PK\x05\x06"
_DIRECTORY_ENTRY = b"PK\x01\x02"
_LOCAL_ENTRY = b"PK\x03\x04"
_DIRECTORY_TAIL = 22 + 0xFFFF
_DIRECTORY_LIMIT = 1024 * 1024
_FOREIGN_PARTS = {"mimetype", "META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex", "xl/workbook.bin"}


def _zipped(stream: BinaryIO) -> FileType | None:
    """An office document, an OFD or an archive, told by the names of its parts.

    Only the directory is read, and at most 1 MiB of it: nothing is unpacked here, so no archive can be a bomb.
    Documents with macros and packages of programs are not taken.
    """
    names = _zip_names(stream)
    if not names or names & _FOREIGN_PARTS or any(name.endswith("vbaProject.bin") for name in names):
        return None
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" in names:
        folders = {"word/": DOCX, "xl/": XLSX, "ppt/": PPTX}
        return next((kind for folder, kind in folders.items() if any(name.startswith(folder) for name in names)), None)
    return ZIP


def _zip_names(stream: BinaryIO) -> set[str] | None:
    """The names in a ZIP file's directory, or None where there is no directory: the file is cut off, or no ZIP."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _DIRECTORY_TAIL))
    tail = stream.read(_DIRECTORY_TAIL)
    end = tail.rfind(_END_OF_DIRECTORY)
    record = tail[end : end + 22]
    if end < 0 or len(record) < len(_END_OF_DIRECTORY) + 18:
        return None
    length, start = int.from_bytes(record[12:16], "little"), int.from_bytes(record[16:20], "little")
    if start == 0xFFFFFFFF or length == 0xFFFFFFFF:
        # ZIP64, as some tools always write it: its directory still ends near the end of the file.
        stream.seek(max(0, size - _DIRECTORY_LIMIT))
        directory = stream.read(_DIRECTORY_LIMIT)
        directory = directory[max(0, directory.find(_DIRECTORY_ENTRY)) :]
    else:
        stream.seek(start)
        directory = stream.read(min(length, _DIRECTORY_LIMIT))
    return _entry_names(directory)


def _entry_names(directory: bytes) -> set[str] | None:
    names, place = set(), 0
    while directory.startswith(_DIRECTORY_ENTRY, place):
        name, extra, comment = (int.from_bytes(directory[place + at : place + at + 2], "little") for at in (28, 30, 32))
        names.add(directory[place + 46 : place + 46 + name].decode("utf-8", "replace"))
        place += 46 + name + extra + comment
    return names or None


def _compound(stream: BinaryIO) -> FileType | None:
    """A document of the older office formats, told by the name of its main stream; installers use the container too."""
    marks = {
        "WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT,
    }  # fmt: skip
    wanted = {f"{name}\0".encode("utf-16-le"): kind for name, kind in marks.items()}
    keep = max(map(len, wanted))
    stream.seek(0)
    before = b""
    while chunk := stream.read(_CHUNK):
        window = before + chunk
        for mark, kind in wanted.items():
            if mark in window:
                return kind
        before = window[-keep:]
    return None


# Text

_TEXT_ENDINGS: dict[str, FileType] = {"": TXT, ".txt": TXT, ".csv": CSV}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1a")) + b"\x7f"
_MARKUP = re.compile(
    rb"#!|.*<(?:!doctype|html|head|body|svg|script|iframe|object|embed|\?xml|\?php)\b", re.IGNORECASE | re.DOTALL
)
_SURE = 0.4
_ACTIVE = {".htm", ".html", ".svg", ".xml", ".rtf", ".ps", ".eps", ".js", ".php", ".reg", ".url", ".vbs"}


def _text(stream: BinaryIO, head: bytes, declared_name: str) -> FileType | None:
    """Text in UTF-8 or GB 18030 under a name for text; a script or a page is text, but no evidence."""
    kind = _TEXT_ENDINGS.get(PurePosixPath(declared_name).suffix.lower())
    if kind is None or _MARKUP.match(head.removeprefix(codecs.BOM_UTF8).lstrip()) or _is_active(head):
        return None
    decoders: list[Callable[[bytes, bool], str]] = [
        codecs.getincrementaldecoder(name)().decode for name in ("utf-8-sig", "gb18030")
    ]
    stream.seek(0)
    while True:
        chunk = stream.read(_CHUNK)
        if len(chunk.translate(None, _CONTROLS)) != len(chunk):
            return None
        decoders = [decode for decode in decoders if _decodes(decode, chunk)]
        if not decoders:
            return None
        if not chunk:
            return kind


def _decodes(decode: Callable[[bytes, bool], str], chunk: bytes) -> bool:
    try:
        decode(chunk, not chunk)
    except UnicodeDecodeError:
        return False
    return True


def _is_active(head: bytes) -> bool:
    """Whether it is a format that is made of text but does something when it is opened (RTF, PostScript, …)."""
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return False
    return any(match.confidence >= _SURE and match.extension in _ACTIVE for match in matches)
