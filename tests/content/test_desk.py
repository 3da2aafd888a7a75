"""Documents at the desk."""

from __future__ import annotations

import io
import re

import pytest

from portal.content import queries, services
from portal.content.rules import DocumentState
from portal.foundation.languages import Localized

from .conftest import PDF, ZH_TITLE, counted_queries

FORM = {
    "type": "policy",
    "authority": "department",
    "title_zh": ZH_TITLE,
    "body_zh": "正文",
    "published_on": "2024-05-13",
    "slug": "written",
}


def test_from_the_form_to_the_public_page(people, login, client):
    editor, reviewer = login(people.editor), login(people.reviewer)
    answer = editor.post("/desk/content/new", data=FORM)
    assert answer.status_code == 302
    document = queries.by_slug("written")
    place = f"/desk/content/{document.id}"
    assert editor.post(f"{place}/submit", data={"version": document.version}).status_code == 302
    assert ZH_TITLE in reviewer.get("/desk/content/?state=submitted").text
    assert f'action="{place}/publish"' in reviewer.get(place).text
    document = queries.by_slug("written")
    assert reviewer.post(f"{place}/publish", data={"version": document.version}).status_code == 302
    assert "<p>正文</p>" in client.get("/zh/documents/policy/written").text


def test_what_was_entered_stays_where_it_is_refused(people, login):
    editor = login(people.editor)
    answer = editor.post("/desk/content/new", data=FORM | {"slug": "Not an address", "title_bo": "\ue123"})
    assert answer.status_code == 422
    assert ZH_TITLE in answer.text
    assert 'id="slug-error"' in answer.text
    assert 'id="title_bo-error"' in answer.text


def test_a_draft_is_changed(people, login, make):
    document = make(DocumentState.DRAFT)
    editor, place = login(people.editor), f"/desk/content/{document.id}/edit"
    page = editor.get(place)
    assert "&lt;p&gt;正文在此&lt;/p&gt;" in page.text
    answer = editor.post(place, data=FORM | {"version": document.version, "title_zh": "新标题"})
    assert answer.status_code == 302
    assert queries.by_slug("written").title.zh == "新标题"


def test_a_stale_form_is_refused_in_words_and_overwrites_nothing(people, login, make):
    document = make(DocumentState.DRAFT, slug="written")
    editor, seen = login(people.editor), document.version
    services.revise(document, document.content, by=None)
    answer = editor.post(f"/desk/content/{document.id}/edit", data=FORM | {"version": seen, "title_zh": "旧"})
    assert answer.status_code == 409
    assert queries.by_slug("written").title.zh == ZH_TITLE


def test_a_double_click_is_refused_in_words(people, login, make):
    document = make(DocumentState.SUBMITTED)
    reviewer, place, seen = login(people.reviewer), f"/desk/content/{document.id}/publish", document.version
    assert reviewer.post(place, data={"version": seen}).status_code == 302
    assert reviewer.post(place, data={"version": seen}).status_code == 409


@pytest.mark.parametrize("version", ["", "x", "-1", "999", "٣"])
def test_an_act_without_the_seen_version_is_refused(people, login, make, version):
    document = make(DocumentState.SUBMITTED)
    answer = login(people.reviewer).post(f"/desk/content/{document.id}/publish", data={"version": version})
    assert answer.status_code == 409
    assert queries.by_slug(document.slug).state is DocumentState.SUBMITTED


def test_sending_back_without_a_note_is_refused_beside_the_document(people, login, make):
    document = make(DocumentState.SUBMITTED)
    reviewer, data = login(people.reviewer), {"version": document.version, "note": " "}
    answer = reviewer.post(f"/desk/content/{document.id}/send_back", data=data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    answer = reviewer.post(f"/desk/content/{document.id}/send_back", data=data | {"note": "请补充"})
    assert answer.status_code == 302
    assert "请补充" in login(people.editor).get(f"/desk/content/{document.id}").text


def test_the_missing_tibetan_is_told_before_publishing(people, login, make):
    document = make(DocumentState.SUBMITTED, title=Localized(zh="标题"), body=Localized(zh="<p>正文</p>"))
    page = login(people.reviewer).get(f"/desk/content/{document.id}").text
    assert "notice-saffron" in page
    assert f'action="/desk/content/{document.id}/publish"' in page


def test_a_prefecture_sees_and_touches_only_its_own(people, login, make):
    other = make(DocumentState.DRAFT, authority="shigatse", slug="theirs", title=Localized(zh="别处的文件"))
    make(DocumentState.DRAFT, authority="lhasa", slug="ours", title=Localized(zh="本处的文件"))
    editor = login(people.lhasa_editor)
    page = editor.get("/desk/content/").text
    assert "本处的文件" in page
    assert "别处的文件" not in page
    place = f"/desk/content/{other.id}"
    for address in (place, f"{place}/edit", f"{place}/preview"):
        assert editor.get(address).status_code == 403
    assert editor.post(f"{place}/submit", data={"version": other.version}).status_code == 403
    assert editor.post("/desk/content/new", data=FORM | {"authority": "shigatse"}).status_code == 422


@pytest.mark.parametrize("who", ["administrator", "auditor", "determiner"])
def test_others_have_no_business_here(people, login, make, who):
    document = make(DocumentState.SUBMITTED)
    browser, place = login(getattr(people, who)), f"/desk/content/{document.id}"
    for address in ("/desk/content/", "/desk/content/new", place, f"{place}/edit", f"{place}/preview"):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{place}/publish", data={"version": document.version}).status_code == 403


def test_a_visitor_is_sent_to_the_login(client, make):
    document = make(DocumentState.DRAFT)
    for address in ("/desk/content/", f"/desk/content/{document.id}", f"/desk/content/{document.id}/preview"):
        assert client.get(address).status_code == 302
    assert client.post(f"/desk/content/{document.id}/submit").status_code == 302


def test_the_preview_speaks_each_language(people, login, make):
    document = make(DocumentState.DRAFT)
    browser = login(people.reviewer)
    for language, word in (("zh", ZH_TITLE), ("bo", "ནང་དོན"), ("en", "Notice on green factories")):
        page = browser.get(f"/desk/content/{document.id}/preview?language={language}").text
        assert 'class="official"' in page
        assert word in page


def test_files_come_and_go_at_the_desk(people, login, make):
    document = make(DocumentState.DRAFT)
    editor, place = login(people.editor), f"/desk/content/{document.id}"
    data = {
        "version": document.version,
        "file": [(io.BytesIO(PDF), "甲.pdf"), (io.BytesIO(PDF), "乙.pdf")],
    }
    assert editor.post(f"{place}/attachments", data=data).status_code == 302
    document = queries.by_slug(document.slug)
    assert [item.name for item in document.attachments] == ["甲.pdf", "乙.pdf"]
    first = document.attachments[0].id
    answer = editor.get(f"{place}/attachments/{first}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert login(people.lhasa_editor).get(f"{place}/attachments/{first}").status_code == 403
    assert editor.post(f"{place}/attachments/{first}/remove", data={"version": document.version}).status_code == 302
    assert [item.name for item in queries.by_slug(document.slug).attachments] == ["乙.pdf"]


def test_a_wrong_file_is_refused_in_words(people, login, make):
    document = make(DocumentState.DRAFT)
    editor, place = login(people.editor), f"/desk/content/{document.id}/attachments"
    data = {"version": document.version, "file": (io.BytesIO(b"<html><script>"), "a.html")}
    answer = editor.post(place, data=data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert editor.post(place, data={"version": document.version}).status_code == 422


def test_the_editor_alone_may_style_its_page(people, login, make):
    editor = login(people.editor)
    document = make(DocumentState.DRAFT)
    for address in ("/desk/content/new", f"/desk/content/{document.id}/edit"):
        policy = editor.get(address).headers["Content-Security-Policy"]
        assert "style-src 'self' 'unsafe-inline'" in policy
        assert "script-src 'self';" in policy + ";"
    assert "unsafe-inline" not in editor.get("/desk/content/").headers["Content-Security-Policy"]


def test_the_desk_is_searched_and_counted(people, login, make):
    make(DocumentState.DRAFT, slug="one", title=Localized(zh="碳酸锂"))
    make(DocumentState.SUBMITTED, slug="two", title=Localized(bo="ལྷ་ས", zh="水泥"))
    browser = login(people.reviewer)
    page = browser.get("/desk/content/?q=碳酸").text
    assert "碳酸锂" in page
    assert "水泥" not in page
    assert "水泥" in browser.get("/desk/content/?q=ལྷ་ས").text
    assert re.search(r'href="/desk/content/"[^>]*>[^<]*<span class="count">1</span>', page)
    assert browser.get("/desk/content/?state=nonsense&type=nonsense&page=x").status_code == 200


def test_the_desk_list_asks_as_often_for_many_as_for_few(people, login, make):
    browser = login(people.reviewer)

    def asked():
        with counted_queries() as statements:
            assert browser.get("/desk/content/").status_code == 200
        return len(statements)

    make(DocumentState.SUBMITTED)
    few = asked()
    for _number in range(9):
        make(DocumentState.SUBMITTED)
    assert asked() == few
