"""Hidden details of PDF documents, and copies without them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Name

from . import pictures
from .details import ATTACHED, AUTHOR, COMMENT, COMPANY, DEVICE, EDITED_BY, PLACE, SOFTWARE, TAKEN_AT, Detail, Details
from .faults import Damaged, Protected, Signed

_INFO = {
    "/Author": AUTHOR, "/Creator": SOFTWARE, "/Producer": SOFTWARE, "/CreationDate": TAKEN_AT, "/Company": COMPANY,
    "/Manager": EDITED_BY, "/Title": COMMENT, "/Subject": COMMENT, "/Keywords": COMMENT, "/Comments": COMMENT,
}  # fmt: skip
_OF_PICTURES = {PLACE, DEVICE, AUTHOR, TAKEN_AT}
#: What any object may carry and no page needs: descriptions, editors' private data, small pictures, dates of change.
_TOLD = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")
_OF_NOTES = ("/T", "/M", "/CreationDate", "/NM", "/FS")


def inspect(content: bytes) -> tuple[list[Detail], bytes]:
    """What a PDF tells beside its pages.

    Raises:
        Protected: it opens only with a password.
        Damaged: it is no PDF that can be read.
    """
    details = Details()
    with _opened(content) as pdf:
        if "/Info" in pdf.trailer:
            for key, value in pdf.docinfo.items():
                if key in _INFO:
                    details.add(_INFO[key], _text(value))
        for item in _dictionaries(pdf):
            if isinstance(item, pikepdf.Stream):
                _add_stream(details, item)
            if item.get("/Subtype") != "/Widget" and item.get("/Type", "/Annot") == "/Annot" and "/Rect" in item:
                details.add(EDITED_BY, _text(item.get("/T", "")))
        for name in pdf.attachments:
            details.add(ATTACHED, name)
    return details.found, b""


def clean(content: bytes) -> tuple[None, bytes]:
    """The same pages without what is told beside them, without attached files, earlier states and scripts.

    Raises:
        Protected, Damaged: as :func:`inspect`.
        Signed: it carries a digital signature, which a changed copy would lose.
    """
    with _opened(content) as pdf:
        if _is_signed(pdf):
            raise Signed
        for item in _dictionaries(pdf):
            _clean_item(item)
        _clean_root(pdf)
        for key in ("/Info", "/ID"):
            if key in pdf.trailer:
                del pdf.trailer[key]
        pdf.remove_unreferenced_resources()
        made = io.BytesIO()
        pdf.save(made, fix_metadata_version=False)
    return None, made.getvalue()


def _opened(content: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise Protected from None
    except pikepdf.PdfError:
        raise Damaged from None


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream of the document, also those that lie inside others."""
    for item in pdf.objects:
        waiting: list[Any] = [item]
        while waiting:
            here = waiting.pop()
            if isinstance(here, pikepdf.Stream | pikepdf.Dictionary):
                yield here
                inside = [here[key] for key in here.keys()]  # noqa: SIM118 - not a mapping of Python
            elif isinstance(here, pikepdf.Array):
                inside = list(here)
            else:
                continue
            # What has a number of its own comes by itself.
            waiting += [part for part in inside if not getattr(part, "is_indirect", True)]


def _add_stream(details: Details, stream: Any) -> None:
    if stream.get("/Type") == "/Metadata":
        details.add_xmp(stream.read_bytes())
    elif _is_photo(stream):
        found, _nothing = pictures.inspect(stream.read_raw_bytes())
        for detail in found:
            if detail["kind"] in _OF_PICTURES:
                details.add(detail["kind"], detail["value"])


def _clean_item(item: Any) -> None:
    is_note = "/Rect" in item and item.get("/Subtype") not in {"/Widget", "/Link"}
    for key in (*_TOLD, *(_OF_NOTES if is_note else ())):
        if key in item:
            del item[key]
    if isinstance(item, pikepdf.Stream):
        _clean_stream(item)


def _clean_stream(stream: Any) -> None:
    if _is_photo(stream):
        try:
            _nothing, cleaned = pictures.clean(stream.read_raw_bytes())
        except Damaged:
            return
        stream.write(cleaned, filter=Name.DCTDecode, decode_parms=stream.get("/DecodeParms"))


def _is_photo(stream: Any) -> bool:
    """Whether a stream is a JPEG as the camera made it, which keeps its own description inside."""
    kept = stream.get("/Filter")
    alone = isinstance(kept, pikepdf.Array) and len(kept) == 1 and kept[0] == "/DCTDecode"
    photo = stream.get("/Subtype") == "/Image" and (kept == "/DCTDecode" or alone)
    return bool(photo) and stream.read_raw_bytes().startswith(b"\xff\xd8\xff")


def _clean_root(pdf: pikepdf.Pdf) -> None:
    for name in list(pdf.attachments):
        del pdf.attachments[name]
    for key in ("/AF", "/Collection", "/OpenAction", "/AA"):
        if key in pdf.Root:
            del pdf.Root[key]
    names = pdf.Root.get("/Names")
    if names is not None and "/JavaScript" in names:
        del names["/JavaScript"]


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    return any(item.get("/FT") == "/Sig" and "/V" in item for item in _dictionaries(pdf)) or "/Perms" in pdf.Root


def _text(value: object) -> str:
    text = str(value)
    # Dates of the format: D:20240513103000+08'00'
    if text.startswith("D:") and text[2:10].isdigit():
        return f"{text[2:6]}-{text[6:8]}-{text[8:10]}"
    return text
