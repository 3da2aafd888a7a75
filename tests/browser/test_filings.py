"""Complaints and objections in a real browser, each on its whole way: filed, followed, handled, decided, read."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page

from portal.authorities import queries as authorities
from portal.authorities.rules import Role
from portal.foundation.database import db, transaction
from portal.register.batches import queries, services
from portal.register.cleaning import name_key
from portal.register.models import ListEntry, Unit
from portal.register.rules import Category, Level
from tests.browser import filing
from tests.browser.conftest import DESKTOP, PHONE
from tests.register.rounds import consulted, examined, opened, published, recommended

pytestmark = pytest.mark.browser

UNIT = "样本拉萨绿色建材有限公司"
#: Chinese at a desk, and Tibetan, whose words are longest, on a phone.
CANDIDATES = ("样本拉萨节能装备有限公司", "样本拉萨饮用水有限公司")


@pytest.fixture(scope="module")
def sample_unit(live) -> str:
    """A sample unit of Lhasa; its public id."""
    with live.app.app_context():
        with transaction():
            lhasa = authorities.authority_by_code("lhasa")
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
        found = [recommended(batch, name, people.officer, is_sample=True) for name in CANDIDATES]
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
def at_desk(open_page, size, lang, log_in, staff) -> Callable[..., Page]:
    """A page of the desk, for a member of staff in a browser of their own, at the size of the reader's screen."""

    def make(path: str, role: Role, authority: str = "department") -> Page:
        page = open_page(size, lang)
        log_in(page, staff(role, authority))
        page.locator(f"button[formaction$='/{lang}']").click()
        page.wait_for_selector(f"button[formaction$='/{lang}'][aria-current]")
        page.goto(path)
        return page

    return make


@pytest.fixture(params=["complaints", "objections"])
def one_piece(request, sample_unit, open_notice) -> str:
    """The form of each, with everything on one page: its address without the language."""
    about = {"complaints": f"all=1&respondent={sample_unit}", "objections": f"candidate={open_notice.refs[1]}"}
    return f"/{request.param}/new?{about[request.param]}"


def go_on(page: Page) -> None:
    """To the next step."""
    page.locator("button[name=go][value=next]").click()
    page.wait_for_load_state()


def walk(page: Page, lang: str, look: Callable[[str], None] = lambda _name: None, *, scripts: bool = True) -> None:
    """From the second step of the guided form to the look at all of it."""
    filing.state(page, lang)
    look("what")
    go_on(page)
    page.locator("[name=evidence]").set_input_files(filing.PHOTO)
    if scripts:
        # A chosen file is sent at once; the page shows it when it has arrived.
        page.wait_for_selector("[data-draft-files] li")
    look("material")
    go_on(page)
    filing.name(page, lang)
    look("who")
    go_on(page)
    page.wait_for_selector(".sides")


def test_a_complaint_from_filing_to_result(live, screen, lang, sample_unit, at_desk, sound):
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
    number, secret = filing.receipt(screen)
    sound(screen, "receipt")

    # The officer of Lhasa accepts, verifies and reports.
    desk = at_desk("/desk/verification/", Role.PREFECTURE_OFFICER, "lhasa")
    sound(desk, "queue")
    filing.find(desk, number)
    sound(desk, "case")
    filing.do(desk, "accept")
    filing.do(desk, "verify")
    filing.do(desk, "report")

    # Another person, at the department, determines and closes.
    department = at_desk("/desk/determination/", Role.DEPARTMENT_DETERMINER)
    filing.find(department, number)
    filing.do(department, "find_unsubstantiated")
    filing.do(department, "close")
    sound(department, "closed")

    # The citizen reads the result with receipt number and secret.
    screen.goto(live.address(f"/{lang}/complaints/status"))
    sound(screen, "ask")
    filing.follow(screen, number, secret)
    screen.wait_for_selector("[data-status=closed]")
    assert filing.STATEMENTS[lang] in screen.locator("main").inner_text()
    sound(screen, "result")


def test_an_objection_from_the_notice_to_the_decision(live, screen, lang, open_notice, at_desk, sound):
    # Whoever comes without a candidate is led to the notice, and objects to one of its table.
    screen.goto(live.address(f"/{lang}/objections/new"))
    sound(screen, "nobody")
    screen.locator(f"main a[href$='/publicity/{open_notice.slug}']").first.click()
    screen.wait_for_selector(f"a[href*='candidate={open_notice.refs[0]}']")
    sound(screen, "notice")
    screen.locator(f"a[href*='candidate={open_notice.refs[0]}']").click()
    screen.wait_for_selector("[name=statement]")
    sound(screen, "form")
    filing.fill(screen, lang)
    filing.send(screen)
    number, secret = filing.receipt(screen)
    sound(screen, "receipt")

    # The department asks for a supplement.
    desk = at_desk("/desk/objections/", Role.DEPARTMENT_DETERMINER)
    sound(desk, "queue")
    filing.find(desk, number)
    sound(desk, "case")
    filing.do(desk, "request_supplement")

    # The objector sends it, with receipt number and secret.
    screen.goto(live.address(f"/{lang}/objections/status"))
    sound(screen, "ask")
    filing.follow(screen, number, secret)
    screen.wait_for_selector("[data-status=supplement_requested]")
    sound(screen, "asked")
    screen.locator("[name=text]").fill(filing.STATEMENTS[lang])
    screen.locator("#reply button[type=submit]").click()
    screen.wait_for_selector("[data-status=filed]")

    # The department upholds it, and the objector reads so.
    desk.reload()
    filing.do(desk, "sustain", ground="energy_rectification")
    sound(desk, "decided")
    screen.reload()
    screen.wait_for_selector("[data-status=sustained]")
    assert filing.STATEMENTS[lang] in screen.locator("main").inner_text()
    sound(screen, "result")


def test_step_by_step_without_scripts(live, open_page, sample_unit):
    page = open_page(PHONE, "bo", scripts=False)
    page.goto(live.address(f"/bo/complaints/new?respondent={sample_unit}"))
    page.locator("form[action$='/new/whom'] button[type=submit]").click()
    walk(page, "bo", scripts=False)
    assert filing.STATEMENTS["bo"] in page.locator("main").inner_text()
    page.locator("[name=consent]").check()
    go_on(page)
    assert filing.receipt(page)


def test_a_draft_goes_on_on_another_device(live, open_page, sample_unit):
    phone = open_page(PHONE, "bo")
    phone.goto(live.address(f"/bo/complaints/new?respondent={sample_unit}"))
    phone.locator("form[action$='/new/whom'] button[type=submit]").click()
    phone.locator("[name=statement]").fill(filing.STATEMENTS["bo"])
    phone.locator("button[name=go][value=stop]").click()
    code = phone.locator("[data-resume]").inner_text()
    phone.wait_for_load_state()
    kept = phone.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert code not in kept
    assert filing.STATEMENTS["bo"] not in kept

    other = open_page(DESKTOP, "zh")
    other.goto(live.address("/zh/complaints/new/resume"))
    other.locator("[name=code]").fill(code.lower())
    other.locator("main button[type=submit]").click()
    other.wait_for_selector("[name=statement]")
    assert other.locator("[name=statement]").input_value() == filing.STATEMENTS["bo"]


def test_a_letter_is_entered_at_the_counter(sample_unit, at_desk, sound, screen, lang):
    address = f"/desk/verification/counter?respondent={sample_unit}"
    desk = at_desk(address, Role.PREFECTURE_OFFICER, "lhasa")
    sound(desk, "counter")
    desk.locator(f"[name=language][value={lang}]").check()
    filing.fill(desk, lang)
    filing.send(desk)
    filing.receipt(desk)
    assert desk.locator("html").get_attribute("lang").startswith(lang)
    sound(desk, "counter-receipt")


def test_the_form_says_what_is_wrong_and_keeps_the_rest(screen, lang, one_piece, sound):
    screen.goto(f"/{lang}{one_piece}")
    filing.fill(screen, lang)
    screen.locator("[name=id_number]").fill(filing.MISTYPED)
    filing.send(screen)
    screen.wait_for_selector("#errors")
    assert screen.locator("#errors a[href='#id_number']").is_visible()
    assert screen.locator("[name=statement]").input_value() == filing.STATEMENTS[lang]
    sound(screen, "errors")


def test_everything_on_one_page_files_without_scripts(open_page, one_piece):
    page = open_page(PHONE, "zh", scripts=False)
    page.goto(f"/zh{one_piece}")
    filing.fill(page, "zh")
    filing.send(page)
    assert filing.receipt(page)
