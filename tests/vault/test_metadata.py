"""What files tell beside what they show, found and removed; every file is read in a real child process."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from openpyxl import load_workbook
from PIL import Image, ImageChops

from portal.vault import children, filetypes, metadata
from portal.vault.metadata import DetailKind
from tests.vault import files

PHOTOS = {"JPEG": filetypes.JPEG, "PNG": filetypes.PNG, "WEBP": filetypes.WEBP, "TIFF": filetypes.TIFF}
OF_PEOPLE = ("Sample", "样本", "sample")


def found(content, kind):
    details = metadata.inspect(io.BytesIO(content), kind.media_type)
    return {(detail.kind, detail.value) for detail in details}


def cleaned(content, kind):
    return metadata.clean(io.BytesIO(content), kind.media_type).read()


def pixels(content):
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB")


@pytest.mark.parametrize("kind", PHOTOS)
def test_a_photo_tells_where_when_with_what_and_by_whom(kind):
    details = found(files.photo(kind), PHOTOS[kind])
    assert (DetailKind.PLACE, "29.65000, 91.13000") in details
    assert (DetailKind.DEVICE, "Sample Phones Model 7") in details
    assert (DetailKind.TAKEN_AT, "2026:05:13 10:30:00") in details
    assert (DetailKind.AUTHOR, "样本作者") in details
    assert (DetailKind.SOFTWARE, "Camera 1.2") in details


@pytest.mark.parametrize("kind", PHOTOS)
def test_a_cleaned_photo_tells_nothing_and_shows_the_very_same(kind):
    photo = files.photo(kind)
    copy = cleaned(photo, PHOTOS[kind])
    assert found(copy, PHOTOS[kind]) == set()
    assert "样本".encode() not in copy
    assert b"Sample" not in copy
    assert filetypes.identify(io.BytesIO(copy), "copy") == PHOTOS[kind]
    assert not ImageChops.difference(pixels(photo), pixels(copy)).getbbox()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("lossless", [False, True])
def test_a_turned_photo_stays_upright(kind, lossless):
    photo = files.photo(kind, 6, **({"lossless": lossless} if kind == "WEBP" else {"progressive": lossless}))
    copy = cleaned(photo, PHOTOS[kind])
    with Image.open(io.BytesIO(copy)) as image:
        assert dict(image.getexif()) == {0x0112: 6}
    assert found(copy, PHOTOS[kind]) == set()


def test_comments_texts_and_profiles_of_pictures():
    assert (DetailKind.COMMENT, "sample comment") in found(files.photo(), filetypes.JPEG)
    png = files.png_with_text()
    assert (DetailKind.COMMENT, "Author: Sample Author") in found(png, filetypes.PNG)
    assert found(cleaned(png, filetypes.PNG), filetypes.PNG) == set()


def test_an_animation_keeps_its_frames_and_loses_its_comment():
    gif = files.gif_with_comment()
    assert found(gif, filetypes.GIF) == {(DetailKind.COMMENT, "sample comment")}
    copy = cleaned(gif, filetypes.GIF)
    assert found(copy, filetypes.GIF) == set()
    with Image.open(io.BytesIO(gif)) as before, Image.open(io.BytesIO(copy)) as after:
        assert (before.n_frames, before.info["loop"]) == (after.n_frames, after.info["loop"])
        for number in range(before.n_frames):
            before.seek(number)
            after.seek(number)
            assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


def test_what_follows_a_photo_is_named_and_left_behind():
    photo = files.photo() + b"MOTION" * 100
    assert (DetailKind.ATTACHED, "") in found(photo, filetypes.JPEG)
    assert b"MOTION" not in cleaned(photo, filetypes.JPEG)


def test_a_scan_of_several_sheets_stays_one():
    sheets = [files.picture(mode="1"), files.picture(mode="1").rotate(180)]
    made = io.BytesIO()
    sheets[0].save(made, "TIFF", save_all=True, append_images=sheets[1:], description="sample", compression="group4")
    copy = cleaned(made.getvalue(), filetypes.TIFF)
    with Image.open(io.BytesIO(copy)) as image:
        assert image.n_frames == 2
        image.seek(1)
        assert image.tobytes() == sheets[1].tobytes()
    assert b"sample" not in copy


def test_a_phone_picture_in_boxes_is_read_and_overwritten_in_place():
    heic = files.heic()
    details = found(heic, filetypes.HEIC)
    assert (DetailKind.PLACE, "29.65000, 91.13000") in details
    assert (DetailKind.AUTHOR, "Sample Author") in details
    copy = cleaned(heic, filetypes.HEIC)
    assert found(copy, filetypes.HEIC) == set()
    assert len(copy) == len(heic)
    assert b"Sample" not in copy
    back = [content.replace(b"ftypheic", b"ftypavif", 1) for content in (heic, copy)]
    assert pixels(back[0]).tobytes() == pixels(back[1]).tobytes()


def test_a_film_hidden_behind_a_phone_picture_becomes_free_space():
    heic = files.heic() + (16).to_bytes(4) + b"mpvdMOTIONxx"[:12]
    assert (DetailKind.ATTACHED, "") in found(heic, filetypes.HEIC)
    copy = cleaned(heic, filetypes.HEIC)
    assert b"MOTION" not in copy
    assert found(copy, filetypes.HEIC) == set()


def test_a_pdf_tells_its_writers_and_what_lies_inside():
    details = found(files.pdf(), filetypes.PDF)
    assert {
        (DetailKind.AUTHOR, "样本作者"),
        (DetailKind.AUTHOR, "Sample Author"),
        (DetailKind.SOFTWARE, "Sample Writer 3"),
        (DetailKind.COMPANY, "Sample Company"),
        (DetailKind.TAKEN_AT, "2026-05-13"),
        (DetailKind.EDITED_BY, "Sample Commentator"),
        (DetailKind.ATTACHED, "inside.txt"),
        (DetailKind.PLACE, "29.65000, 91.13000"),
    } <= details


def test_a_cleaned_pdf_keeps_its_pages_and_tells_nothing():
    original = files.pdf(pages=3)
    copy = cleaned(original, filetypes.PDF)
    assert found(copy, filetypes.PDF) == set()
    with pikepdf.open(io.BytesIO(copy)) as document:
        assert len(document.pages) == 3
        whole = b"".join(
            item.read_raw_bytes() if isinstance(item, pikepdf.Stream) else str(item).encode()
            for item in document.objects
        )
        assert b"look here" in whole or "look here" in str(document.pages[0].Annots[0].Contents)
    for name in (b"Sample", b"sample", "样本".encode(), "样本".encode("utf-16-be")):
        assert name not in whole


def test_a_signed_pdf_is_not_cleaned_for_its_signature_would_be_lost():
    with pytest.raises(metadata.NotParsed) as refused:
        cleaned(files.pdf(signed=True), filetypes.PDF)
    assert refused.value.fault is children.Fault.SIGNED


def test_a_locked_pdf_is_said_to_be_locked():
    for use in (found, cleaned):
        with pytest.raises(metadata.NotParsed) as refused:
            use(files.pdf(password="secret"), filetypes.PDF)
        assert refused.value.fault is children.Fault.PROTECTED


def test_an_office_text_tells_its_writers_and_what_lies_inside():
    details = found(files.text_document(), filetypes.DOCX)
    assert {
        (DetailKind.AUTHOR, "样本作者 & Co"),
        (DetailKind.EDITED_BY, "Sample Editor"),
        (DetailKind.EDITED_BY, "Sample Reviser"),
        (DetailKind.EDITED_BY, "Sample Commentator"),
        (DetailKind.COMPANY, "Sample Company"),
        (DetailKind.SOFTWARE, "Sample Writer"),
        (DetailKind.COMMENT, "sample property"),
        (DetailKind.PLACE, "29.65000, 91.13000"),
        (DetailKind.THUMBNAIL, ""),
    } <= details
    assert not any(value == "SR" for _kind, value in details)


def test_a_cleaned_office_text_keeps_its_words_and_no_names():
    copy = cleaned(files.text_document(), filetypes.DOCX)
    assert found(copy, filetypes.DOCX) == set()
    assert filetypes.identify(io.BytesIO(copy), "copy") == filetypes.DOCX
    with zipfile.ZipFile(io.BytesIO(copy)) as package:
        whole = b"".join(package.read(name) for name in package.namelist())
        assert "docProps/thumbnail.jpeg" not in package.namelist()
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "用电数据".encode() in whole
    assert b"thumbnail" not in whole
    assert b"rsid" not in whole
    for name in OF_PEOPLE:
        assert name.encode() not in whole


def test_a_cleaned_table_still_opens_with_its_cells_and_comments():
    original = files.workbook()
    assert {(DetailKind.AUTHOR, "样本作者"), (DetailKind.EDITED_BY, "Sample Commentator")} <= found(
        original, filetypes.XLSX
    )
    copy = cleaned(original, filetypes.XLSX)
    assert found(copy, filetypes.XLSX) == set()
    book = load_workbook(io.BytesIO(copy))
    assert book.active["A1"].value == "能耗"
    assert "look here" in book.active["A1"].comment.text


def test_an_archive_that_would_fill_the_memory_is_not_unpacked():
    bomb = files.text_document(**{"word/huge.xml": b"0" * 500_000_000})
    for use in (found, cleaned):
        with pytest.raises(metadata.NotParsed) as refused:
            use(bomb, filetypes.DOCX)
        assert refused.value.fault is children.Fault.TOO_MUCH


@pytest.mark.parametrize(
    "kind", [filetypes.JPEG, filetypes.PNG, filetypes.WEBP, filetypes.GIF, filetypes.PDF, filetypes.DOCX]
)
@pytest.mark.parametrize("cut", [12, 60, 300])
def test_a_file_cut_short_is_an_answer_and_no_crash(kind, cut):
    whole = {
        filetypes.JPEG: files.photo(), filetypes.PNG: files.photo("PNG"), filetypes.WEBP: files.photo("WEBP"),
        filetypes.GIF: files.gif_with_comment(), filetypes.PDF: files.pdf(), filetypes.DOCX: files.text_document(),
    }[kind]  # fmt: skip
    for use in (found, cleaned):
        try:
            use(whole[:cut], kind)
        except metadata.NotParsed as refused:
            assert refused.fault is children.Fault.DAMAGED


@pytest.mark.parametrize(
    ("brand", "kind"), [(b"qt  ", filetypes.MOV), (b"isom", filetypes.MP4), (b"3gp5", filetypes.THREE_GP)]
)
def test_a_film_tells_where_when_and_with_what(brand, kind):
    film = files.film(brand)
    assert filetypes.identify(io.BytesIO(film), "film") == kind
    assert found(film, kind) == {
        (DetailKind.PLACE, "29.65000, 91.13000"),
        (DetailKind.PLACE, "29.64999, 91.12999"),
        (DetailKind.DEVICE, "Sample Phones"),
        (DetailKind.DEVICE, "Sample Model 7"),
        (DetailKind.AUTHOR, "样本作者"),
        (DetailKind.AUTHOR, "Sample Author"),
        (DetailKind.TAKEN_AT, "2026-05-13 02:30"),
        (DetailKind.ATTACHED, ""),
    }


def test_a_cleaned_film_tells_nothing_and_everything_stays_in_its_place():
    film = files.film()
    copy = cleaned(film, filetypes.MOV)
    assert found(copy, filetypes.MOV) == set()
    assert len(copy) == len(film)
    assert copy.index(b"SEEN AND HEARD") == film.index(b"SEEN AND HEARD")
    assert copy.count(b"SEEN AND HEARD") == 1000
    for told in (b"Sample", "样本".encode(), b"+29.65", (3861484200).to_bytes(4)):
        assert told not in copy


@pytest.mark.parametrize("cut", [4, 20, 14_100, -3])
def test_a_film_cut_short_is_an_answer_and_no_crash(cut):
    for use in (found, cleaned):
        try:
            use(files.film()[:cut], filetypes.MOV)
        except metadata.NotParsed as refused:
            assert refused.fault is children.Fault.DAMAGED


def test_what_is_not_looked_through_is_known():
    assert not metadata.can_inspect(filetypes.DOC.media_type)
    assert metadata.inspect(io.BytesIO(b"anything"), filetypes.DOC.media_type) == []
    with pytest.raises(ValueError, match="cleaned"):
        metadata.clean(io.BytesIO(b"anything"), filetypes.DOC.media_type)
