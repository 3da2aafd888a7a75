"""The latest publications as an Atom feed (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import current_app, request, url_for

from portal.content import queries
from portal.content.addresses import document_url
from portal.content.models import Document
from portal.content.rules import TYPE_LABELS
from portal.foundation import clock, sanitizing
from portal.foundation.languages import LANGUAGES, Chosen, current_language

LATEST = 30
ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SUMMARY_LENGTH = 300


def latest() -> bytes:
    """The feed in the language of the request. Texts are escaped by the writer; control characters are left out."""
    language = current_language()
    documents = queries.latest(limit=LATEST)
    settings = current_app.extensions["portal.settings"]
    feed = Element("feed", {"xmlns": ATOM, XML_LANG: LANGUAGES[language].html})
    _text(feed, "id", url_for("site.feed", _external=True))
    _text(feed, "title", settings.site_names()[language])
    _text(feed, "updated", _stamp(max(map(_updated, documents), default=None)))
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": request.base_url})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": url_for("site.home", _external=True)})
    for document in documents:
        _entry(feed, document)
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(feed: Element, document: Document) -> None:
    entry = SubElement(feed, "entry")
    # The same in every language and for ever, whatever the address of the page becomes.
    host = current_app.extensions["portal.settings"].site_domain or request.host.partition(":")[0]
    day = document.published_on or clock.local_day(document.published_at or document.created_at)
    _text(entry, "id", f"tag:{host},{day.isoformat()}:document:{document.id}")
    _chosen(entry, "title", document.title.choose())
    _text(entry, "updated", _stamp(_updated(document)))
    _text(entry, "published", _stamp(document.published_at))
    address = document_url(document, _external=True)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    author = SubElement(entry, "author")
    _text(author, "name", str(document.authority.name))
    SubElement(entry, "category", {"term": str(document.type), "label": str(TYPE_LABELS[document.type])})
    if document.summary:
        _chosen(entry, "summary", document.summary.choose())


def _chosen(parent: Element, name: str, chosen: Chosen) -> None:
    element = _text(parent, name, chosen.text[:SUMMARY_LENGTH])
    if chosen.is_fallback:
        element.set(XML_LANG, chosen.lang)


def _text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = "".join(letter for letter in sanitizing.normalize(text) if letter >= " " or letter in "\t\n")
    return element


def _updated(document: Document) -> datetime:
    return document.published_at or document.updated_at


def _stamp(moment: datetime | None) -> str:
    """A moment as RFC 3339 wants it; for an empty feed the start of the day, so that it does not change each second."""
    moment = moment or datetime.combine(clock.today(), time(), clock.ZONE)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
