"""What robots read: which pages there are, and which are not theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, current_app, url_for
from flask.typing import ResponseReturnValue

from portal.content.addresses import document_url, list_url
from portal.content.rules import DocumentType
from portal.foundation import clock
from portal.foundation.languages import LANGUAGES
from portal.site import queries

blueprint = Blueprint("robots", __name__)
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
#: A page is three addresses, and the protocol allows 50,000 of them in a file.
MOST_PAGES = 16_000
FIXED_PAGES = (
    "site.home",
    "register.lists",
    "register.agencies",
    "showcase.index",
    "site.statistics",
    "complaints.index",
    "figures.page",
    "site.about",
    "site.accessibility",
)
CLOSED = (
    "/desk",
    "/my",
    "/*/complaints/new",
    "/*/complaints/status",
    "/*/objections/",
    "/*/rectification/",
    "/*/search",
)
#: Caches keep it for an hour; robots come less often than that.
CACHE = {"Cache-Control": "public, max-age=3600"}

Place = Callable[..., str]


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Everything public may be read by robots; what knows who is reading may not."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {url_for('robots.sitemap', _external=True)}")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", headers=CACHE)


@blueprint.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """Lists, documents and the region's units, each in three languages that name each other."""
    root = Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for (place, changed), _number in zip(_pages(), range(MOST_PAGES), strict=False):
        addresses = {code: place(lang=str(code), _external=True) for code in LANGUAGES}
        for address in addresses.values():
            url = SubElement(root, "url")
            SubElement(url, "loc").text = address
            if changed:
                SubElement(url, "lastmod").text = changed.isoformat()
            for code, other in addresses.items():
                link = {"rel": "alternate", "hreflang": LANGUAGES[code].hreflang, "href": other}
                SubElement(url, "xhtml:link", link)
    text = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(text, content_type="application/xml; charset=utf-8", headers=CACHE)


def _pages() -> Iterator[tuple[Place, date | None]]:
    """Every page worth finding, as its address and the day of its last change."""
    for endpoint in FIXED_PAGES:
        if endpoint in current_app.view_functions:
            yield partial(url_for, endpoint), None
    for doc_type in DocumentType:
        yield partial(list_url, doc_type), None
    for document in queries.documents_for_robots(MOST_PAGES):
        yield partial(document_url, document), clock.local_day(document.updated_at)
    for ref in queries.unit_refs(MOST_PAGES):
        yield partial(url_for, "register.unit", ref=ref), None
