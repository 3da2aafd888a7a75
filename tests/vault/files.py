"""Real files with hidden details, made by the libraries that programs use."""

from __future__ import annotations

import io
import zipfile

import pikepdf
from openpyxl import Workbook
from openpyxl.comments import Comment
from PIL import ExifTags, Image, PngImagePlugin

#: As cameras here write it; the library that makes these files would write question marks.
ARTIST = "样本作者".encode()


def picture(size=(120, 80), mode="RGB"):
    """A picture in which every pixel differs from its neighbours, so that a turned or changed one shows."""
    return Image.linear_gradient("L").resize(size).convert(mode)


def exif(orientation=1):
    """What a phone writes: where, with what, when, by whom."""
    block = Image.Exif()
    block[ExifTags.Base.Make] = "Sample Phones"
    block[ExifTags.Base.Model] = "Model 7"
    block[ExifTags.Base.Software] = "Camera 1.2"
    block[ExifTags.Base.Artist] = "?" * len(ARTIST)
    block[ExifTags.Base.Orientation] = orientation
    block[ExifTags.Base.DateTime] = "2026:05:13 10:30:00"
    block.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:13 10:30:00"
    gps = block.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (29.0, 39.0, 0.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (91.0, 7.0, 48.0)
    return block


def told(orientation=1):
    return exif(orientation).tobytes().replace(b"?" * len(ARTIST), ARTIST)


def photo(kind="JPEG", orientation=1, **options):
    """A photo as a phone makes it."""
    made = io.BytesIO()
    extra = {"comment": "sample comment"} if kind == "JPEG" else {}
    picture().save(made, kind, exif=told(orientation), **extra, **options)
    return made.getvalue().replace(b"?" * len(ARTIST), ARTIST)


def png_with_text():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Sample Author")
    made = io.BytesIO()
    picture().save(made, "PNG", pnginfo=notes, exif=told(6))
    return made.getvalue()


def gif_with_comment():
    made = io.BytesIO()
    frames = [picture(mode="P"), picture(mode="P").rotate(90)]
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], comment=b"sample comment", loop=0)
    return made.getvalue()


def heic():
    """An AVIF file under the other name: both are the same boxes, and only the picture inside is coded otherwise."""
    made = io.BytesIO()
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><dc:creator>Sample Author</dc:creator></rdf:RDF></x:xmpmeta>'
    picture().save(made, "AVIF", exif=told(6), xmp=xmp)
    return made.getvalue().replace(b"ftypavif", b"ftypheic", 1)


def pdf(*, pages=1, note=True, attached=True, signed=False, password=""):
    """A PDF with everything that its writers leave behind, and a camera's photo on its first page."""
    document = pikepdf.new()
    for _number in range(pages):
        document.add_blank_page(page_size=(300, 400))
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as written:
        written["dc:creator"] = ["Sample Author"]
    document.docinfo["/Author"] = "样本作者"
    document.docinfo["/Creator"] = "Sample Writer 3"
    document.docinfo["/Company"] = "Sample Company"
    document.docinfo["/CreationDate"] = "D:20260513103000+08'00'"
    page = document.pages[0]
    image = pikepdf.Stream(document, photo())
    image.Type, image.Subtype, image.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DCTDecode
    image.Width, image.Height, image.BitsPerComponent, image.ColorSpace = 120, 80, 8, pikepdf.Name.DeviceRGB
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=document.make_indirect(image)))
    page.Contents = document.make_stream(b"q 300 0 0 200 0 100 cm /Im0 Do Q")
    page.PieceInfo = pikepdf.Dictionary(Sample=pikepdf.Dictionary(Private="sample private"))
    if note:
        page.Annots = document.make_indirect(
            pikepdf.Array([
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[10, 10, 30, 30],
                    T="Sample Commentator", Contents="look here",
                )
            ])
        )  # fmt: skip
    if attached:
        document.attachments["inside.txt"] = b"sample attachment"
    if signed:
        field = document.make_indirect(
            pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Signature1", V=pikepdf.Dictionary(Type=pikepdf.Name.Sig))
        )
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[field], SigFlags=3)
    made = io.BytesIO()
    document.save(made, encryption=pikepdf.Encryption(user=password, owner="owner") if password else False)
    return made.getvalue()


def workbook():
    """A table with a writer, an editor, a commentator and properties."""
    book = Workbook()
    book.properties.creator, book.properties.lastModifiedBy = "样本作者", "Sample Editor"
    book.properties.title = "sample title"
    book.active["A1"] = "能耗"
    book.active["A1"].comment = Comment("look here", "Sample Commentator")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def text_document(**more):
    """A text with tracked changes, a photo, a small preview and properties, as a word processor writes it."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        f'Target="word/document.xml"/><Relationship Id="rId2" Type="t" Target="docProps/thumbnail.jpeg"/></Relationships>',
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>样本作者 &amp; Co</dc:creator>'
        "<cp:lastModifiedBy>Sample Editor</cp:lastModifiedBy></cp:coreProperties>",
        "docProps/app.xml": "<Properties><Application>Sample Writer</Application><Company>Sample Company</Company></Properties>",
        "docProps/custom.xml": "<Properties><property><vt:lpwstr>sample property</vt:lpwstr></property></Properties>",
        "docProps/thumbnail.jpeg": photo(),
        "word/document.xml": f'<w:document {_WORD}><w:p w:rsidR="00AB12CD"><w:ins w:id="1" w:author="Sample Reviser" '
        'w:initials="SR"><w:r><w:t>用电数据</w:t></w:r></w:ins></w:p></w:document>',
        "word/comments.xml": f'<w:comments {_WORD}><w:comment w:author="Sample Commentator"/></w:comments>',
        "word/media/image1.jpeg": photo(),
        **more,
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return made.getvalue()


def box(kind, *content):
    body = b"".join(content)
    return (len(body) + 8).to_bytes(4) + kind + body


def film(brand=b"qt  "):
    """A film as phones lay it out: what is seen in one box, tables and what is told in others. Nothing of it can be played."""

    def word(kind, text):
        return box(kind, len(text).to_bytes(2), bytes(2), text)

    def value(number, text):
        return box(number.to_bytes(4), box(b"data", (1).to_bytes(4), bytes(4), text))

    names = [b"com.apple.quicktime.location.ISO6709", b"com.apple.quicktime.author", b"com.apple.quicktime.model"]
    keys = box(b"keys", bytes(4), len(names).to_bytes(4), *(box(b"mdta", name) for name in names))
    values = box(b"ilst", value(1, b"+29.6500+091.1300+3650/"), value(2, ARTIST), value(3, b"Sample Model 7"))
    loci = box(
        b"loci", bytes(6), b"Sample Place\0", b"\0", int(91.13 * 65536).to_bytes(4), int(29.65 * 65536).to_bytes(4)
    )
    # 2026-05-13 02:30 in seconds since 1904
    times = (3861484200).to_bytes(4) * 2
    return b"".join((
        box(b"ftyp", brand, bytes(4), brand),
        box(b"mdat", b"SEEN AND HEARD" * 1000),
        box(
            b"moov",
            box(b"mvhd", bytes(4), times, bytes(80)),
            box(b"trak", box(b"tkhd", bytes(4), times, bytes(70)), box(b"mdia", box(b"mdhd", bytes(4), times, bytes(8)))),
            box(b"meta", box(b"hdlr", bytes(8), b"mdta", bytes(12)), keys, values),
            box(b"udta", word(b"\xa9xyz", b"+29.6500+091.1300/"), word(b"\xa9mak", b"Sample Phones"), loci, bytes(4)),
        ),
        box(b"uuid", bytes(16), b"<x:xmpmeta><dc:creator>Sample Author</dc:creator></x:xmpmeta>"),
    ))  # fmt: skip
