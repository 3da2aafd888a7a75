"""An officer leafs through the files of a case in a real browser: with keys, and with links alone."""

from __future__ import annotations

import io
import re

import pytest

from portal.authorities import queries
from portal.authorities.rules import Role
from portal.complaints import services
from portal.complaints.respondents import Respondent
from portal.complaints.rules import ProblemKind
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import IdType
from portal.register.cleaning import name_key
from portal.register.models import Unit
from tests.vault import files

pytestmark = pytest.mark.browser

UNIT = "样本拉萨绿色建材有限公司"


@pytest.fixture(scope="module")
def case_id(live):
    """A complaint with a photo, a PDF of three pages and a text."""
    sent = [
        ("样本照片.jpg", io.BytesIO(files.photo())),
        ("样本材料.pdf", io.BytesIO(files.pdf(pages=3))),
        ("样本记录.txt", io.BytesIO("样本记录：用电数据。\n".encode() * 200)),
    ]
    with live.app.test_request_context():
        lhasa = queries.authority_by_code("lhasa")
        with transaction():
            unit = Unit(name=UNIT, name_key=name_key(UNIT), authority_id=lhasa.id, province="西藏", is_sample=True)
            db.session.add(unit)
        identity = Identity("样本举报人", IdType.RESIDENT_ID, "11010519491231002X", phone="+8613800138000")
        content = Content(statement="样本举报：数据与电表读数不一致，附照片为证。", identity=identity, files=sent)
        wish = services.Filing(Respondent(unit.name, unit), ProblemKind.FALSE_DATA, content)
        found = services.file_complaint(wish, services.new_token()).filing.id
        db.session.remove()
    return found


def drawn(page):
    """Whether every picture on the page has come and was drawn."""
    return page.evaluate(
        "[...document.images].filter(i => i.src.includes('/evidence/')).every(i => i.complete && i.naturalWidth > 60)"
    )


def at_the_case(live, page, case_id, log_in, staff, lang):
    log_in(page, staff(Role.PREFECTURE_OFFICER, "lhasa"))
    page.locator(f"button[formaction$='/{lang}']").click()
    page.goto(live.address(f"/desk/verification/{case_id}"))


def test_files_are_leafed_through_with_keys(live, screen, lang, case_id, log_in, staff, axe, fits, shoot):
    at_the_case(live, screen, case_id, log_in, staff, lang)
    assert screen.locator(".file-picture").count() == 2
    for picture in screen.locator(".file-picture").all():
        picture.scroll_into_view_if_needed()
    screen.wait_for_load_state("networkidle")
    assert drawn(screen)
    fits(screen)
    axe(screen)
    shoot(screen, "case")
    screen.locator(".file-picture").nth(1).click()
    screen.wait_for_load_state("networkidle")
    assert drawn(screen)
    fits(screen)
    axe(screen)
    shoot(screen, "page")
    screen.keyboard.press("ArrowLeft")
    screen.keyboard.press("ArrowRight")
    screen.wait_for_url("**page=2")
    screen.keyboard.press("ArrowRight")
    screen.wait_for_url("**page=3")
    screen.keyboard.press("ArrowLeft")
    screen.wait_for_url("**page=2")
    screen.keyboard.press("Escape")
    screen.wait_for_url(re.compile(rf"/verification/{case_id}$"))
    screen.locator(".files a[href$='/look']").last.click()
    screen.wait_for_selector(".look-text")
    fits(screen)
    axe(screen)
    shoot(screen, "text")


def test_files_are_leafed_through_without_scripts(live, open_page, case_id, log_in, staff):
    page = open_page({"width": 1280, "height": 900}, "bo", scripts=False)
    at_the_case(live, page, case_id, log_in, staff, "bo")
    page.locator(".file-picture").nth(1).click()
    page.locator("[rel=next]").click()
    page.locator("[rel=next]").click()
    assert page.url.endswith("page=3")
    assert page.locator("[rel=next]").count() == 0
    page.locator("[data-look-back]").click()
    assert page.url.endswith(f"/verification/{case_id}")
