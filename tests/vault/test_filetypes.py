"""What evidence may be: told by content, with the smallest files that have the marks of their type."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.vault import filetypes


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, f"content of {name}")
    return held.getvalue()


def compound(mark: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(700) + f"{mark}\0".encode("utf-16-le") + bytes(300)


def boxes(brand: bytes, *compatible: bytes) -> bytes:
    content = b"ftyp" + brand + bytes(4) + b"".join(compatible)
    return (len(content) + 4).to_bytes(4) + content + bytes(60)


PARTS = ("[Content_Types].xml", "_rels/.rels")

GOOD: dict[str, tuple[bytes, str]] = {
    "photo.jpg": (b"\xff\xd8\xff\xe1\x12\x34Exif\0\0" + bytes(90) + b"\xff\xd9", "image/jpeg"),
    "plain.jpeg": (b"\xff\xd8\xff\xdb" + bytes(90), "image/jpeg"),
    "screen.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(30), "image/png"),
    "chat.webp": (b"RIFF\x20\0\0\0WEBPVP8 " + bytes(30), "image/webp"),
    "phone.heic": (boxes(b"heic", b"mif1", b"heic"), "image/heic"),
    "other.heic": (boxes(b"mif1", b"heic"), "image/heic"),
    "moving.gif": (b"GIF89a" + bytes(30), "image/gif"),
    "scan.tif": (b"II*\0\x08\0\0\0" + bytes(30), "image/tiff"),
    "scan.tiff": (b"MM\0*\0\0\0\x08" + bytes(30), "image/tiff"),
    "old.bmp": (b"BM\x66\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + bytes(80), "image/bmp"),
    "report.pdf": (b"%PDF-1.7\n%\xe2\xe3\n" + bytes(30), "application/pdf"),
    "invoice.ofd": (zipped("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
    "letter.docx": (
        zipped(*PARTS, "word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "table.xlsx": (
        zipped(*PARTS, "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "talk.pptx": (
        zipped(*PARTS, "ppt/presentation.xml"),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "letter.doc": (compound("WordDocument"), "application/msword"),
    "table.xls": (compound("Workbook"), "application/vnd.ms-excel"),
    "older.xls": (compound("Book"), "application/vnd.ms-excel"),
    "talk.ppt": (compound("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    "note.txt": ("排放数据与实际不符。བདེན་པ་མ་རེད།".encode(), "text/plain"),
    "note with mark.txt": ("\ufeff举报材料".encode(), "text/plain"),
    "windows.txt": ("二〇二四年五月，设备停产。\r\n".encode("gb18030"), "text/plain"),
    "note": (b"no ending at all", "text/plain"),
    "mail.txt": (b"From: a@b.example\r\nSubject: the mill\r\n\r\nhello", "text/plain"),
    "letters.txt": (b"PK stands for nothing here", "text/plain"),
    "signs.txt": ("见<附件>，a<b。RIFF".encode(), "text/plain"),
    "meter.csv": ("日期,读数\n2026-01-01,5\n".encode(), "text/csv"),
    "call.mp3": (b"ID3\x03\0\0\0\0\0\0" + bytes(30), "audio/mpeg"),
    "bare.mp3": (b"\xff\xfb\x90\x64" + bytes(30), "audio/mpeg"),
    "memo.m4a": (boxes(b"M4A ", b"isom"), "audio/mp4"),
    "memo.wav": (b"RIFF\x20\0\0\0WAVEfmt " + bytes(30), "audio/wav"),
    "memo.amr": (b"#!AMR\n" + bytes(30), "audio/amr"),
    "film.mp4": (boxes(b"isom", b"iso2", b"avc1"), "video/mp4"),
    "newer.mp4": (boxes(b"XAVC", b"mp42"), "video/mp4"),
    "film.mov": (boxes(b"qt  ", b"qt  "), "video/quicktime"),
    "older.mov": (b"\0\0\0\x08wide\0\0\0\x10mdat" + bytes(30), "video/quicktime"),
    "film.3gp": (boxes(b"3gp4", b"isom"), "video/3gpp"),
    "film.avi": (b"RIFF\x20\0\0\0AVI LIST" + bytes(30), "video/x-msvideo"),
    "film.webm": (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(30), "video/webm"),
    "film.mkv": (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska" + bytes(30), "video/x-matroska"),
    "all.zip": (zipped("a.jpg", "b.pdf"), "application/zip"),
}

BAD: dict[str, bytes] = {
    "setup.exe": b"MZ\x90\0" + bytes(90),
    "program": b"\x7fELF\x02\x01\x01" + bytes(90),
    "photo.jpg": b"MZ\x90\0" + bytes(90),
    "page.html": b"<!DOCTYPE html><html></html>",
    "page.txt": b"  \n<!doctype HTML>\n<p>",
    "hidden.txt": b"Dear office,\n<script src=x></script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "drawing.txt": b'\xef\xbb\xbf <svg xmlns="http://www.w3.org/2000/svg"/>',
    "data.xml": b"<data/>",
    "data.txt": b"<?xml version='1.0'?><data/>",
    "run.sh": b"echo hello",
    "run.txt": b"#!/bin/sh\necho hello",
    "run.bat": b"@echo off",
    "letter.txt": b"{\\rtf1\\ansi hello}",
    "picture.txt": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "code.js": b"alert(1)",
    "with-nul.txt": b"text\0text",
    "utf16.txt": "text".encode("utf-16"),
    "noise.txt": b"\xff\xfe\x80\x81\xff\xff",
    "cut.txt": "举报".encode("gb18030")[:-1],
    "app.apk": zipped("AndroidManifest.xml", "classes.dex"),
    "program.jar": zipped("META-INF/MANIFEST.MF", "A.class"),
    "macros.docx": zipped(*PARTS, "word/document.xml", "word/vbaProject.bin"),
    "binary.xlsb": zipped(*PARTS, "xl/workbook.bin"),
    "unknown.docx": zipped(*PARTS, "visio/document.xml"),
    "cut.zip": zipped("a.jpg", "b.pdf")[:-30],
    "installer.msi": compound("Property"),
    "cut.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "picture.avif": boxes(b"avif", b"mif1"),
    "riff.bin": b"RIFF\x20\0\0\0ACON" + bytes(30),
    "BMW.txt.bmp": b"BMW drove past the mill",
}


class TestWhatIsKnown:
    @pytest.mark.parametrize("name", GOOD)
    def test_each_allowed_type_is_known_by_its_content(self, name):
        content, media_type = GOOD[name]
        assert filetypes.identify(io.BytesIO(content), name).media_type == media_type

    @pytest.mark.parametrize("name", [name for name in GOOD if not GOOD[name][1].startswith("text/")])
    def test_the_name_does_not_matter(self, name):
        content, media_type = GOOD[name]
        assert filetypes.identify(io.BytesIO(content), "misnamed.exe").media_type == media_type

    def test_every_allowed_type_has_an_example_here(self):
        assert {media_type for _, media_type in GOOD.values()} == {kind.media_type for kind in filetypes.ALLOWED_TYPES}

    def test_an_old_document_is_known_wherever_its_mark_lies(self):
        mark = "WordDocument\0".encode("utf-16-le")
        for gap in range(-len(mark), len(mark), 5):
            content = filetypes._COMPOUND + bytes(filetypes._CHUNK + gap - len(filetypes._COMPOUND)) + mark
            assert filetypes.identify(io.BytesIO(content), "a.doc") is filetypes.DOC


class TestWhatIsNot:
    @pytest.mark.parametrize("name", BAD)
    def test_programs_pages_scripts_and_broken_files(self, name):
        assert filetypes.identify(io.BytesIO(BAD[name]), name) is None

    @settings(max_examples=200, deadline=None)
    @given(st.binary(min_size=1, max_size=300))
    def test_no_content_makes_it_stumble(self, content):
        for prefix in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"RIFF", b"\0\0\0\x18ftyp"):
            filetypes.identify(io.BytesIO(prefix + content), "a.txt")

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def test_a_damaged_archive_does_not_make_it_stumble(self, draw):
        content = bytearray(GOOD["letter.docx"][0])
        for _ in range(draw.draw(st.integers(1, 8))):
            content[draw.draw(st.integers(4, len(content) - 1))] = draw.draw(st.integers(0, 255))
        filetypes.identify(io.BytesIO(bytes(content)), "a.docx")


class TestNames:
    @pytest.mark.parametrize(
        ("declared", "offered"),
        [
            ("photo.jpg", "photo.jpg"),
            ("PHOTO.JPEG", "PHOTO.JPEG"),
            ("C:\\Users\\me\\照片.jpg", "照片.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("evil.exe", "evil.exe.jpg"),
            ("line\r\nbreak.jpg", "linebreak.jpg"),
            ("\u202egpj.exe", "gpj.exe.jpg"),
            ("", "file.jpg"),
            ("...", "file.jpg"),
        ],
    )
    def test_a_file_is_offered_by_a_name_that_its_content_deserves(self, declared, offered):
        assert filetypes.safe_name(declared, filetypes.JPEG) == offered

    @given(st.text())
    def test_no_name_leaves_its_folder_or_its_line(self, declared):
        name = filetypes.safe_name(declared, filetypes.PDF)
        assert not set(name) & set("/\\\r\n\0")
        assert name.endswith((".pdf", ".PDF", ".Pdf", ".pDf", ".pdF", ".PDf", ".pDF", ".PdF"))
        assert len(name) <= 160

    def test_a_form_can_name_all_endings(self):
        assert filetypes.accept_attribute().startswith(".jpg,.jpeg,.png")
        assert ".exe" not in filetypes.accept_attribute()
