"""A whole year in a real browser: recommended and examined in June, publicised, objected to and announced in July, a
removal in August, a new name in September, and the lists of those days afterwards. Each day has the other language."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page

from portal.authorities import queries as authorities
from portal.authorities.rules import Role
from portal.foundation import clock
from portal.foundation.database import db
from portal.register.batches import queries as batches
from portal.register.batches.rules import GROUNDS, Organ
from portal.register.rules import Category
from tests.browser.people import SEND, Moment, Year, act, fill, follow, row, to_publication
from tests.register.rounds import examined

pytestmark = pytest.mark.browser

JUNE, NOTICE, OBJECTED = date(2026, 6, 15), date(2026, 7, 6), date(2026, 7, 8)
LAST_DAY, OVER, DECIDED, ANNOUNCED = date(2026, 7, 10), date(2026, 7, 11), date(2026, 7, 16), date(2026, 7, 20)
REMOVED, RENAMED, LATER = date(2026, 8, 12), date(2026, 9, 9), date(2026, 10, 15)
SUSTAINED, REJECTED = "样本异议成立有限公司", "样本异议不成立有限公司"
INCIDENT, OLD_NAME, NEW_NAME = "样本八月移出有限公司", "样本旧名有限公司", "样本新名有限公司"
CANDIDATES = (SUSTAINED, REJECTED, INCIDENT, OLD_NAME)
STATEMENTS = {
    "zh": "样本异议：对该单位的申报材料有不同意见，附照片为证，请予核实。",
    "bo": "དཔེ་མཚོན་མི་འཐད་པའི་བསམ་འཆར། བཟོ་གྲྭའི་བཙོག་ཆུ་གཙང་པོར་བཏང་འདུག འདྲ་པར་བརྒྱབ་ཡོད།",
}
OBJECTOR = {"name": "样本异议人", "id_number": "11010519491231002X", "phone": "13800138000"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PICTURE = {"name": "照片.png", "mimeType": "image/png", "buffer": PNG}


@pytest.fixture
def year(live, open_page, log_in, staff, axe, fits, shoot, monkeypatch) -> Year:
    moment = Moment()
    # A context variable belongs to one thread; each request of the server has another.
    monkeypatch.setattr(clock, "_set", moment)
    return Year(live, moment, open_page, log_in, staff, axe, fits, shoot)


def test_a_year_lived_by_clicking(year):
    batch = recommended_in_june(year)
    notice = publicised_in_july(year, batch)
    objected(year, notice)
    the_window_closes_by_itself(year, batch, notice)
    decided(year)
    announced(year, batch)
    codes = codes_found(year)
    codes_answer(year, codes, {REJECTED: "in_force", INCIDENT: "in_force", OLD_NAME: "in_force"})
    removed_in_august(year)
    codes_answer(year, codes, {REJECTED: "in_force", INCIDENT: "not_in_force", OLD_NAME: "in_force"})
    renamed_in_september(year)
    codes_answer(year, codes, {REJECTED: "in_force", INCIDENT: "not_in_force", OLD_NAME: "in_force"})
    renamed_code(year, codes[OLD_NAME])
    lists_of_three_days(year)
    two_days_compared(year)


def recommended_in_june(year: Year) -> str:
    """The address of the round at the desk."""
    year.now(JUNE)
    editor = year.editor("/desk/batches/")
    year.sound(editor, "rounds")
    form = editor.locator("main form.narrow")
    fill(form, level="regional", year="2026")
    follow(editor, form.locator(SEND))
    path = editor.url.removeprefix(year.live.url)
    officer = year.officer("/desk/batches/")
    follow(officer, officer.locator("main tbody a"))
    recommended_by_form(year, officer)
    officer.goto(year.live.address(path))
    recommended_by_spreadsheet(year, officer)
    editor.goto(year.live.address(path))
    act(editor, "close_recommendation")
    follow(editor, row(editor, SUSTAINED).locator("a"))
    examined_by_clicking(year, editor)
    others_examined(year)
    editor.goto(year.live.address(path))
    for organ in Organ:
        act(editor, "opinions", organ=organ, source="示例函〔2026〕1号")
    assert "88" in row(editor, SUSTAINED).locator("td").all_inner_texts()
    year.sound(editor, "round")
    return path


def recommended_by_form(year: Year, page: Page) -> None:
    follow(page, page.locator("main a[href$='/candidates/new']"))
    year.sound(page, "recommend")
    form = page.locator("main form.narrow")
    fill(form, name=SUSTAINED, category=Category.FACTORY, authority="lhasa")
    follow(page, form.locator(SEND))


def recommended_by_spreadsheet(year: Year, page: Page) -> None:
    """A row that cannot be taken is named and nothing is saved; the right file is taken after its preview."""
    follow(page, page.locator("main a[href$='/candidates/import']"))
    rows = [f"{name},绿色工厂" for name in CANDIDATES[1:]]
    sheet(page, "企业名称,类别", *rows, f"{SUSTAINED},绿色工厂")
    assert row(page, SUSTAINED).locator(".chip-madder").count() == 1
    year.sound(page, "bad-row")
    sheet(page, "企业名称,类别", *rows)
    assert page.locator("main .chip-pine").count() == len(rows)
    assert page.locator("main .chip-madder").count() == 0
    sheet(page, "企业名称,类别", *rows)
    assert page.locator("main tbody tr").count() == len(CANDIDATES)


def sheet(page: Page, *lines: str) -> None:
    content = "\n".join(lines).encode()
    page.locator("[name=file]").set_input_files({"name": "推荐.csv", "mimeType": "text/csv", "buffer": content})
    follow(page, page.locator("main form").locator(SEND))


def examined_by_clicking(year: Year, page: Page) -> None:
    for ground in GROUNDS:
        act(page, "check", ground=ground, applies="no", source="信用中国")
    act(page, "review", expert="示例专家", score="88")
    year.sound(page, "examined")
    act(page, "decide", selected="yes")
    assert page.locator("#missing").count() == 0


def others_examined(year: Year) -> None:
    """What one candidate has shown by clicking, the others have from the service."""
    with year.live.app.app_context():
        editor = authorities.person_by_email(year.staff(Role.DEPARTMENT_EDITOR))
        assert editor is not None
        (batch,) = batches.batches()
        for candidate in batch.candidates:
            if candidate.name != SUSTAINED:
                examined(candidate, editor)
        db.session.remove()


def publicised_in_july(year: Year, path: str) -> str:
    """The address of the notice, without its language."""
    year.now(NOTICE)
    editor = year.editor(path)
    act(editor, "open_publicity")
    follow(editor, editor.locator("main .facts a[href*='/desk/content/']"))
    year.sound(editor, "notice-draft")
    to_publication(year, editor)
    phone = year.citizen("/")
    follow(phone, phone.locator(".window a").first)
    assert [row(phone, name).count() for name in CANDIDATES] == [1] * len(CANDIDATES)
    days = phone.locator(".workdays time").evaluate_all("days => days.map(day => day.dateTime)")
    assert days == [f"2026-07-{day:02}" for day in range(6, 11)]
    year.sound(phone, "notice")
    return phone.url.removeprefix(f"{year.live.url}/{year.lang}")


def objected(year: Year, notice: str) -> None:
    year.now(OBJECTED)
    for name in (SUSTAINED, REJECTED):
        phone = year.citizen(notice)
        follow(phone, row(phone, name).locator("a[href*='candidate=']"))
        form = phone.locator("main form[method=post]")
        fill(form, statement=STATEMENTS[year.lang], **OBJECTOR)
        form.locator("[name=evidence]").set_input_files(PICTURE)
        form.locator("[name=consent]").check()
        follow(phone, form.locator(SEND))
        assert phone.locator("[data-secret]").inner_text()
    year.sound(phone, "receipt")


def the_window_closes_by_itself(year: Year, batch: str, notice: str) -> None:
    year.now(LAST_DAY, 23, 59)
    phone = year.citizen(notice)
    assert phone.locator(".window-left").count() == 1
    act(year.editor(batch), "draft_announcement", refused=True)
    form = row(phone, OLD_NAME).locator("a[href*='candidate=']").get_attribute("href")
    year.now(OVER, 0, 1)
    phone.reload()
    assert phone.locator(".window-over").count() == 1
    assert phone.locator("main a[href*='candidate=']").count() == 0
    year.sound(phone, "over")
    phone.goto(year.live.address(form))
    assert phone.locator("[role=alert]").count() == 1
    assert phone.locator("main form[method=post]").count() == 0
    year.sound(phone, "too-late")


def decided(year: Year) -> None:
    year.now(DECIDED)
    for name, what, ground in ((SUSTAINED, "sustain", {"ground": "energy_rectification"}), (REJECTED, "reject", {})):
        page = year.desk(Role.DEPARTMENT_DETERMINER, "/desk/objections/")
        follow(page, page.locator("main tbody tr", has_text=name).locator("a"))
        act(page, what, note="样本理由：已核实。", **ground)
    year.sound(page, "decided")


def announced(year: Year, path: str) -> None:
    year.now(ANNOUNCED)
    editor = year.editor(path)
    act(editor, "draft_announcement")
    follow(editor, editor.locator("main .facts a[href*='/desk/content/']").last)
    to_publication(year, editor)
    phone = year.citizen("/announcements/")
    follow(phone, phone.locator(".doc-title a"))
    tones = {name: row(phone, name).locator(".chip").get_attribute("class") for name in CANDIDATES}
    assert tones == {name: f"chip chip-{'madder' if name == SUSTAINED else 'pine'}" for name in CANDIDATES}
    year.sound(phone, "announcement")


def codes_found(year: Year) -> dict[str, str]:
    """The code of each unit that was listed, as its page shows it; who was not listed has none."""
    found = {}
    for name in (REJECTED, INCIDENT, OLD_NAME):
        phone = year.citizen(f"/lists/?q={name}")
        follow(phone, phone.locator("main tbody th > a"))
        found[name] = phone.locator("main a[href*='/verify/'] .code").first.inner_text()
    assert len(set(found.values())) == len(found)
    return found


def codes_answer(year: Year, codes: dict[str, str], expected: dict[str, str]) -> None:
    """What a scan answers on this day, for each of them and for a code that nobody issued."""
    phone = year.citizen("/")
    for name, standing in expected.items():
        phone.goto(year.live.address(f"/c/{codes[name]}"))
        assert phone.locator("[data-standing]").get_attribute("data-standing") == standing, name
        assert phone.locator("main a[href*='/announcements/']").count() == 1
        year.sound(phone, f"code-{standing}")
    phone.goto(year.live.address("/c/7K3M-9Q2D-8FXC-AV4P"))
    assert phone.locator("[data-standing]").get_attribute("data-standing") == "not_ours"


def renamed_code(year: Year, code: str) -> None:
    """The code of before names the unit of today, and what it was called."""
    phone = year.citizen(f"/verify/{code}")
    assert NEW_NAME in phone.locator(".proof h2").inner_text()
    assert OLD_NAME in phone.locator(".proof").inner_text()
    year.sound(phone, "code-renamed")


def removed_in_august(year: Year) -> None:
    year.now(REMOVED)
    page = year.desk(Role.DEPARTMENT_DETERMINER, f"/desk/changes/?q={INCIDENT}")
    follow(page, page.locator("main a[href*='/removal/']"))
    form = page.locator("main form.narrow")
    form.locator("[name=entry]").check()
    fill(form, timing="at_once", ground="major_incident", note="样本：发生重大事故。")
    year.sound(page, "removal")
    follow(page, form.locator(SEND))
    year.sound(page, "removal-draft")
    change_published(year)


def change_published(year: Year) -> None:
    """The editor finds what the determiner drafted, and a second person publishes it."""
    editor = year.editor("/desk/changes/")
    follow(editor, editor.locator("main h3 a"))
    follow(editor, editor.locator("main a[href^='/desk/content/']").first)
    to_publication(year, editor)


def renamed_in_september(year: Year) -> None:
    year.now(RENAMED)
    officer = year.officer(f"/desk/changes/?q={OLD_NAME}")
    follow(officer, officer.locator("main a[href*='/changes/new/']"))
    form = officer.locator("main form.narrow")
    fill(form, kind="renamed", happened_on="2026-09-01", new_name=NEW_NAME, text="样本：名称变更。")
    form.locator("[name=file]").set_input_files(PICTURE)
    year.sound(officer, "rename")
    follow(officer, form.locator(SEND))
    officer.locator("details:has([action$='/confirm']) summary").click()
    officer.locator("[name=qualifies][value=yes]").check()
    fill(officer.locator("form[action$='/confirm']"), note="样本：已复核。")
    follow(officer, officer.locator("form[action$='/confirm']").locator(SEND))
    year.sound(officer, "confirmed")
    determiner = year.desk(Role.DEPARTMENT_DETERMINER, "/desk/changes/")
    year.sound(determiner, "changes")
    follow(determiner, determiner.locator("form[action$='/announcements']").locator(SEND))
    change_published(year)


def lists_of_three_days(year: Year) -> None:
    """The list of today, of the day of its announcement, and of the day of the removal, each asked for on the page."""
    year.now(LATER)
    for day, on_it in (
        (LATER, {REJECTED, NEW_NAME}),
        (ANNOUNCED, {REJECTED, INCIDENT, OLD_NAME}),
        (REMOVED, {REJECTED, OLD_NAME}),
    ):
        phone = year.citizen("/lists/")
        phone.locator("[name=as_of]").fill(day.isoformat())
        follow(phone, phone.locator("form.register-day").locator(SEND))
        standing = phone.locator("main tbody tr:has(.chip-pine)").locator("th > a")
        assert {name.strip() for name in standing.all_inner_texts()} == on_it
    year.sound(phone, "lists")


def two_days_compared(year: Year) -> None:
    phone = year.citizen("/lists/")
    follow(phone, phone.locator("form.register-day a"))
    fill(phone.locator("form.register-day"), **{"from": ANNOUNCED.isoformat(), "to": LATER.isoformat()})
    follow(phone, phone.locator("form.register-day").locator(SEND))
    assert phone.locator("table[aria-labelledby=added]").count() == 0
    assert INCIDENT in phone.locator("table[aria-labelledby=removed]").inner_text()
    renamed = phone.locator("table[aria-labelledby=renamed]").inner_text()
    assert OLD_NAME in renamed
    assert NEW_NAME in renamed
    year.sound(phone, "compared")
