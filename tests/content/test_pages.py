"""Documents as anyone reads them."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from portal.content import hooks, services
from portal.content.addresses import attachment_url, document_url
from portal.content.rules import DocumentState, DocumentType
from portal.foundation.languages import Localized

from .conftest import BO_TITLE, PDF, ZH_TITLE, counted_queries

PLACES = {
    DocumentType.PUBLICITY: "publicity",
    DocumentType.ANNOUNCEMENT: "announcements",
    DocumentType.POLICY: "documents/policy",
    DocumentType.NEWS: "documents/news",
    DocumentType.PRACTICE: "documents/practice",
    DocumentType.REPORT: "documents/report",
}


def heading(page):
    return re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL).group(1).strip()


@pytest.mark.parametrize("kind", DocumentType)
def test_each_type_has_its_list_and_its_pages(client, make, kind):
    make(type=kind, slug="one")
    listed = client.get(f"/zh/{PLACES[kind]}/")
    assert listed.status_code == 200
    assert f'href="/zh/{PLACES[kind]}/one"' in listed.text
    page = client.get(f"/zh/{PLACES[kind]}/one")
    assert page.status_code == 200
    assert heading(page) == ZH_TITLE
    assert f"<title>{ZH_TITLE} · " in page.text
    for other, place in PLACES.items():
        if other is not kind:
            assert client.get(f"/zh/{place}/one").status_code == 404


@pytest.mark.parametrize(
    ("language", "title", "day"),
    [("zh", ZH_TITLE, "2024年5月13日"), ("bo", BO_TITLE, "2024ལོའི་ཟླ་5ཚེས་13ཉིན"), ("en", "Notice on", "13 May 2024")],
)
def test_a_page_speaks_the_language_of_its_address(client, make, language, title, day):
    make(slug="one")
    page = client.get(f"/{language}/documents/policy/one")
    assert title in heading(page)
    assert day in page.text
    assert "fallback-note" not in page.text
    for code in ("zh", "bo", "en"):
        assert f'href="/{code}/documents/policy/one"' in page.text


def test_a_missing_tibetan_text_shows_the_chinese_one_marked(client, make):
    make(slug="one", title=Localized(zh=ZH_TITLE), body=Localized(zh="<p>正文</p>"))
    page = client.get("/bo/documents/policy/one")
    assert page.status_code == 200
    assert f'<span lang="zh-Hans-CN">{ZH_TITLE}</span>' in page.text
    assert "fallback-mark" in page.text
    assert '<div class="rich" lang="zh-Hans-CN">' in page.text
    assert "fallback-note" in page.text
    assert '<span lang="zh-Hans-CN">藏经信发〔2024〕1号</span>' in page.text
    assert f'<span lang="zh-Hans-CN">{ZH_TITLE}</span>' in client.get("/bo/documents/policy/").text


def test_the_page_carries_what_government_sites_must_say(client, make):
    make(slug="one")
    page = client.get("/zh/documents/policy/one").text
    for name, value in {
        "ArticleTitle": ZH_TITLE,
        "PubDate": "2024-05-13 00:00",
        "ContentSource": "经信厅",
        "Author": "西藏自治区经济和信息化厅",
        "Description": "摘要在此",
        "Url": "http://localhost/zh/documents/policy/one",
    }.items():
        assert f'<meta name="{name}" content="{value}">' in page
    for name in ("ColumnName", "ColumnType", "Keywords", "SiteName"):
        assert re.search(f'<meta name="{name}" content="[^"]+">', page)


def test_a_description_never_ends_inside_a_tibetan_syllable(client, make):
    make(slug="one", summary=Localized(), body=Localized(zh="<p>正文</p>", bo=f"<p>{'བསྒྲུབས་' * 60}</p>"))
    page = client.get("/bo/documents/policy/one").text
    description = re.search('<meta name="Description" content="([^"]+)…">', page).group(1)
    assert description.endswith("བསྒྲུབས་")
    assert len(description) <= 200


def test_lists_are_newest_first_and_paged(client, make):
    for day in range(1, 26):
        make(slug=f"d{day:02}", published_on=date(2024, 3, day))
    first, second = client.get("/zh/documents/policy/").text, client.get("/zh/documents/policy/?page=2").text
    shown = re.findall(r'/zh/documents/policy/(d\d\d)"', first)
    assert shown == [f"d{day:02}" for day in range(25, 5, -1)]
    assert re.findall(r'/zh/documents/policy/(d\d\d)"', second) == [f"d{day:02}" for day in range(5, 0, -1)]
    assert 'rel="next"' in first
    assert client.get("/zh/documents/policy/?page=9").status_code == 404


def test_a_list_can_be_narrowed_to_a_year(client, make):
    make(slug="old", published_on=date(2022, 1, 1))
    make(slug="new", published_on=date(2024, 1, 1))
    page = client.get("/zh/documents/policy/?year=2022").text
    assert "/policy/old" in page
    assert '/policy/new"' not in page


def test_an_empty_list_says_so(client):
    assert 'class="empty"' in client.get("/bo/publicity/").text


@pytest.mark.parametrize("state", [DocumentState.DRAFT, DocumentState.SUBMITTED])
def test_what_was_never_published_does_not_exist(client, make, state):
    document = make(state, slug="secret")
    assert client.get("/zh/documents/policy/secret").status_code == 404
    assert "/policy/secret" not in client.get("/zh/documents/policy/").text
    assert client.get(document_url(document, lang="en")).status_code == 404


def test_a_withdrawn_document_says_in_words_that_it_is_gone(client, make):
    make(DocumentState.WITHDRAWN, slug="gone")
    page = client.get("/en/documents/policy/gone")
    assert page.status_code == 410
    assert "withdrawn" in page.text
    assert ZH_TITLE not in page.text
    assert "/policy/gone" not in client.get("/en/documents/policy/").text


def test_hostile_texts_are_shown_as_texts(client, make):
    title = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    body = '<p>甲<img src="x" onerror="alert(1)"><svg onload=alert(1)></svg><a href="javascript:alert(1)">乙</a></p>'
    make(slug="one", title=Localized(zh=title), summary=Localized(zh=title), body=Localized(zh=body), number=title[:80])
    for address in ("/zh/documents/policy/one", "/bo/documents/policy/one", "/zh/documents/policy/"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert not re.search(r"<[^>]*\bonerror=", re.sub(r'"[^"]*"', '""', page))
        assert 'href="javascript:' not in page
        assert "<svg onload" not in page


def test_public_pages_set_no_cookie_and_can_be_cached(client, make):
    make(slug="one")
    for address in ("/zh/documents/policy/one", "/zh/documents/policy/"):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"].startswith("public")
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


@pytest.fixture
def with_file(make):
    document = make(DocumentState.DRAFT, slug="one")
    attachment = services.attach(document, io.BytesIO(PDF), "名单.pdf", by=None)
    services.submit(document, by=None)
    services.publish(document, by=None)
    return document, attachment


def test_a_file_is_a_download_with_its_type_and_size_on_the_page(client, with_file):
    document, attachment = with_file
    address = attachment_url(attachment, lang="zh", _external=False)
    page = client.get(document_url(document, lang="zh")).text
    assert f'href="{address}"' in page
    assert "1 KB" in page
    answer = client.get(address)
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(address.replace("%E5%90%8D", "x")).status_code == 404


def test_a_file_goes_with_its_document(client, with_file):
    document, attachment = with_file
    address = attachment_url(attachment, lang="zh", _external=False)
    services.withdraw(document, note="更正", by=None)
    assert client.get(address).status_code == 410


def test_a_file_of_a_draft_is_nobodys_business(client, make):
    attachment = services.attach(make(DocumentState.DRAFT), io.BytesIO(PDF), "a.pdf", by=None)
    assert client.get(attachment_url(attachment, lang="zh", _external=False)).status_code == 404


def test_a_list_asks_the_database_as_often_for_many_as_for_few(client, make):
    def asked():
        with counted_queries() as statements:
            assert client.get("/zh/documents/policy/").status_code == 200
        return len(statements)

    make()
    few = asked()
    for _number in range(9):
        make()
    assert asked() == few <= 5


def test_a_page_asks_a_fixed_number_of_times(client, make):
    def asked(slug):
        with counted_queries() as statements:
            assert client.get(f"/zh/documents/policy/{slug}").status_code == 200
        return len(statements)

    make(slug="plain")
    document = make(DocumentState.DRAFT, slug="rich")
    for number in range(5):
        services.attach(document, io.BytesIO(PDF), f"{number}.pdf", by=None)
    services.submit(document, by=None)
    services.publish(document, by=None)
    assert asked("rich") == asked("plain") <= 5


def test_features_add_panels_and_notes(app, client, make, monkeypatch):
    monkeypatch.setitem(app.extensions, "portal.content.contributions", {})
    app.jinja_env.globals["probe"] = True
    template = app.jinja_env.from_string("<p class='probe'>{{ (panel or note).word }}</p>")
    hooks.add_panel(app, DocumentType.NEWS, template, lambda document: {"word": f"panel {document.slug}"})
    hooks.add_panel(app, DocumentType.NEWS, template, lambda _document: None)
    hooks.add_panel(app, DocumentType.NEWS, template, lambda _document: {"word": "above"}, hooks.Place.ABOVE)
    hooks.add_list_note(app, DocumentType.NEWS, template, lambda rows: {rows[0].id: {"word": "first row"}})
    make(type=DocumentType.NEWS, slug="one")
    make(type=DocumentType.NEWS, slug="two")
    page, listed = client.get("/zh/documents/news/one").text, client.get("/zh/documents/news/").text
    assert page.index("above") < page.index("正文在此") < page.index("panel one")
    assert listed.count("first row") == 1
    assert "probe" not in client.get("/zh/documents/policy/").text


def test_samples_are_marked(client, make):
    make(slug="one", is_sample=True)
    assert (
        "sample-mark"
        in re.search(r"<article.*</article>", client.get("/zh/documents/policy/one").text, re.DOTALL).group()
    )


def test_history_is_told_once_there_is_one(client, make):
    document = make(DocumentState.WITHDRAWN, slug="one")
    services.restore(document, by=None)
    services.submit(document, by=None)
    services.publish(document, by=None)
    page = client.get("/en/documents/policy/one").text
    assert page.count("<li>", page.index('class="timeline"')) >= 3
    assert "更正" not in page


def test_the_header_leads_to_the_documents(client):
    page = client.get("/bo/publicity/").text
    for place in ("publicity/", "announcements/", "documents/policy/"):
        assert f'href="/bo/{place}"' in page
