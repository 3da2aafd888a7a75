"""The feed, the site map, what robots and watchers are told."""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from portal import search
from portal.content import services
from portal.content.rules import DocumentType
from portal.vault import current_vault
from tests.samples import list_unit, publish

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def feed(client, language="zh"):
    answer = client.get(f"/{language}/feed.atom")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.data)


def moment(text):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(("language", "code"), [("zh", "zh-Hans-CN"), ("bo", "bo-CN"), ("en", "en")])
def test_the_feed_has_what_atom_asks_for(client, language, code):
    publish(DocumentType.POLICY, "通知 <一> & 二", bo="བརྡ་ཐོ", slug="one")
    publish(DocumentType.ANNOUNCEMENT, "公告", slug="two")
    root = feed(client, language)
    assert root.tag == f"{ATOM}feed"
    assert root.get(LANG) == code
    for name in ("id", "title", "updated"):
        assert root.find(f"{ATOM}{name}").text
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"self": f"http://localhost/{language}/feed.atom", "alternate": f"http://localhost/{language}/"}
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 2
    assert len({entry.find(f"{ATOM}id").text for entry in entries}) == 2
    for entry in entries:
        assert entry.find(f"{ATOM}author/{ATOM}name").text
        assert moment(entry.find(f"{ATOM}updated").text) <= moment(root.find(f"{ATOM}updated").text)
        assert client.get(entry.find(f"{ATOM}link").get("href")).status_code == 200


def test_titles_of_the_feed_are_escaped_and_say_their_language(client):
    publish(DocumentType.POLICY, "通知 <一> & 二 \x08", slug="one")
    (title,) = [entry.find(f"{ATOM}title") for entry in feed(client, "bo").findall(f"{ATOM}entry")]
    assert title.text.strip() == "通知 <一> & 二"
    assert title.get(LANG) == "zh-Hans-CN"


def test_an_entry_of_the_feed_keeps_its_name_in_every_language(client):
    publish(DocumentType.POLICY, "通知", slug="one")
    names = {feed(client, language).find(f"{ATOM}entry/{ATOM}id").text for language in ("zh", "bo", "en")}
    assert len(names) == 1


def test_the_feed_follows_withdrawals_and_may_be_empty(client):
    document = publish(DocumentType.POLICY, "通知", slug="one")
    assert feed(client).findall(f"{ATOM}entry")
    services.withdraw(document, note="更正", by=None)
    root = feed(client)
    assert not root.findall(f"{ATOM}entry")
    assert moment(root.find(f"{ATOM}updated").text)


def test_the_site_map_names_every_page_in_each_language(client):
    publish(DocumentType.POLICY, "通知", slug="one")
    list_unit("拉萨示例一厂")
    answer = client.get("/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    assert root.tag == f"{MAP}urlset"
    places = {url.find(f"{MAP}loc").text for url in root}
    for expected in ("/zh/", "/bo/lists/", "/en/documents/policy/one", "/bo/units/u1", "/zh/publicity/", "/en/about"):
        assert f"http://localhost{expected}" in places
    for url in root:
        others = {link.get("hreflang"): link.get("href") for link in url.findall("{http://www.w3.org/1999/xhtml}link")}
        assert set(others) == {"zh-Hans", "bo", "en"}
        assert url.find(f"{MAP}loc").text in others.values()
        assert set(others.values()) <= places
        assert client.get(url.find(f"{MAP}loc").text).status_code == 200


def test_robots_are_kept_from_what_is_not_public(client):
    text = client.get("/robots.txt").text
    for closed in ("/desk", "/my", "/*/complaints/new", "/*/complaints/status", "/*/objections/"):
        assert f"Disallow: {closed}\n" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text


def test_the_portal_is_alive_without_being_ready(client, app):
    search.index_of(app).clear()
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "checks": {"database": True, "search": False, "keyset": True}}
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_portal_is_ready_once_its_parts_are(client, app):
    search.reindex(app)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "checks": {"database": True, "search": True, "keyset": True}}


def test_a_lost_keyset_is_noticed_and_nothing_of_it_told(client, app, monkeypatch):
    def lost(_vault, _context):
        raise RuntimeError("key material")

    search.reindex(app)
    monkeypatch.setattr(type(current_vault()), "new_box", lost)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["keyset"] is False
    assert "material" not in answer.text
