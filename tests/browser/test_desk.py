"""The officers' desk in a real browser: keys, boxes, templates, and the same without scripts."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.authorities import queries
from portal.authorities.rules import Role
from portal.complaints import services
from portal.complaints.handling import services as handling
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.complaints.rules import ProblemKind
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.foundation.database import db
from portal.foundation.identifiers import IdType
from portal.foundation.languages import Language, Localized
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser

WORDS = Localized(zh="请补充证明材料。", bo="དཔང་རྟགས་ཁ་གསབ་གནང་རོགས།")
STATEMENT = "样本举报：该单位所报数据与现场不一致，附照片为证。"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture(scope="module")
def desk(live, staff) -> list[int]:
    """Three complaints at Lhasa, two officers, and one template; the numbers of the complaints."""
    email = staff(Role.PREFECTURE_OFFICER, "lhasa")
    with live.app.app_context():
        lhasa = queries.authority_by_code("lhasa")
        assert lhasa is not None
        officer = queries.person_by_email(email)
        assert officer is not None
        handling.save_template(None, "补充", WORDS, by=officer)
        numbers = []
        for language in (Language.BO, Language.ZH, Language.ZH):
            identity = Identity("样本举报人", IdType.RESIDENT_ID, "11010519491231002X", phone="+8613800138000")
            files = [("样本.png", io.BytesIO(PNG))]
            content = Content(STATEMENT, identity, language=language, is_sample=True, files=files)
            filing = services.Filing(Respondent("样本拉萨绿色建材有限公司"), ProblemKind.FALSE_DATA, content)
            case = services.file_complaint(filing, services.new_token()).filing
            numbers.append(case.id)
        for case in db.session.query(Case):
            case.authority_id = lhasa.id
        db.session.commit()
        db.session.remove()
    return numbers


@pytest.fixture
def at_desk(open_page, log_in, staff) -> Callable[..., Page]:
    """A page of the officer of Lhasa."""

    def make(viewport: dict[str, int] = DESKTOP, lang: str = "zh", *, scripts: bool = True) -> Page:
        page = open_page(viewport, lang, scripts=scripts)
        log_in(page, staff(Role.PREFECTURE_OFFICER, "lhasa"))
        page.locator(f"button[formaction$='/{lang}']").click()
        page.wait_for_selector(f"button[formaction$='/{lang}'][aria-current]")
        return page

    return make


def test_the_queue_is_worked_with_keys_alone(desk, at_desk, lang, axe, fits, shoot):
    page = at_desk(lang=lang)
    page.goto("/desk/verification/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(1)
    expect(page.locator("tbody tr").first).to_have_class("here chosen")
    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    fits(page)
    axe(page)
    shoot(page, f"queue-{lang}")
    page.keyboard.press("/")
    page.keyboard.type("jx")
    expect(page.locator("[data-filter]")).to_have_value("jx")
    expect(page.locator("tbody input:checked")).to_have_count(1)
    page.locator("[data-filter]").blur()
    page.keyboard.press("o")
    page.wait_for_selector("#notes")
    assert page.url.rsplit("/", 1)[1] in {str(number) for number in desk}


def test_a_template_goes_into_the_field_and_keeps_what_stands_there(desk, at_desk):
    page = at_desk()
    page.goto(f"/desk/verification/{desk[0]}")
    page.locator("[name=act]").select_option("request_supplement")
    field = page.locator("#request_supplement-note")
    page.locator("[data-templates] button").click()
    expect(field).to_be_visible()
    expect(field).to_have_value(WORDS.bo)
    field.fill("先写的话")
    page.locator("[data-templates] button").click()
    expect(field).to_have_value(f"先写的话\n\n{WORDS.bo}")


def test_without_scripts_a_template_and_an_assignment_work_all_the_same(desk, at_desk, lang, fits):
    page = at_desk(PHONE, lang, scripts=False)
    page.goto(f"/desk/verification/{desk[1]}")
    fits(page)
    page.locator("[name=act]").select_option("request_supplement")
    page.locator("[data-templates] button").click()
    expect(page.locator("#request_supplement-note")).to_have_value(WORDS.zh)
    page.goto("/desk/verification/?whose=nobody")
    fits(page)
    boxes = page.locator("tbody input[type=checkbox]")
    if boxes.count():
        boxes.first.check()
        page.locator(".queue-bulk select").select_option(index=1)
        page.locator(".queue-bulk button").click()
        page.wait_for_url("**whose=nobody*")
    expect(page.locator("[data-keys]")).to_be_hidden()


def test_the_case_page_shuts_nobody_out(desk, at_desk, lang, axe, fits, shoot):
    page = at_desk(PHONE, lang)
    page.goto(f"/desk/verification/{desk[2]}")
    for fold in page.locator("details.act > summary").all():
        fold.click()
    fits(page)
    axe(page)
    shoot(page, f"case-{lang}")
    page.goto("/desk/verification/templates")
    fits(page)
    axe(page)
