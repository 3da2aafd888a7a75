"""A complaint's whole way in a real browser: filed, accepted, verified, reported, determined, closed, read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from portal.authorities import queries
from portal.authorities.rules import Role
from portal.foundation.database import db, transaction
from portal.register.cleaning import name_key
from portal.register.models import ListEntry, Unit
from portal.register.rules import Category, Level

pytestmark = pytest.mark.browser

UNIT = "样本拉萨绿色建材有限公司"
STATEMENTS = {
    "zh": "样本举报：该单位所报用电数据与现场电表读数不一致，附照片为证。",
    "bo": "དཔེ་མཚོན་ཞུ་གཏུག བཟོ་གྲྭའི་བཙོག་ཆུ་གཙང་པོར་བཏང་འདུག འདྲ་པར་བརྒྱབ་ཡོད།",
}
NAMES = {"zh": "样本举报人", "bo": "དཔེ་མཚོན་སྐལ་བཟང"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture(scope="module")
def sample_unit(live) -> str:
    """A sample unit of Lhasa; its public id."""
    with live.app.app_context():
        with transaction():
            lhasa = queries.authority_by_code("lhasa")
            assert lhasa is not None
            unit = Unit(
                name=UNIT,
                name_key=name_key(UNIT),
                authority_id=lhasa.id,
                province="西藏",
                prefecture="拉萨市",
                is_sample=True,
            )
            unit.entries.append(ListEntry(category=Category.FACTORY, level=Level.REGIONAL, year=2024))
            db.session.add(unit)
        public_id = unit.public_id
        db.session.remove()
    return public_id


@pytest.fixture
def sound(axe, fits, shoot) -> Callable[[Page, str], None]:
    """A page that shuts nobody out, fits its screen, and is kept as a picture where one is wanted."""

    def check(page: Page, name: str) -> None:
        fits(page)
        axe(page)
        shoot(page, name)

    return check


def go_on(page: Page) -> None:
    """To the next step."""
    page.locator("button[name=go][value=next]").click()
    page.wait_for_load_state()


def walk(page: Page, lang: str, look: Callable[[str], None] = lambda _name: None, *, scripts: bool = True) -> None:
    """From the second step of the guided form to the look at all of it."""
    page.locator("[name=problem_kind][value=false_data]").check()
    page.locator("[name=statement]").fill(STATEMENTS[lang])
    look("what")
    go_on(page)
    page.locator("[name=evidence]").set_input_files({"name": "照片.png", "mimeType": "image/png", "buffer": PNG})
    if scripts:
        # A chosen file is sent at once; the page shows it when it has arrived.
        page.wait_for_selector("[data-draft-files] li")
    look("material")
    go_on(page)
    page.locator("[name=name]").fill(NAMES[lang])
    page.locator("[name=id_number]").fill("11010519491231002X")
    page.locator("[name=phone]").fill("13800138000")
    look("who")
    go_on(page)
    page.wait_for_selector(".sides")


def fill(page: Page, lang: str) -> None:
    page.locator("[name=problem_kind][value=false_data]").check()
    page.locator("[name=statement]").fill(STATEMENTS[lang])
    page.locator("[name=evidence]").set_input_files({"name": "照片.png", "mimeType": "image/png", "buffer": PNG})
    page.locator("[name=name]").fill(NAMES[lang])
    page.locator("[name=id_number]").fill("11010519491231002X")
    page.locator("[name=phone]").fill("13800138000")
    page.locator("[name=consent]").check()


def do(page: Page, act: str, **fields: str) -> None:
    """Open an act of the case's page, fill it in, and do it."""
    form = page.locator(f"form[action$='/{act}']")
    form.locator("xpath=..").locator("summary").click()
    form.locator("[name=note]").fill("样本说明")
    for judged in form.locator("select[name^=finding-]").all():
        judged.select_option("not_substantiated")
    for grounds in form.locator("[name^=grounds-]").all():
        grounds.fill("样本理由")
    for name, value in fields.items():
        form.locator(f"[name={name}]").select_option(value)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()
    assert page.locator("[role=alert]").count() == 0


def test_a_complaint_from_filing_to_result(live, screen, open_page, lang, sample_unit, staff, log_in, sound):
    # The citizen finds the unit by a part of its name and files.
    screen.goto(live.address(f"/{lang}/complaints/"))
    sound(screen, "guidance")
    screen.goto(live.address(f"/{lang}/complaints/new"))
    screen.locator("[name=find]").fill("绿色建材")
    screen.locator("[name=find]").press("Enter")
    screen.wait_for_load_state()
    screen.locator(f"a[href*='respondent={sample_unit}']").click()
    screen.wait_for_selector("[data-chosen]")
    sound(screen, "whom")
    screen.locator("form[action$='/new/whom'] button[type=submit]").click()
    screen.wait_for_selector("[name=statement]")
    walk(screen, lang, lambda name: sound(screen, name))
    sound(screen, "look")
    screen.locator("[name=consent]").check()
    go_on(screen)
    screen.wait_for_selector("[data-receipt]")
    receipt = screen.locator("[data-receipt]").inner_text()
    secret = screen.locator("[data-secret]").inner_text()
    sound(screen, "receipt")

    # The officer of Lhasa accepts, verifies and reports.
    desk = open_page(screen.viewport_size, lang)
    log_in(desk, staff(Role.PREFECTURE_OFFICER, "lhasa"))
    desk.locator(f"button[formaction$='/{lang}']").click()
    desk.goto(live.address("/desk/verification/"))
    sound(desk, "queue")
    desk.locator("tbody a", has_text=receipt).click()
    desk.wait_for_load_state()
    assert NAMES[lang] not in desk.content()
    sound(desk, "case")
    do(desk, "accept")
    do(desk, "verify")
    do(desk, "report")

    # Another person, at the department, determines and closes.
    department = open_page(screen.viewport_size, lang)
    log_in(department, staff(Role.DEPARTMENT_DETERMINER))
    department.locator(f"button[formaction$='/{lang}']").click()
    department.goto(live.address("/desk/determination/"))
    department.locator("tbody a", has_text=receipt).click()
    department.wait_for_load_state()
    do(department, "find_unsubstantiated")
    do(department, "close")
    sound(department, "closed")

    # The citizen reads the result with receipt number and secret.
    screen.goto(live.address(f"/{lang}/complaints/status"))
    sound(screen, "ask")
    screen.locator("[name=receipt]").fill(receipt)
    screen.locator("[name=secret]").fill(secret)
    screen.locator("form[method=post] button[type=submit]").click()
    screen.wait_for_selector("[data-status=closed]")
    assert STATEMENTS[lang] in screen.locator("main").inner_text()
    sound(screen, "result")


def test_the_form_says_what_is_wrong_and_keeps_the_rest(live, screen, lang, sample_unit, sound):
    screen.goto(live.address(f"/{lang}/complaints/new?all=1&respondent={sample_unit}"))
    fill(screen, lang)
    screen.locator("[name=id_number]").fill("110105194912310021")
    screen.locator("form[enctype] button[type=submit]").click()
    screen.wait_for_selector("#errors")
    assert screen.locator("#errors a[href='#id_number']").is_visible()
    assert screen.locator("[name=statement]").input_value() == STATEMENTS[lang]
    sound(screen, "errors")


@pytest.mark.parametrize("language", ["zh", "bo"])
def test_a_complaint_can_be_filed_without_scripts(live, open_page, sample_unit, language):
    page = open_page({"width": 390, "height": 844}, language, scripts=False)
    page.goto(live.address(f"/{language}/complaints/new?respondent={sample_unit}"))
    page.locator("form[action$='/new/whom'] button[type=submit]").click()
    walk(page, language, scripts=False)
    assert STATEMENTS[language] in page.locator("main").inner_text()
    page.locator("[name=consent]").check()
    go_on(page)
    assert page.locator("[data-secret]").first.inner_text()


def test_everything_on_one_page_files_too(live, open_page, sample_unit):
    page = open_page({"width": 390, "height": 844}, "zh", scripts=False)
    page.goto(live.address(f"/zh/complaints/new?all=1&respondent={sample_unit}"))
    fill(page, "zh")
    page.locator("form[enctype] button[type=submit]").click()
    assert page.locator("[data-secret]").first.inner_text()


def test_a_draft_goes_on_on_another_device(live, open_page, sample_unit, lang):
    phone = open_page({"width": 390, "height": 844}, lang)
    phone.goto(live.address(f"/{lang}/complaints/new?respondent={sample_unit}"))
    phone.locator("form[action$='/new/whom'] button[type=submit]").click()
    phone.locator("[name=statement]").fill(STATEMENTS[lang])
    phone.locator("button[name=go][value=stop]").click()
    code = phone.locator("[data-resume]").inner_text()
    phone.wait_for_load_state()
    kept = phone.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert code not in kept
    assert STATEMENTS[lang] not in kept

    other = open_page({"width": 1280, "height": 900}, lang)
    other.goto(live.address(f"/{lang}/complaints/new/resume"))
    other.locator("[name=code]").fill(code.lower())
    other.locator("main button[type=submit]").click()
    other.wait_for_selector("[name=statement]")
    assert other.locator("[name=statement]").input_value() == STATEMENTS[lang]


def test_a_letter_is_entered_at_the_counter(live, open_page, lang, sample_unit, staff, log_in, sound):
    desk = open_page({"width": 1280, "height": 900}, lang)
    log_in(desk, staff(Role.PREFECTURE_OFFICER, "lhasa"))
    desk.locator(f"button[formaction$='/{lang}']").click()
    desk.goto(live.address(f"/desk/verification/counter?respondent={sample_unit}"))
    sound(desk, "counter")
    desk.locator(f"[name=language][value={lang}]").check()
    fill(desk, lang)
    desk.locator("form.counter button[type=submit]").click()
    desk.wait_for_selector("[data-secret]")
    assert desk.locator("html").get_attribute("lang").startswith(lang)
    sound(desk, "counter-receipt")
