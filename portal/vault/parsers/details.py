"""What a file tells beside what it shows: details by kind, short enough to be read."""

from __future__ import annotations

import re
from typing import TypedDict

PLACE, DEVICE, TAKEN_AT, AUTHOR, COMPANY = "place", "device", "taken_at", "author", "company"
SOFTWARE, EDITED_BY, COMMENT, THUMBNAIL, ATTACHED = "software", "edited_by", "comment", "thumbnail", "attached"
MOST_DETAILS = 60
LONGEST_VALUE = 200
_XMP = re.compile(rb"<x:xmpmeta.{0,1000000}?</x:xmpmeta>|<rdf:RDF.{0,1000000}?</rdf:RDF>", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
#: Names of XMP by what they tell, as elements or as attributes.
_XMP_NAMES = {
    "exif:GPSLatitude": PLACE, "exif:GPSLongitude": PLACE, "photoshop:City": PLACE, "photoshop:State": PLACE,
    "Iptc4xmpCore:Location": PLACE, "photoshop:Country": PLACE,
    "tiff:Make": DEVICE, "tiff:Model": DEVICE, "aux:SerialNumber": DEVICE,
    "xmp:CreateDate": TAKEN_AT, "photoshop:DateCreated": TAKEN_AT,
    "dc:creator": AUTHOR, "dc:rights": AUTHOR, "aux:OwnerName": AUTHOR,
    "xmp:CreatorTool": SOFTWARE, "pdf:Producer": SOFTWARE,
    "photoshop:CaptionWriter": EDITED_BY, "dc:description": COMMENT, "dc:title": COMMENT, "pdf:Keywords": COMMENT,
}  # fmt: skip


class Detail(TypedDict):
    """One detail: its kind, and its value as text, which may be empty where the kind says all."""

    kind: str
    value: str


class Details:
    """Details as they are found; the same one is kept once."""

    def __init__(self) -> None:
        self.found: list[Detail] = []

    def add(self, kind: str, value: object = "") -> None:
        """Keep a detail unless there is nothing in it."""
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value if value is not None else "")
        text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_VALUE]
        detail = Detail(kind=kind, value=text)
        wanted = text or kind in {THUMBNAIL, ATTACHED}
        if wanted and detail not in self.found and len(self.found) < MOST_DETAILS:
            self.found.append(detail)

    def add_xmp(self, data: bytes) -> None:
        """Keep what the XMP packets in ``data`` tell."""
        for packet in _XMP.findall(data):
            text = packet.decode("utf-8", "replace")
            for name, kind in _XMP_NAMES.items():
                spelled = re.escape(name)
                for element, attribute in re.findall(
                    rf'<{spelled}\b[^>]*>(.*?)</{spelled}>|\s{spelled}="([^"]*)"', text, re.DOTALL
                ):
                    self.add(kind, _unescaped(_TAGS.sub(" ", element) if element else attribute))


def _unescaped(text: str) -> str:
    for sign, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(sign, meant)
    return text
