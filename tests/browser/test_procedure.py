"""The branches of a complaint's way in a real browser: findings, an order that the unit answers, and a review."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page

from portal.authorities import queries as authorities
from portal.authorities import services as accounts
from portal.authorities.rules import Role
from portal.complaints import services
from portal.complaints.respondents import Respondent
from portal.complaints.rules import ProblemKind
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import IdType
from portal.register.cleaning import name_key
from portal.register.models import Unit
from tests.browser.conftest import DESKTOP, PASSWORD, PHONE
from tests.browser.people import SEND, act, follow

pytestmark = pytest.mark.browser

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
STATEMENTS = {
    "zh": "样本举报：该单位所报用电数据与现场电表读数不一致，附照片为证。",
    "bo": "དཔེ་མཚོན་ཞུ་གཏུག བཟོ་གྲྭའི་གློག་གི་གྲངས་ཀ་དངོས་ཡོད་དང་མི་མཐུན། འདྲ་པར་བརྒྱབ་ཡོད།",
}
PICTURE = {"name": "照片.png", "mimeType": "image/png", "buffer": PNG}


@pytest.fixture
def case(live, lang) -> SimpleNamespace:
    """A complaint against a sample unit of Lhasa, just received; its receipt number and secret."""
    with live.app.app_context():
        lhasa = authorities.authority_by_code("lhasa")
        assert lhasa is not None
        name = f"样本整改{lang}建材有限公司"
        with transaction():
            unit = Unit(name=name, name_key=name_key(name), authority_id=lhasa.id, province="西藏", is_sample=True)
            db.session.add(unit)
        content = Content(
            statement=STATEMENTS[lang],
            identity=Identity("样本举报人", IdType.RESIDENT_ID, "11010519491231002X", email="sample@portal.test"),
            is_sample=True,
            files=[("照片.png", io.BytesIO(PNG))],
        )
        filing = services.Filing(Respondent(name, unit), ProblemKind.FALSE_DATA, content)
        taken = services.file_complaint(filing, services.new_token())
        found = SimpleNamespace(id=taken.filing.id, receipt=taken.filing.receipt, secret=taken.secret)
        db.session.remove()
    return found


@pytest.fixture
def second_determiner(live, staff) -> str:
    """Another determiner, for the review."""
    staff(Role.DEPARTMENT_DETERMINER)
    email = "second.determiner@portal.test"
    with live.app.app_context():
        if authorities.person_by_email(email) is None:
            roles = {Role.DEPARTMENT_DETERMINER}
            accounts.create_account(email, "样本核定员乙", authorities.department(), roles, PASSWORD)
        db.session.remove()
    return email


@pytest.fixture
def at_desk(live, lang, open_page, log_in) -> Callable[[str, str], Page]:
    """A member of staff at a page of the desk, in the language of the test."""

    def at(email: str, path: str) -> Page:
        page = open_page(DESKTOP, lang)
        log_in(page, email)
        page.locator(f"button[formaction$='/{lang}']").click()
        page.wait_for_selector(f"button[formaction$='/{lang}'][aria-current]")
        page.goto(live.address(path))
        return page

    return at


def findings_reported(officer: Page, sound: Callable[[Page, str], None]) -> None:
    """The officer lists what is alleged, takes more time, goes there, and finds on each point."""
    act(officer, "accept", allegations="电表读数不实\n台账缺失")
    act(officer, "extend", note="须等待检测结果（样本）。")
    officer.locator("#act-record_on_site summary").click()
    officer.locator("#act-record_on_site [name=files]").set_input_files(PICTURE)
    today = clock.today().isoformat()
    act(officer, "record_on_site", visited_on=today, place="样本厂区东门", participants="样本检查员", note="读数不同")
    assert officer.locator(".timeline >> text=样本厂区东门").count() == 1
    officer.locator("#act-report summary").click()
    sound(officer, "report")
    for item in officer.locator("#act-report fieldset").all():
        item.locator("select").select_option("substantiated")
        item.locator("textarea").fill("现场读数与所报不同（样本）。")
    act(officer, "report", note="核实报告（样本）")


def order_printed(determiner: Page, sound: Callable[[Page, str], None]) -> tuple[str, str]:
    """The determiner orders rectification and prints the unit's letter: its number and its secret."""
    sound(determiner, "reported")
    day = (clock.today() + timedelta(days=60)).isoformat()
    act(
        determiner,
        "order_rectification",
        rectify_by=day,
        measures="请更正电表读数（样本）。",
        note="责令整改（样本）。",
    )
    determiner.locator("#act-print_order summary").click()
    determiner.locator("#act-print_order button").click()
    determiner.wait_for_selector("[data-order-secret]")
    sound(determiner, "letter")
    return (
        determiner.locator("[data-order-number]").inner_text(),
        determiner.locator("[data-order-secret]").inner_text(),
    )


def unit_answers(unit: Page, order: tuple[str, str]) -> None:
    """The unit answers, without scripts."""
    number, secret = order
    unit.locator("main [name=receipt]").fill(number)
    unit.locator("main [name=secret]").fill(secret)
    unit.locator(f"main form {SEND}").click()
    unit.wait_for_selector("[data-order=open]")
    unit.locator("#answer [name=text]").fill("已更正（样本）。")
    unit.locator("#answer [name=evidence]").set_input_files(PICTURE)
    unit.locator(f"#answer {SEND}").click()
    unit.wait_for_selector("[data-order=answered]")


def test_from_findings_to_an_order_its_answer_and_a_review(
    live, lang, open_page, case, staff, second_determiner, at_desk, sound
):
    officer = at_desk(staff(Role.PREFECTURE_OFFICER, "lhasa"), f"/desk/verification/{case.id}")
    findings_reported(officer, sound)
    determiner = at_desk(staff(Role.DEPARTMENT_DETERMINER), f"/desk/determination/{case.id}")
    order = order_printed(determiner, sound)

    unit = open_page(PHONE, lang, scripts=False)
    unit.goto(live.address(f"/{lang}/rectification/"))
    unit_answers(unit, order)
    assert STATEMENTS[lang] not in unit.content()
    assert case.receipt not in unit.content()

    # The officer rechecks and confirms; the complainant is not content.
    officer.goto(live.address(f"/desk/verification/{case.id}"))
    assert officer.locator("text=已更正（样本）。").count() == 1
    act(officer, "confirm_rectification", note="整改完成（样本）。")
    citizen = open_page(PHONE, lang)
    citizen.goto(live.address(f"/{lang}/complaints/status"))
    citizen.locator("main [name=receipt]").fill(case.receipt)
    citizen.locator("main [name=secret]").fill(case.secret)
    citizen.locator(f"main form {SEND}").first.click()
    citizen.wait_for_selector("[data-status=closed]")
    assert "已更正（样本）。" not in citizen.content()
    sound(citizen, "closed")
    citizen.locator("#review [name=reasons]").fill("读数仍不一致（样本）。")
    follow(citizen, citizen.locator(f"#review {SEND}"))
    assert citizen.locator("[data-status=outcome_under_review]").count() == 1

    # Whoever decided cannot review; a colleague upholds.
    determiner.goto(live.address(f"/desk/determination/{case.id}"))
    assert determiner.locator("#act-uphold").count() == 0
    second = at_desk(second_determiner, f"/desk/determination/{case.id}")
    sound(second, "review")
    act(second, "uphold", note="维持原决定（样本）。")
    citizen.reload()
    assert citizen.locator("text=维持原决定（样本）。").count() == 1
    assert citizen.locator("#review").count() == 0
