"""Hidden details of office documents (DOCX, XLSX, PPTX), and copies without them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from . import pictures
from .details import (
    ATTACHED,
    AUTHOR,
    COMMENT,
    COMPANY,
    DEVICE,
    EDITED_BY,
    PLACE,
    SOFTWARE,
    TAKEN_AT,
    THUMBNAIL,
    Detail,
    Details,
)
from .faults import Damaged, Protected, TooMuch

MOST_PARTS = 5000
MOST_BYTES = 400 * 1024 * 1024
_CORE, _APP, _CUSTOM, _ROOT = "docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "_rels/.rels"
_PROPERTIES = {
    "creator": AUTHOR, "lastModifiedBy": EDITED_BY, "created": TAKEN_AT, "title": COMMENT, "subject": COMMENT,
    "description": COMMENT, "keywords": COMMENT, "category": COMMENT,
    "Company": COMPANY, "Manager": EDITED_BY, "Application": SOFTWARE,
}  # fmt: skip
_PHOTO = re.compile(r"(?:word|xl|ppt)/media/[^/]+\.(?:jpe?g|png|webp|gif)$", re.IGNORECASE)
_OF_PICTURES = {PLACE, DEVICE, AUTHOR}
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Names of people, and of the folder in which somebody keeps the file, by the parts in which they stand.
_NAMES: tuple[tuple[re.Pattern[str], re.Pattern[bytes]], ...] = tuple(
    (re.compile(part), re.compile(name))
    for part, name in (
        (r"word/[^/]+\.xml$", rb'(\bw:(?:author|initials)=")([^"]*)(")'),
        (r"word/people\.xml$", rb'(\b(?:w15:author|w15:userId|w15:providerId)=")([^"]*)(")'),
        (r"xl/comments[^/]*\.xml$|xl/comments/[^/]+\.xml$", rb"(<author(?:\s[^>]*)?>)([^<]*)(</author>)"),
        (r"xl/persons/[^/]+\.xml$", rb'(\b(?:displayName|userId|providerId)=")([^"]*)(")'),
        (r"xl/workbook\.xml$", rb'(<x15ac:absPath\s[^>]*?url=")([^"]*)(")'),
        (r"xl/workbook\.xml$", rb'(<fileSharing\s[^>]*?userName=")([^"]*)(")'),
        (r"ppt/(?:commentAuthors|authors)\.xml$", rb'(\b(?:name|initials|userId|providerId)=")([^"]*)(")'),
    )
)
#: Numbers that tell which copies of a document were written in the same sitting.
_SITTINGS = re.compile(rb'\sw:rsid\w*="[0-9A-Fa-f]*"|<w:rsids>.*?</w:rsids>', re.DOTALL)
_PACKAGE = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTIED = {
    _CORE: _PACKAGE
    + b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    _APP: _PACKAGE + b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    _CUSTOM: _PACKAGE
    + b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}


def inspect(content: bytes) -> tuple[list[Detail], bytes]:
    """What an office document tells beside its text.

    Raises:
        Damaged, TooMuch, Protected: it cannot be unpacked within the limits.
    """
    details = Details()
    for part, data in _parts(content):
        if part in {_CORE, _APP}:
            for name, kind in _PROPERTIES.items():
                details.add(kind, _element(data, name))
        elif part == _CUSTOM:
            for found in re.findall(rb"<vt:\w+>([^<]*)</vt:\w+>", data):
                details.add(COMMENT, _plain(found))
        elif part.startswith("docProps/thumbnail"):
            details.add(THUMBNAIL)
        elif "/embeddings/" in part:
            details.add(ATTACHED, part.rpartition("/")[2])
        elif _PHOTO.match(part):
            _add_picture(details, data)
        else:
            for found in _named(part, data):
                details.add(EDITED_BY, _plain(found))
    return details.found, b""


def clean(content: bytes) -> tuple[None, bytes]:
    """The same document without its properties, the names of its writers, and what its pictures tell.

    Comments and tracked changes stay, without names: they are part of what was written.

    Raises:
        Damaged, TooMuch, Protected: as :func:`inspect`.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for part, data in _parts(content):
            if not part.startswith("docProps/thumbnail"):
                # Also the times at which the parts were written, and who wrote them on which system, stay behind.
                package.writestr(zipfile.ZipInfo(part, _EPOCH), _cleaned(part, data), zipfile.ZIP_DEFLATED)
    return None, made.getvalue()


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError):
        raise Damaged from None
    with package:
        entries = [entry for entry in package.infolist() if not entry.is_dir()]
        if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise TooMuch
        if any(entry.flag_bits & 1 for entry in entries):
            raise Protected
        for entry in entries:
            try:
                yield entry.filename, package.read(entry)
            except (zipfile.BadZipFile, NotImplementedError, EOFError):
                raise Damaged from None


def _cleaned(part: str, data: bytes) -> bytes:
    if part in _EMPTIED:
        return _EMPTIED[part]
    if _PHOTO.match(part):
        try:
            return pictures.clean(data)[1]
        except (Damaged, TooMuch, IndexError):
            # A picture that a reader cannot show either; it stays what it is.
            return data
    if part == _ROOT:
        return re.sub(rb'<Relationship\s[^>]*?Target="/?docProps/thumbnail[^>]*?/>', b"", data)
    if not part.endswith(".xml"):
        return data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Damaged
    for place, name in _NAMES:
        if place.match(part):
            data = name.sub(rb"\1\3", data)
    return _SITTINGS.sub(b"", data) if part.startswith("word/") else data


def _named(part: str, data: bytes) -> Iterator[bytes]:
    for place, name in _NAMES:
        if place.match(part):
            for found in name.finditer(data):
                # Initials and account numbers say less than the names beside them.
                if b"initials" not in found[1] and b"Id=" not in found[1]:
                    yield found[2]


def _add_picture(details: Details, data: bytes) -> None:
    try:
        found, _nothing = pictures.inspect(data)
    except (Damaged, OSError, ValueError, IndexError):
        return
    for detail in found:
        if detail["kind"] in _OF_PICTURES:
            details.add(detail["kind"], detail["value"])


def _element(data: bytes, name: str) -> str:
    found = re.search(rb"<(?:\w+:)?%s(?:\s[^>]*)?>([^<]*)</" % name.encode(), data)
    return _plain(found[1]) if found else ""


def _plain(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    for sign, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(sign, meant)
    return text
