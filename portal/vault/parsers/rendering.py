"""Pictures of pages: what a stranger's picture or PDF shows, drawn anew, with nothing else of the file in it."""

from __future__ import annotations

import io
import warnings
from typing import TypedDict

import pypdfium2 as pdfium
from PIL import Image, ImageFile, ImageOps

from .faults import Damaged, NoSuchPage, Protected, TooMuch

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")
MOST_PIXELS = 80_000_000
#: A JPEG is decoded at a fraction of its size, so that the largest cameras' pictures can be shown.
MOST_JPEG_PIXELS = 320_000_000
MOST_PAGES = 200
QUALITY = 82


class Counted(TypedDict):
    """How many pages there are to be shown."""

    pages: int


class Drawn(TypedDict):
    """How many pages there are to be shown, and the size of this one in pixels."""

    pages: int
    width: int
    height: int


def pages(content: bytes, kind: str) -> tuple[Counted, bytes]:
    """How many pages of a ``picture`` or ``document`` can be drawn.

    Raises:
        Damaged, Protected, TooMuch: none can.
    """
    if kind == "document":
        return {"pages": min(len(_pdf(content)), MOST_PAGES)}, b""
    with _image(content) as image:
        _shrunk(image, 1, 1)
        return {"pages": _sheets(image)}, b""


def picture(content: bytes, page: int, width: int, height: int) -> tuple[Drawn, bytes]:
    """A page of a picture (a scan may have many), as WebP within ``width`` and ``height`` pixels.

    Raises:
        TooMuch: more pixels than are decoded.
        NoSuchPage: no such page.
    """
    with _image(content) as image:
        sheets = _sheets(image)
        if not 1 <= page <= sheets:
            raise NoSuchPage
        if page > 1:
            image.seek(page - 1)
        _shrunk(image, width, height)
        return _drawn(_plain(image), sheets, width, height)


def document(content: bytes, page: int, width: int, height: int) -> tuple[Drawn, bytes]:
    """A page of a PDF as WebP within ``width`` and ``height`` pixels. Nothing in it runs: this PDFium has no scripts.

    Raises:
        Protected: it opens only with a password.
        NoSuchPage: no such page among the first :data:`MOST_PAGES`.
        Damaged: it is no PDF that can be read.
        TooMuch: a page longer than can be shown.
    """
    pdf = _pdf(content)
    sheets = min(len(pdf), MOST_PAGES)
    if not 1 <= page <= sheets:
        raise NoSuchPage
    # What was filled into a form is drawn too.
    pdf.init_forms()
    sheet = pdf[page - 1]
    wide, high = sheet.get_size()
    if wide <= 0 or high <= 0:
        raise Damaged
    # A stamp is not blown up without end.
    scale = min(width / wide, height / high, 6.0)
    if wide * scale < 1 or high * scale < 1:
        raise TooMuch
    return _drawn(_plain(sheet.render(scale=scale).to_pil()), sheets, width, height)


def _pdf(content: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as fault:
        raise (Protected if "password" in str(fault).lower() else Damaged) from None


def _image(content: bytes) -> Image.Image:
    # The size is judged before anything is decoded; a picture cut short is shown as far as it goes.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    warnings.simplefilter("ignore")
    return Image.open(io.BytesIO(content), formats=FORMATS)


def _sheets(image: Image.Image) -> int:
    """Only scans have pages; the later frames of an animation are not evidence of their own."""
    return min(getattr(image, "n_frames", 1), MOST_PAGES) if image.format == "TIFF" else 1


def _shrunk(image: Image.Image, width: int, height: int) -> None:
    """Have a large JPEG decoded at a fraction of its size, and refuse what is too large even so."""
    most = MOST_JPEG_PIXELS if image.format in {"JPEG", "MPO"} else MOST_PIXELS
    if image.width * image.height > most:
        raise TooMuch
    image.draft("RGB", (width, height))
    if image.width * image.height > MOST_PIXELS:
        raise TooMuch


def _plain(image: Image.Image) -> Image.Image:
    """The picture upright, in plain colours, on white where it was transparent."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16") or upright.mode in {"I", "F"}:
        # Deep greys, as scanners and instruments make them, spread over what a screen shows.
        deep = upright.convert("F")
        low, high = (float(value) for value in deep.getextrema())  # type: ignore[arg-type]
        scale = 255 / (high - low) if high > low else 1.0
        return deep.point(lambda value: value * scale - low * scale).convert("L")
    if upright.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return upright if upright.mode in {"RGB", "L"} else upright.convert("RGB")


def _drawn(image: Image.Image, pages: int, width: int, height: int) -> tuple[Drawn, bytes]:
    image.thumbnail((width, height))
    made = io.BytesIO()
    # From the bare pixels: no profile, no comment, no EXIF goes along.
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    bare.save(made, "WEBP", quality=QUALITY, method=2)
    return {"pages": pages, "width": bare.width, "height": bare.height}, made.getvalue()
