"""The desk of removals and changes: who sees what, what is refused in words, and the whole way in a browser."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.authorities.models import Person
from portal.content import services as content_services
from portal.content.models import Document
from portal.foundation.database import db
from portal.register import services as register_services
from portal.register.changes import services
from portal.register.changes.models import ChangeEvidence, ChangeStatement, HigherReport
from portal.register.changes.rules import ChangeState, ReportState
from portal.register.models import PendingAct, Unit
from portal.register.rules import EntryStatus, PendingState, RemovalGround
from tests.register.test_changes import NAME, OTHER, Listed, confirm, fresh, publish, remove, state

Login = Callable[[Person], FlaskClient]
PEOPLE = (
    "lhasa_editor", "lhasa_officer", "shigatse_officer", "editor", "reviewer", "determiner", "administrator", "auditor",
)  # fmt: skip


def box(unit: Unit) -> str:
    (entry,) = unit.entries
    return f"{entry.id}:{entry.version}"


def stated(**more: object) -> dict[str, object]:
    return {
        "kind": "renamed",
        "happened_on": "2025-03-01",
        "new_name": "拉萨新名示例有限公司",
        "text": "名称经核准变更。",
        "file": (io.BytesIO(b"%PDF-1.4\n%sample\n%%EOF"), "核准通知书.pdf"),
        "authority": "",
        **more,
    }


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_sees_what_is_theirs(people: SimpleNamespace, login: Login, listed: Listed, who: str) -> None:
    unit = listed(NAME)
    statement = state(unit, people.lhasa_officer)
    (act,) = remove(unit, people.determiner).acts
    (file,) = statement.evidence
    browser = login(getattr(people, who))
    desk, officers = {"editor", "determiner"}, {"lhasa_officer"}
    expected = {
        "/desk/changes/": desk | officers | {"shigatse_officer"},
        f"/desk/changes/{statement.id}": desk | officers,
        f"/desk/changes/{statement.id}/evidence/{file.id}": desk | officers,
        f"/desk/changes/new/{unit.public_id}": {"editor"} | officers,
        f"/desk/changes/removal/{unit.public_id}": {"determiner"},
        f"/desk/changes/decisions/{act.id}": {"determiner"},
    }
    for address, allowed in expected.items():
        status = browser.get(address).status_code
        assert (status == 200) is (who in allowed), (address, status)
        assert status in {200, 403, 404}


def test_a_visitor_is_led_to_the_login(client: FlaskClient) -> None:
    for address in ("/desk/changes/", "/desk/changes/1", "/desk/changes/removal/u1", "/desk/changes/reports/1"):
        assert "/desk/login" in client.get(address).headers["Location"]


def test_a_year_of_changes_is_lived_at_the_desk(people: SimpleNamespace, login: Login, listed: Listed) -> None:
    gone, renamed = listed(NAME), listed(OTHER)
    officer, determiner = login(people.lhasa_officer), login(people.determiner)
    page = officer.get("/desk/changes/", query_string={"q": "拉萨乙"}).text
    assert f"/desk/changes/new/{renamed.public_id}" in page
    assert "/desk/changes/removal/" not in page
    answer = officer.post(
        f"/desk/changes/new/{renamed.public_id}",
        data=stated(version=renamed.version),
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302, answer.text
    statement = db.session.scalars(select(ChangeStatement)).one()
    page = officer.get(answer.headers["Location"]).text
    assert "核准通知书.pdf" in page
    answer = officer.post(
        f"/desk/changes/{statement.id}/confirm", data={"version": statement.version, "qualifies": "yes"}
    )
    assert answer.status_code == 302, answer.text

    address = f"/desk/changes/removal/{gone.public_id}"
    filled = {"entry": box(gone), "timing": "yearly", "ground": "form_refused", "note": "两次催报未填。"}
    assert determiner.post(address, data=filled).status_code == 302
    act = db.session.scalars(select(PendingAct)).one()
    page = determiner.get("/desk/changes/").text
    assert f'name="act" value="{act.id}"' in page
    assert f'name="statement" value="{statement.id}"' in page
    answer = determiner.post("/desk/changes/announcements", data={"act": act.id, "statement": statement.id})
    assert answer.status_code == 302, answer.text
    page = determiner.get(answer.headers["Location"]).text
    assert NAME in page
    assert "拉萨新名示例有限公司" in page
    document = db.session.scalars(select(Document)).one()
    publish(document, people)
    assert fresh(gone).entries[0].status is EntryStatus.REMOVED
    assert fresh(renamed).name == "拉萨新名示例有限公司"
    public = determiner.get(f"/bo/announcements/{document.slug}")
    assert public.status_code == 200
    assert NAME in public.text
    assert determiner.get(f"/desk/changes/announcements/{document.id}").status_code == 404


def test_what_is_wrong_is_said_beside_its_field(people: SimpleNamespace, login: Login, listed: Listed) -> None:
    unit = listed(NAME)
    determiner, officer = login(people.determiner), login(people.lhasa_officer)
    answer = determiner.post(
        f"/desk/changes/removal/{unit.public_id}", data={"timing": "at_once", "ground": "form_refused"}
    )
    assert answer.status_code == 422
    for words in ("请至少选择一项。", "该原因不适用于此类移出。", "此项必填。"):
        assert words in answer.text
    answer = officer.post(
        f"/desk/changes/new/{unit.public_id}",
        data={"kind": "relocated", "version": unit.version, "text": "搬迁说明", "authority": ""},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "搬迁说明" in answer.text
    assert answer.text.count("field-error") >= 3
    statement = state(unit, people.lhasa_officer)
    answer = officer.post(f"/desk/changes/{statement.id}/reject", data={"version": statement.version})
    assert answer.status_code == 422
    assert "此项必填。" in answer.text
    answer = determiner.post("/desk/changes/announcements")
    assert answer.status_code == 422
    assert "请至少选择一项。" in answer.text


def test_a_second_click_and_an_old_page_are_told_in_words(
    people: SimpleNamespace, login: Login, listed: Listed
) -> None:
    unit = listed(NAME)
    determiner, officer = login(people.determiner), login(people.lhasa_officer)
    filled = {"entry": box(unit), "timing": "yearly", "ground": "form_refused", "note": "理由"}
    address = f"/desk/changes/removal/{unit.public_id}"
    assert determiner.post(address, data=filled).status_code == 302
    again = determiner.post(address, data=filled)
    assert again.status_code == 409
    assert "相同的决定已在等待公告。" in again.text
    assert len(db.session.scalars(select(PendingAct)).all()) == 1
    statement = state(unit, people.lhasa_officer)
    filled = {"version": statement.version, "qualifies": "yes"}
    address = f"/desk/changes/{statement.id}/confirm"
    assert officer.post(address, data=filled | {"version": "x"}).status_code == 409
    assert officer.post(address, data=filled).status_code == 302
    assert officer.post(address, data=filled).status_code == 409


def test_a_determiner_reads_the_draft_here_and_meets_no_closed_door(
    people: SimpleNamespace, login: Login, listed: Listed
) -> None:
    unit, other = listed(NAME), listed(OTHER)
    acts = [act.id for item in (unit, other) for act in remove(item, people.determiner).acts]
    document = services.announce(acts, [], by=people.determiner)
    page = login(people.determiner).get(f"/desk/changes/announcements/{document.id}").text
    assert "第十八条第（二）项" in page
    assert "/desk/content/" not in page
    browser = login(people.editor)
    assert f"/desk/content/{document.id}" in browser.get(f"/desk/changes/announcements/{document.id}").text
    case = register_services.propose_removal(
        listed("拉萨丙示例有限公司"), RemovalGround.VIOLATION, by=None, case="case:1"
    )
    page = login(people.determiner).get(f"/desk/changes/announcements/{case.id}").text
    assert "撤回公告草稿" not in page


def test_the_way_back_asks_for_a_reason(people: SimpleNamespace, login: Login, listed: Listed) -> None:
    unit = listed(NAME)
    browser = login(people.determiner)
    (act,) = remove(unit, people.determiner).acts
    address = f"/desk/changes/decisions/{act.id}"
    assert browser.post(address, data={"version": act.version, "reason": ""}).status_code == 422
    assert browser.post(address, data={"version": act.version, "reason": "证据不足。"}).status_code == 302
    assert fresh(unit).entries[0].status is EntryStatus.ACTIVE
    assert "证据不足。" in browser.get(address).text
    (act,) = remove(unit, people.determiner).acts
    document = services.announce([act.id], [], by=people.determiner)
    address = f"/desk/changes/announcements/{document.id}"
    assert browser.post(address, data={"reason": ""}).status_code == 422
    assert browser.post(address, data={"reason": "改期。"}).status_code == 302
    assert db.session.get(PendingAct, act.id).state is PendingState.DROPPED  # type: ignore[union-attr]
    content_services.submit(document, by=people.editor)
    answer = login(people.reviewer).post(f"/desk/content/{document.id}/publish", data={"version": document.version})
    assert answer.status_code == 409
    assert "该公告所依据的决定已撤回，不能发布。" in answer.text


def test_the_ministry_is_told_with_day_and_reference(people: SimpleNamespace, login: Login, listed: Listed) -> None:
    unit = listed(NAME, level="国家级")
    confirm(state(unit, people.lhasa_officer), people.lhasa_officer)
    report = db.session.scalars(select(HigherReport)).one()
    browser = login(people.editor)
    assert f"/desk/changes/reports/{report.id}" in browser.get("/desk/changes/").text
    address = f"/desk/changes/reports/{report.id}"
    assert browser.post(address, data={"version": report.version}).status_code == 422
    filled = {"version": report.version, "told_on": "2025-07-01", "reference": "示例函〔2025〕1号"}
    assert browser.post(address, data=filled).status_code == 302
    assert browser.post(address, data=filled).status_code == 409
    assert "示例函〔2025〕1号" in browser.get("/desk/changes/").text
    assert db.session.scalars(select(HigherReport.state)).one() is ReportState.TOLD


def test_evidence_comes_as_a_download_only(people: SimpleNamespace, login: Login, listed: Listed) -> None:
    statement = state(listed(NAME), people.lhasa_officer)
    file = db.session.scalars(select(ChangeEvidence)).one()
    answer = login(people.editor).get(f"/desk/changes/{statement.id}/evidence/{file.id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert login(people.editor).get(f"/desk/changes/{statement.id}/evidence/{file.id + 1}").status_code == 404


def test_pages_speak_tibetan_and_mark_chinese_names(people: SimpleNamespace, login: Login, listed: Listed) -> None:
    unit = listed(NAME)
    statement = state(unit, people.lhasa_officer)
    browser = login(people.determiner)
    browser.post("/desk/language/bo")
    for address in ("/desk/changes/", f"/desk/changes/{statement.id}", f"/desk/changes/removal/{unit.public_id}"):
        page = browser.get(address).text
        assert '<html lang="bo-CN"' in page
        assert f'<span lang="zh-Hans-CN">{NAME}</span>' in page
    assert statement.state is ChangeState.STATED
