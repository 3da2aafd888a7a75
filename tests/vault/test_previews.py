"""Files are shown as pictures drawn anew, or as text; every file is read in a real child process."""

from __future__ import annotations

import io
import struct
import zlib

import pikepdf
import pytest
from PIL import Image

from portal.vault import filetypes, previews
from portal.vault.previews import Fault, NotParsed, Size
from tests.vault import files


def draw(content, kind, page=1, size=Size.PAGE):
    return previews.draw(io.BytesIO(content), kind.media_type, page, size)


def image(drawn):
    return Image.open(io.BytesIO(drawn.content))


def png_of(width, height):
    """A small file that announces a picture of many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 10_000)), (b"IEND", b"")]
    chunks = b"".join(len(d).to_bytes(4) + k + d + zlib.crc32(k + d).to_bytes(4) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("name", "kind"),
    [("JPEG", filetypes.JPEG), ("PNG", filetypes.PNG), ("WEBP", filetypes.WEBP), ("TIFF", filetypes.TIFF),
     ("GIF", filetypes.GIF), ("BMP", filetypes.BMP)],
)  # fmt: skip
def test_a_picture_is_drawn_anew_with_nothing_but_its_pixels(name, kind):
    made = io.BytesIO()
    told = {} if name in {"GIF", "BMP"} else {"exif": files.told()}
    files.picture().save(made, name, **told)
    drawn = draw(made.getvalue(), kind)
    assert (drawn.pages, drawn.width, drawn.height) == (1, 120, 80)
    with image(drawn) as shown:
        assert shown.format == "WEBP"
        assert not shown.getexif()
        assert not shown.info.get("icc_profile")
    assert b"Sample" not in drawn.content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_kind_of_colour_are_drawn(mode):
    made = io.BytesIO()
    files.picture(mode="L").convert("RGB" if mode in {"LA", "CMYK"} else "L").convert(mode).save(made, "TIFF")
    with image(draw(made.getvalue(), filetypes.TIFF)) as shown:
        low, high = shown.convert("L").getextrema()
    assert high - low > 200


def test_what_is_transparent_is_shown_on_white():
    made = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(made, "PNG")
    with image(draw(made.getvalue(), filetypes.PNG)) as shown:
        assert min(shown.convert("L").getextrema()) > 250


def test_a_turned_photo_is_shown_upright():
    drawn = draw(files.photo(orientation=6), filetypes.JPEG)
    assert (drawn.width, drawn.height) == (80, 120)


def test_a_large_photo_is_made_smaller_and_a_small_one_stays():
    made = io.BytesIO()
    Image.new("RGB", (6000, 3000), "grey").save(made, "JPEG")
    assert (draw(made.getvalue(), filetypes.JPEG).width) == Size.PAGE.value[0]
    small = draw(made.getvalue(), filetypes.JPEG, size=Size.THUMBNAIL)
    assert (small.width, small.height) == (240, 120)


def test_a_picture_that_would_fill_the_memory_is_not_decoded():
    for use in (draw, lambda content, kind: previews.pages(io.BytesIO(content), kind.media_type)):
        with pytest.raises(NotParsed) as refused:
            use(png_of(30_000, 30_000), filetypes.PNG)
        assert refused.value.fault is Fault.TOO_MUCH


def test_the_pages_of_a_pdf_are_drawn_one_by_one():
    pdf = files.pdf(pages=3)
    assert previews.pages(io.BytesIO(pdf), filetypes.PDF.media_type) == 3
    first, second = draw(pdf, filetypes.PDF), draw(pdf, filetypes.PDF, 2)
    assert first.pages == 3
    assert first.content != second.content
    with image(second) as shown:
        assert shown.convert("L").getextrema() == (255, 255)
    with pytest.raises(NotParsed) as refused:
        draw(pdf, filetypes.PDF, 4)
    assert refused.value.fault is Fault.NO_SUCH_PAGE


def test_a_locked_pdf_is_said_to_be_locked():
    with pytest.raises(NotParsed) as refused:
        draw(files.pdf(password="secret"), filetypes.PDF)
    assert refused.value.fault is Fault.PROTECTED


def test_a_page_as_long_as_a_street_is_drawn_small():
    document, made = pikepdf.new(), io.BytesIO()
    document.add_blank_page(page_size=(14400, 200))
    document.save(made)
    drawn = draw(made.getvalue(), filetypes.PDF)
    assert drawn.width == Size.PAGE.value[0]


@pytest.mark.parametrize("kind", [filetypes.JPEG, filetypes.PNG, filetypes.PDF])
def test_what_is_not_what_it_claims_is_an_answer(kind):
    for use in (draw, lambda content, kind: previews.pages(io.BytesIO(content), kind.media_type)):
        with pytest.raises(NotParsed) as refused:
            use(b"sample" * 100, kind)
        assert refused.value.fault is Fault.DAMAGED


def test_the_pages_of_a_scan_are_drawn_one_by_one():
    made = io.BytesIO()
    Image.new("L", (50, 50), 255).save(made, "TIFF", save_all=True, append_images=[Image.new("L", (50, 50), 0)])
    second = draw(made.getvalue(), filetypes.TIFF, 2)
    assert second.pages == 2
    with image(second) as shown:
        assert max(shown.convert("L").getextrema()) < 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_is_read_page_by_page(encoding):
    text = "用电数据\n" * 9000
    first = previews.read([text.encode(encoding)], 1)
    assert first.pages == 3
    whole = "".join(previews.read([text.encode(encoding)], number).text for number in (1, 2, 3))
    assert whole == text
    with pytest.raises(NotParsed):
        previews.read([text.encode(encoding)], 4)


def test_a_tibetan_text_is_read():
    assert previews.read(["བཙོག་ཆུ།".encode()], 1).text == "བཙོག་ཆུ།"


def test_of_a_long_text_the_beginning_is_read_and_a_cut_sign_does_no_harm():
    text = ("电" * 700_000).encode()
    shown = previews.read((text for _turn in range(4)), 1)
    assert shown.text == "电" * previews.TEXT_PAGE


def test_film_sound_and_office_documents_are_not_drawn():
    for kind in (filetypes.MP4, filetypes.MP3, filetypes.DOCX, filetypes.HEIC, filetypes.ZIP):
        assert not previews.can_preview(kind.media_type)
        assert not previews.is_text(kind.media_type)
