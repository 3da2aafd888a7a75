"""The latest publications, and the latest acts of the register, as Atom feeds (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import current_app, request, url_for
from flask_babel import gettext as _

from portal.content import queries
from portal.content.addresses import document_url
from portal.content.models import Document
from portal.content.rules import TYPE_LABELS
from portal.foundation import clock, languages, sanitizing
from portal.foundation.languages import LANGUAGES, Chosen, current_language
from portal.register.models import PublicityWindow
from portal.register.queries import acts, windows_of
from portal.register.queries.acts import Happening
from portal.register.rules import EVENT_LABELS

LATEST = 30
ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SUMMARY_LENGTH = 300


def latest() -> bytes:
    """The feed in the language of the request. Texts are escaped by the writer; control characters are left out."""
    documents = queries.latest(limit=LATEST)
    title = current_app.extensions["portal.settings"].site_names()[current_language()]
    feed = _feed("site.feed", title, max(map(_updated, documents), default=None), "site.home")
    windows = windows_of([document.id for document in documents])
    for document in documents:
        _entry(feed, document, windows.get(document.id))
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def register_changes() -> bytes:
    """The latest acts of the register, each with the document that made it public."""
    happenings = [item for item in acts.latest_changes(LATEST) if item.event.unit or item.event.agency]
    updated = max((item.event.recorded_at for item in happenings), default=None)
    feed = _feed("site.changes_feed", str(_("Changes of the register")), updated, "register.lists")
    for item in happenings:
        _change(feed, item)
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _feed(endpoint: str, title: str, updated: datetime | None, page: str) -> Element:
    feed = Element("feed", {"xmlns": ATOM, XML_LANG: LANGUAGES[current_language()].html})
    _text(feed, "id", url_for(endpoint, _external=True))
    _text(feed, "title", title)
    _text(feed, "updated", _stamp(updated))
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": request.base_url})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": url_for(page, _external=True)})
    return feed


def _change(feed: Element, item: Happening) -> None:
    event = item.event
    entry = SubElement(feed, "entry")
    day = clock.local_day(event.recorded_at)
    _text(entry, "id", f"tag:{_host()},{day.isoformat()}:act:{event.id}")
    name, address = "", ""
    if event.unit is not None:
        name, address = event.unit.name, url_for("register.unit", ref=event.unit.ref, _external=True)
    elif event.agency is not None:
        name, address = event.agency.name, url_for("register.agency", ref=event.agency.public_id, _external=True)
    _text(entry, "title", f"{EVENT_LABELS[event.kind]} · {name}")
    _text(entry, "updated", _stamp(event.recorded_at))
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    if item.document is not None:
        related = document_url(item.document, _external=True)
        SubElement(entry, "link", {"rel": "related", "type": "text/html", "href": related})
    author = SubElement(entry, "author")
    _text(author, "name", current_app.extensions["portal.settings"].site_names()[current_language()])
    SubElement(entry, "category", {"term": str(event.kind), "label": str(EVENT_LABELS[event.kind])})


def _host() -> str:
    """The name that stands in ids, the same in every language and for ever."""
    return str(current_app.extensions["portal.settings"].site_domain or request.host.partition(":")[0])


def _entry(feed: Element, document: Document, window: PublicityWindow | None) -> None:
    entry = SubElement(feed, "entry")
    day = document.published_on or clock.local_day(document.published_at or document.created_at)
    _text(entry, "id", f"tag:{_host()},{day.isoformat()}:document:{document.id}")
    _chosen(entry, "title", document.title.choose())
    _text(entry, "updated", _stamp(_updated(document)))
    _text(entry, "published", _stamp(document.published_at))
    address = document_url(document, _external=True)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    author = SubElement(entry, "author")
    _text(author, "name", str(document.authority.name))
    SubElement(entry, "category", {"term": str(document.type), "label": str(TYPE_LABELS[document.type])})
    if window is not None:
        start, end = languages.format_day(window.first), languages.format_day(window.last)
        _text(entry, "summary", _("Publicity period: %(start)s to %(end)s", start=start, end=end))
    elif document.summary:
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
