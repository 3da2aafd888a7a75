"""Staff look at the files of a case without opening them: pages drawn anew, each first look recorded once."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from portal.complaints import services
from portal.complaints.respondents import Respondent
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.vault import previews
from tests.complaints.conftest import filing
from tests.vault import files

PDF, TEXT, FILM = 0, 1, 2


@pytest.fixture
def case(units):
    """A complaint with a PDF of three pages, a text in GB 18030, a film, and a photo that is damaged."""
    sent = [
        ("材料.pdf", io.BytesIO(files.pdf(pages=3))),
        ("记录.txt", io.BytesIO("用电数据\n<b title=x>粗</b>\n".encode("gb18030") * 2)),
        ("现场.mp4", io.BytesIO(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(500))),
        ("坏图.jpg", io.BytesIO(b"\xff\xd8\xff\xe0" + b"broken" * 50)),
        ("照片.jpg", io.BytesIO(files.photo())),
    ]
    wish = filing(Respondent(units.lhasa.name, units.lhasa), files=sent)
    return services.file_complaint(wish, services.new_token()).filing


def address(case, file, what, queue="verification"):
    evidence = case.evidence[file] if isinstance(file, int) else file
    return f"/desk/{queue}/{case.id}/evidence/{evidence.id}/{what}"


def looks(case):
    query = select(AuditRecord).where(
        AuditRecord.action == "complaints.evidence.previewed", AuditRecord.subject == case.subject
    )
    return db.session.scalars(query.order_by(AuditRecord.id)).all()


def test_a_page_is_a_picture_that_can_do_nothing_and_is_kept_nowhere(case, people, login):
    answer = login(people.lhasa_officer).get(address(case, PDF, "preview/1"))
    assert answer.status_code == 200
    assert answer.mimetype == previews.MEDIA_TYPE
    assert answer.data.startswith(b"RIFF")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert b"Sample" not in answer.data


def test_pages_are_leafed_through_by_links(case, people, login):
    officer = login(people.lhasa_officer)
    first = officer.get(address(case, PDF, "look"))
    assert first.status_code == 200
    assert 'rel="next" href="?page=2"' in first.text
    assert 'rel="prev"' not in first.text
    assert address(case, PDF, "preview/1") in first.text
    last = officer.get(address(case, PDF, "look?page=3"))
    assert 'rel="prev" href="?page=2"' in last.text
    assert 'rel="next"' not in last.text
    assert officer.get(address(case, PDF, "look?page=4")).status_code == 404
    assert officer.get(address(case, PDF, "look?page=0")).status_code == 404


def test_the_name_of_the_file_is_on_the_page_and_not_in_its_title(case, people, login):
    page = login(people.lhasa_officer).get(address(case, PDF, "look")).text
    title = page[page.index("<title>") : page.index("</title>")]
    assert "材料" in page
    assert "材料" not in title


def test_a_text_is_shown_as_text(case, people, login):
    page = login(people.lhasa_officer).get(address(case, TEXT, "look"))
    assert "用电数据" in page.text
    assert "&lt;b title=x&gt;" in page.text
    assert "<b title=x>" not in page.text


def test_the_case_shows_small_pictures_and_offers_the_originals(case, people, login):
    page = login(people.lhasa_officer).get(f"/desk/verification/{case.id}").text
    for drawn in (0, 3, 4):
        assert address(case, drawn, "thumbnail") in page
    for plain in (TEXT, FILM):
        assert address(case, plain, "thumbnail") not in page
    assert address(case, FILM, "look") not in page
    assert page.count(" download>") == 5


def test_a_small_picture_is_small(case, people, login):
    answer = login(people.lhasa_officer).get(address(case, 4, "thumbnail"))
    assert answer.status_code == 200
    assert len(answer.data) < 10_000


def test_what_cannot_be_drawn_is_said_in_words(case, people, login):
    officer = login(people.lhasa_officer)
    assert "notice-saffron" in officer.get(address(case, 3, "look")).text
    answer = officer.get(address(case, 3, "thumbnail"))
    assert answer.status_code == 422
    assert answer.mimetype == "image/svg+xml"
    for what in ("look", "preview/1", "thumbnail"):
        assert officer.get(address(case, FILM, what)).status_code == 404


def test_the_first_look_of_each_person_is_recorded_once(case, people, login):
    officer = login(people.lhasa_officer)
    for what in ("thumbnail", "look", "preview/1", "preview/2"):
        officer.get(address(case, PDF, what))
    officer.get(address(case, 4, "thumbnail"))
    login(people.determiner).get(address(case, PDF, "preview/1", "determination"))
    seen = [(record.actor, record.data) for record in looks(case)]
    assert seen == [
        (people.lhasa_officer.actor, {"evidence": case.evidence[PDF].id}),
        (people.lhasa_officer.actor, {"evidence": case.evidence[4].id}),
        (people.determiner.actor, {"evidence": case.evidence[PDF].id}),
    ]


@pytest.mark.parametrize("what", ["look", "preview/1", "thumbnail"])
def test_nobody_else_sees_anything(case, people, login, client, what):
    assert login(people.shigatse_officer).get(address(case, PDF, what)).status_code == 404
    assert login(people.auditor).get(address(case, PDF, what)).status_code == 403
    assert client.get(address(case, PDF, what)).status_code in {302, 401}
    assert not looks(case)


def test_a_file_of_another_case_is_not_shown_through_this_one(case, people, login, units):
    wish = filing(Respondent(units.lhasa.name, units.lhasa), files=[("照片.jpg", io.BytesIO(files.photo()))])
    other = services.file_complaint(wish, services.new_token()).filing
    answer = login(people.lhasa_officer).get(address(case, other.evidence[0], "preview/1"))
    assert answer.status_code == 404
