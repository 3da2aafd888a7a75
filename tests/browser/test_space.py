"""An enterprise's space in a real browser: what is due, an order answered, a change stated and confirmed by the authority."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from portal.authorities import queries, services
from portal.authorities.rules import Role
from portal.complaints import services as complaints
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, Finding, ProblemKind
from portal.credentials.members import services as members
from portal.credentials.members.rules import MemberRole
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import IdType
from portal.foundation.languages import Language
from portal.register.models import Unit
from tests.browser.conftest import DESKTOP, PASSWORD
from tests.browser.people import act, fill, follow, row
from tests.samples import list_unit

pytestmark = pytest.mark.browser

NAME, NEW_NAME = "样本拉萨绿色建材有限公司", "样本拉萨高原绿色建材有限公司"
MEASURES = "请更正用电数据，并提交电表读数照片（样本）。"
ANSWER = "བཅོས་སྒྲིག་བྱས་ཟིན། 已更正并附照片（样本）。"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PICTURE = {"name": "新读数.png", "mimeType": "image/png", "buffer": PNG}


@pytest.fixture(scope="module")
def officer(staff) -> str:
    return staff(Role.PREFECTURE_OFFICER, "lhasa")


def prepare(live, staff, officer: str, lang: str) -> str:
    """A listed unit with an order given to it and one person who speaks for it; the person's address."""
    determiner = staff(Role.DEPARTMENT_DETERMINER)
    email = f"enterprise.{lang}@portal.test"
    with live.app.app_context():
        name = f"{NAME}{lang}"
        list_unit(name)
        unit = db.session.query(Unit).filter_by(name=name).one()
        lhasa, by = queries.authority_by_code("lhasa"), queries.person_by_email(officer)
        assert lhasa is not None
        assert by is not None
        person = services.create_account(email, "样本企业人员", lhasa, {Role.ENTERPRISE}, PASSWORD)
        members.admit(unit, person, MemberRole.OWNER)
        with transaction():
            person.language = by.language = Language(lang)
        identity = Identity("样本举报人", IdType.RESIDENT_ID, "11010519491231002X", phone="+8613800138000")
        content = Content("样本举报：该单位所报数据与现场不一致，附照片为证。", identity, is_sample=True)
        filing = complaints.Filing(Respondent(name, unit), ProblemKind.FALSE_DATA, content)
        case = complaints.file_complaint(filing, complaints.new_token()).filing
        ordered = {"rectify_by": clock.today() + timedelta(days=30), "measures": MEASURES}
        for what, who, facts in (
            (CaseAct.ACCEPT, officer, {}),
            (CaseAct.VERIFY, officer, {}),
            (CaseAct.REPORT, officer, {"finding": Finding.SUBSTANTIATED}),
            (CaseAct.ORDER_RECTIFICATION, determiner, ordered),
        ):
            db.session.refresh(case)
            told = complaints.Instruction(version=case.version, note="说明", **facts)
            complaints.act(case.id, what, told, by=queries.person_by_email(who))
        db.session.remove()
    return email


def test_a_unit_answers_its_order_and_states_a_change(live, staff, officer, open_page, log_in, sound, lang, size):
    email = prepare(live, staff, officer, lang)
    page = open_page(size, lang)
    page.goto("/my/")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form [type=submit]").first.click()
    page.goto("/my/")
    follow(page, page.locator("nav a[href$='/duties']"))
    sound(page, "duties")

    follow(page, page.locator("a[href*='/duties/rectification/']"))
    expect(page.get_by_text(MEASURES)).to_be_visible()
    sound(page, "order")
    form = page.locator("#answer form")
    fill(form, text=ANSWER)
    form.locator("[name=evidence]").set_input_files(PICTURE)
    follow(page, form.locator("[type=submit]"))
    expect(page.locator("[data-order=answered]")).to_be_visible()
    expect(page.get_by_text(PICTURE["name"])).to_be_visible()
    sound(page, "answered")

    page.locator("nav a[href$='/changes']").click()
    page.wait_for_url("**/changes")
    form = page.locator("main form[enctype]")
    form.locator("[type=submit]").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    sound(page, "change-refused")
    fill(form, kind="renamed", happened_on=date(2025, 3, 1).isoformat(), new_name=f"{NEW_NAME}{lang}")
    fill(form, text="名称经市场监督管理部门核准变更（样本）。")
    form.locator("[name=file]").set_input_files({**PICTURE, "name": "核准通知书.png"})
    follow(page, form.locator("[type=submit]"))
    expect(page.locator("[data-statement=stated]")).to_be_visible()
    sound(page, "stated")

    desk = open_page(DESKTOP, lang)
    log_in(desk, officer)
    desk.goto("/desk/changes/")
    sound(desk, "queue")
    follow(desk, row(desk, f"{NAME}{lang}").locator("a"))
    with desk.expect_download() as download:
        desk.get_by_text("核准通知书.png").click()
    assert download.value.path().read_bytes() == PNG
    desk.locator("details.act", has=desk.locator("[name=qualifies]")).locator("summary").click()
    desk.locator("[name=qualifies]").first.check()
    sound(desk, "statement")
    act(desk, "confirm")

    page.reload()
    expect(page.locator("[data-statement=confirmed]")).to_be_visible()
    page.goto(page.url.partition("/duties/")[0] + "/changes")
    sound(page, "changes")
