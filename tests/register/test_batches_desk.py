"""A whole round at the desk, and who may see and do what there."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.authorities.models import Person
from portal.foundation import audit
from portal.foundation.database import db
from portal.register.batches import queries, services
from portal.register.batches.models import Batch, Candidate
from portal.register.batches.rules import GROUNDS, BatchState, CandidateState, Organ
from portal.register.models import ListEntry
from tests.register.conftest import csv_bytes
from tests.register.rounds import AFTER, LETTER, NOTICE_DAY, SPRING, at, opened, publicised, recommended

Login = Callable[[Person], FlaskClient]
HEADINGS = ("单位名称", "类别", "地市")


def sent(browser: FlaskClient, address: str, **fields: object) -> str:
    """Send a form with the version that its page shows, and read the page that comes after."""
    answer = browser.post(address, data=fields, follow_redirects=True)
    assert answer.status_code == 200, re.sub(r"<[^>]+>", " ", answer.text)[-1500:]
    return answer.text


def test_a_round_is_lived_from_recommendation_to_announcement(
    app: Flask, people: SimpleNamespace, login: Login, client: FlaskClient
) -> None:
    with at(SPRING):
        editor = login(people.editor)
        sent(editor, "/desk/batches/", level="regional", year="2025", name="2025年度")
        batch = db.session.scalars(select(Batch)).one()
        home = f"/desk/batches/{batch.id}"
        officer = login(people.lhasa_officer)
        form = {"category": "green_factory", "authority": "lhasa", "place": "拉萨市"}
        sent(officer, f"{home}/candidates/new", name="拉萨甲示例有限公司", **form)
        file = csv_bytes(("拉萨乙示例园区", "绿色工业园区", "拉萨市"), headings=HEADINGS)
        preview = sent(officer, f"{home}/candidates/import", file=(io.BytesIO(file), "list.csv"))
        accepted = re.search(r'name="accepted"[^>]*value="([0-9a-f]{64})"', preview)
        assert accepted is not None
        sent(officer, f"{home}/candidates/import", file=(io.BytesIO(file), "list.csv"), accepted=accepted[1])

        act(editor, batch, "close_recommendation")
        for candidate in db.session.scalars(select(Candidate)).all():
            page = f"{home}/candidates/{candidate.id}"
            for ground in GROUNDS:
                sent(editor, f"{page}/check", ground=ground, applies="no", checked_on="2025-05-06", source="信用中国")
            sent(editor, f"{page}/review", expert="示例专家", score="90", on_site_on="2025-05-05", note="现场核实")
            sent(editor, f"{page}/decide", selected="yes", version=str(candidate.version))
        for organ in Organ:
            sent(editor, f"{home}/opinions", organ=organ, given_on="2025-05-06", source=LETTER)
        act(editor, batch, "open_publicity")
        notice = queries.batch(batch.id).notice
        assert notice is not None
        sent(editor, f"/desk/content/{notice.id}/submit", version=str(notice.version))
    with at(NOTICE_DAY):
        reviewer = login(people.reviewer)
        assert "拉萨甲示例有限公司" in reviewer.get(f"/desk/content/{notice.id}/preview?language=zh").text
        db.session.refresh(notice)
        sent(reviewer, f"/desk/content/{notice.id}/publish", version=str(notice.version))
        for lang in ("zh", "bo", "en"):
            assert "拉萨乙示例园区" in client.get(f"/{lang}/publicity/{notice.slug}").text
        refused = login(people.editor).post(
            f"{home}/draft_announcement", data={"version": str(queries.batch(batch.id).version)}
        )
        assert refused.status_code == 409
        assert "公示期尚未结束" in refused.text
    with at(AFTER):
        editor = login(people.editor)
        assert "公示期满" in editor.get(home).text
        act(editor, batch, "draft_announcement")
        document = queries.batch(batch.id).announcement
        assert document is not None
        sent(editor, f"/desk/content/{document.id}/submit", version=str(document.version))
        db.session.refresh(document)
        sent(login(people.reviewer), f"/desk/content/{document.id}/publish", version=str(document.version))
        assert {item.state for item in queries.batch(batch.id).candidates} == {CandidateState.LISTED}
        assert db.session.scalars(select(ListEntry.listed_on)).all() == [AFTER, AFTER]
        assert "拉萨乙示例园区" in client.get(f"/bo/announcements/{document.slug}").text
        assert client.get("/en/lists.json?scope=region").get_json()["total"] == 2
        sent(login(people.editor), f"{home}/report_up", on="2025-07-12", version=str(queries.batch(batch.id).version))
    assert audit.verify() is None


def act(browser: FlaskClient, batch: Batch, what: str, note: str = "") -> str:
    """An act on a round, with the version that its page shows."""
    page = browser.get(f"/desk/batches/{batch.id}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    return sent(browser, f"/desk/batches/{batch.id}/{what}", version=version[1], note=note)


class TestWhoSeesWhat:
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("editor", 200),
            ("lhasa_officer", 200),
            ("shigatse_officer", 200),
            ("reviewer", 403),
            ("determiner", 403),
            ("administrator", 403),
            ("auditor", 403),
        ],
    )
    def test_rounds_are_for_those_who_take_part(
        self, app: Flask, people: SimpleNamespace, login: Login, who: str, status: int
    ) -> None:
        assert login(getattr(people, who)).get("/desk/batches/").status_code == status

    def test_an_authority_sees_its_own_candidates_alone(
        self, app: Flask, people: SimpleNamespace, login: Login
    ) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            found = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
        page = f"/desk/batches/{batch.id}"
        assert found.name in login(people.lhasa_officer).get(page).text
        assert found.name not in login(people.shigatse_officer).get(page).text
        assert login(people.shigatse_officer).get(f"{page}/candidates/{found.id}").status_code == 404
        assert login(people.lhasa_officer).get(f"{page}/candidates/{found.id}").status_code == 200

    @pytest.mark.parametrize("what", ["close_recommendation", "open_publicity", "draft_announcement", "report_up"])
    def test_only_the_department_moves_a_round(
        self, app: Flask, people: SimpleNamespace, login: Login, what: str
    ) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            answer = login(people.lhasa_officer).post(f"/desk/batches/{batch.id}/{what}", data={"version": "1"})
        assert answer.status_code == 403
        assert queries.batch(batch.id).state is BatchState.COLLECTING


class TestRefusals:
    def test_what_is_missing_is_said_on_the_page(self, app: Flask, people: SimpleNamespace, login: Login) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
            services.close_recommendation(batch, by=people.editor)
            browser = login(people.editor)
            page = browser.get(f"/desk/batches/{batch.id}").text
            assert "尚缺部门意见。" in page
            refused = browser.post(f"/desk/batches/{batch.id}/open_publicity", data={"version": str(batch.version)})
        assert refused.status_code == 409
        assert 'role="alert"' in refused.text

    @pytest.mark.parametrize(
        ("what", "fields"),
        [
            ("check", {"ground": "violation", "applies": "no", "checked_on": "2025-05-06", "source": ""}),
            ("check", {"ground": "nonsense", "applies": "no", "checked_on": "2025-05-06", "source": "x"}),
            ("review", {"expert": "", "score": "50"}),
            ("review", {"expert": "示例专家", "score": "500"}),
            ("decide", {"selected": "no", "reason": "", "version": "1"}),
            ("take_out", {"note": "", "version": "1"}),
        ],
    )
    def test_what_cannot_be_kept_is_said_and_nothing_is_lost(
        self, app: Flask, people: SimpleNamespace, login: Login, what: str, fields: dict[str, str]
    ) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            found = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
            services.close_recommendation(batch, by=people.editor)
            answer = login(people.editor).post(f"/desk/batches/{batch.id}/candidates/{found.id}/{what}", data=fields)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert queries.batch(batch.id).candidates[0].state is CandidateState.RECOMMENDED

    def test_a_file_that_is_no_list_is_refused_in_words(
        self, app: Flask, people: SimpleNamespace, login: Login
    ) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            answer = login(people.lhasa_officer).post(
                f"/desk/batches/{batch.id}/candidates/import", data={"file": (io.BytesIO(b"\x00\x01\x02"), "a.xlsx")}
            )
        assert answer.status_code == 422
        assert "无法读取此文件" in answer.text

    def test_bad_rows_are_named_and_nothing_is_kept(self, app: Flask, people: SimpleNamespace, login: Login) -> None:
        file = csv_bytes(("日喀则甲示例有限公司", "绿色工厂", "日喀则市"), headings=HEADINGS)
        with at(SPRING):
            batch = opened(people.editor)
            page = sent(
                login(people.lhasa_officer),
                f"/desk/batches/{batch.id}/candidates/import",
                file=(io.BytesIO(file), "list.csv"),
            )
        assert "该单位属于其他主管部门。" in page
        assert queries.batch(batch.id).candidates == []


def test_agencies_that_lack_the_basic_conditions_are_kept_at_the_desk(
    app: Flask, people: SimpleNamespace, login: Login, listed: Callable[..., object]
) -> None:
    listed("拉萨甲示例有限公司", agency="示例评价中心")
    with at(SPRING):
        browser = login(people.editor)
        refused = browser.post(
            "/desk/batches/agencies", data={"agency": "谁也不是", "found_on": "2025-05-06", "source": "x"}
        )
        assert refused.status_code == 422
        sent(browser, "/desk/batches/agencies", agency="示例评价中心", found_on="2025-05-06", source=LETTER)
        (finding,) = queries.findings()
        sent(browser, f"/desk/batches/agencies/{finding.id}/lift")
        assert browser.post("/desk/batches/agencies/99/lift").status_code == 404
    assert queries.findings()[0].lifted_on == SPRING


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_the_statutory_dates_and_open_windows_can_be_subscribed_to(
    app: Flask, client: FlaskClient, people: SimpleNamespace, lang: str
) -> None:
    publicised(people, "拉萨甲示例有限公司")
    with at(NOTICE_DAY):
        answer = client.get(f"/{lang}/calendar.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    lines = answer.get_data().split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    days = set(re.findall(r"DTSTART;VALUE=DATE:(\d+)", answer.text))
    assert {"20250630", "20250731", "20260630", "20250711"} <= days
    assert date(2025, 4, 5).strftime("%Y%m%d") in days


@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_every_page_of_the_desk_answers_in_every_language(
    app: Flask, people: SimpleNamespace, login: Login, language: str
) -> None:
    batch = publicised(people, "拉萨甲示例有限公司")
    with at(NOTICE_DAY):
        browser = login(people.editor)
        browser.post(f"/desk/language/{language}", data={"next": "/desk/"})
        for path in ("", f"{batch.id}", f"{batch.id}/candidates/{batch.candidates[0].id}", "agencies"):
            answer = browser.get(f"/desk/batches/{path}")
            assert answer.status_code == 200
            assert answer.text.count("<h1") == 1
