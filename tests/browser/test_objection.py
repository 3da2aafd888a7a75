"""An objection's whole way in a real browser: from the notice's table to the decision that the objector reads."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page

from portal.authorities import queries as authorities
from portal.authorities.rules import Role
from portal.foundation.database import db
from portal.register.batches import queries, services
from tests.browser.conftest import DESKTOP
from tests.register.rounds import consulted, examined, opened, published, recommended

pytestmark = pytest.mark.browser

NAMES = ("样本拉萨绿色建材有限公司", "样本拉萨饮用水有限公司")
STATEMENTS = {
    "zh": "样本异议：该单位近三年曾被列入节能监察整改名单，附通知照片为证。",
    "bo": "དཔེ་མཚོན་མི་འཐད་པའི་བསམ་འཆར། བཟོ་གྲྭའི་བཙོག་ཆུ་གཙང་པོར་བཏང་འདུག འདྲ་པར་བརྒྱབ་ཡོད།",
}
OBJECTORS = {"zh": "样本异议人", "bo": "དཔེ་མཚོན་སྐལ་བཟང"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture(scope="module")
def open_notice(live, staff) -> SimpleNamespace:
    """A notice with two sample candidates, published today: its address, and the candidates' ids."""
    emails = {
        "editor": staff(Role.DEPARTMENT_EDITOR),
        "reviewer": staff(Role.DEPARTMENT_REVIEWER),
        "officer": staff(Role.PREFECTURE_OFFICER, "lhasa"),
    }
    with live.app.app_context():
        people = SimpleNamespace(**{name: authorities.person_by_email(email) for name, email in emails.items()})
        batch = opened(people.editor, year=2024)
        found = [recommended(batch, name, people.officer, is_sample=True) for name in NAMES]
        services.close_recommendation(batch, by=people.editor)
        for candidate in found:
            examined(candidate, people.editor)
        consulted(batch, people.editor)
        published(services.open_publicity(batch, by=people.editor), people)
        batch = queries.batch(batch.id)
        assert batch.notice is not None
        made = SimpleNamespace(slug=batch.notice.slug, refs=[item.public_id for item in batch.candidates])
        db.session.remove()
    return made


@pytest.fixture
def sound(axe, fits, shoot) -> Callable[[Page, str], None]:
    """A page that shuts nobody out, fits its screen, and is kept as a picture where one is wanted."""

    def check(page: Page, name: str) -> None:
        fits(page)
        axe(page)
        shoot(page, name)

    return check


def fill(page: Page, lang: str) -> None:
    page.locator("[name=statement]").fill(STATEMENTS[lang])
    page.locator("[name=evidence]").set_input_files({"name": "照片.png", "mimeType": "image/png", "buffer": PNG})
    page.locator("[name=name]").fill(OBJECTORS[lang])
    page.locator("[name=id_number]").fill("11010519491231002X")
    page.locator("[name=phone]").fill("13800138000")
    page.locator("[name=consent]").check()


def do(page: Page, act: str, **fields: str) -> None:
    """Open an act of the objection's page, fill it in, and do it."""
    form = page.locator(f"form[action$='/{act}']")
    form.locator("xpath=..").locator("summary").click()
    form.locator("[name=note]").fill("样本说明")
    for name, value in fields.items():
        form.locator(f"[name={name}]").select_option(value)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()
    assert page.locator("[role=alert]").count() == 0


def test_an_objection_from_the_notice_to_the_decision(live, screen, open_page, lang, open_notice, staff, log_in, sound):
    # Whoever reads the notice objects to a candidate of its table.
    screen.goto(live.address(f"/{lang}/publicity/{open_notice.slug}"))
    sound(screen, "notice")
    screen.locator(f"a[href*='candidate={open_notice.refs[0]}']").click()
    screen.wait_for_load_state()
    sound(screen, "form")
    fill(screen, lang)
    screen.locator("main form[method=post] button[type=submit]").click()
    screen.wait_for_selector("[data-receipt]")
    receipt = screen.locator("[data-receipt]").inner_text()
    secret = screen.locator("[data-secret]").inner_text()
    sound(screen, "receipt")

    # The department asks for a supplement.
    desk = open_page(screen.viewport_size, lang)
    log_in(desk, staff(Role.DEPARTMENT_DETERMINER))
    desk.locator(f"button[formaction$='/{lang}']").click()
    desk.goto(live.address("/desk/objections/"))
    sound(desk, "queue")
    desk.locator("tbody a", has_text=receipt).click()
    desk.wait_for_load_state()
    assert OBJECTORS[lang] not in desk.content()
    sound(desk, "case")
    do(desk, "request_supplement")

    # The objector sends it, with receipt number and secret.
    screen.goto(live.address(f"/{lang}/objections/status"))
    sound(screen, "ask")
    screen.locator("[name=receipt]").fill(receipt)
    screen.locator("[name=secret]").fill(secret)
    screen.locator("main form[method=post] button[type=submit]").click()
    screen.wait_for_selector("[data-status=supplement_requested]")
    sound(screen, "asked")
    screen.locator("[name=text]").fill(STATEMENTS[lang])
    screen.locator("#reply button[type=submit]").click()
    screen.wait_for_selector("[data-status=filed]")

    # The department upholds it, and the objector reads so.
    desk.reload()
    do(desk, "sustain", ground="energy_rectification")
    sound(desk, "decided")
    screen.reload()
    screen.wait_for_selector("[data-status=sustained]")
    assert STATEMENTS[lang] in screen.locator("main").inner_text()
    sound(screen, "result")


def test_the_form_says_what_is_wrong_and_keeps_the_rest(live, screen, lang, open_notice, sound):
    screen.goto(live.address(f"/{lang}/objections/new?candidate={open_notice.refs[1]}"))
    fill(screen, lang)
    screen.locator("[name=id_number]").fill("110105194912310021")
    screen.locator("main form[method=post] button[type=submit]").click()
    screen.wait_for_selector("#errors")
    assert screen.locator("#errors a[href='#id_number']").is_visible()
    assert screen.locator("[name=statement]").input_value() == STATEMENTS[lang]
    sound(screen, "errors")


def test_the_page_without_a_candidate_leads_to_the_notice(live, screen, lang, open_notice, sound):
    screen.goto(live.address(f"/{lang}/objections/new"))
    sound(screen, "nobody")
    assert screen.locator(f"main a[href$='/publicity/{open_notice.slug}']").count() >= 1


def test_an_objection_can_be_filed_without_scripts(live, open_page, open_notice):
    page = open_page(DESKTOP, "zh", scripts=False)
    page.goto(live.address(f"/zh/objections/new?candidate={open_notice.refs[1]}"))
    fill(page, "zh")
    page.locator("main form[method=post] button[type=submit]").click()
    assert page.locator("[data-secret]").inner_text()
