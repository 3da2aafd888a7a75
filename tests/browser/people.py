"""Those who take part in a long story in the browser: each in a browser of their own, on the day that the story says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from playwright.sync_api import Locator, Page

from portal.authorities.rules import Role
from portal.foundation import clock
from tests.browser.conftest import DESKTOP, PHONE, Live

#: The texts of the parts whose content is wider than they are.
SPILLS = "parts => parts.filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.innerText)"
SEND = "button[type=submit]"


class Moment:
    """The time of every thread of the portal; the browser and its cookies keep the real one."""

    def __init__(self) -> None:
        self.value = datetime.now(UTC)

    def get(self) -> datetime:
        return self.value


@dataclass
class Year:
    """Whoever takes part in the year, each in a browser of their own, and the day that it is."""

    live: Live
    moment: Moment
    open_page: Callable[..., Page]
    enter: Callable[[Page, str], None]
    staff: Callable[..., str]
    axe: Callable[[Page], None]
    fits: Callable[[Page], None]
    shoot: Callable[[Page, str], None]
    lang: str = "bo"
    pages: dict[str, Page] = field(default_factory=dict)
    #: When each of the staff logged in last.
    here: dict[str, datetime] = field(default_factory=dict)

    def now(self, day: date, hour: int = 10, minute: int = 0) -> None:
        """Another day, on which everybody reads the portal's other language."""
        self.lang = "zh" if self.lang == "bo" else "bo"
        self.moment.value = datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.ZONE).astimezone(UTC)
        # What a browser has kept is as old as its own clock says, which knows nothing of the story's days.
        self.pages.pop("citizen", None)

    def desk(self, role: Role, path: str, authority: str = "department") -> Page:
        """A page of the desk, for someone who logs in anew on each day: no session outlives it."""
        page = self.pages.get(role) or self.open_page(DESKTOP, self.lang)
        if self.here.get(role) != self.moment.value:
            self.enter(page, self.staff(role, authority))
            page.locator(f"button[formaction$='/{self.lang}']").click()
            page.wait_for_selector(f"button[formaction$='/{self.lang}'][aria-current]")
        self.pages[role], self.here[role] = page, self.moment.value
        page.goto(self.live.address(path))
        return page

    def editor(self, path: str) -> Page:
        return self.desk(Role.DEPARTMENT_EDITOR, path)

    def officer(self, path: str) -> Page:
        return self.desk(Role.PREFECTURE_OFFICER, path, "lhasa")

    def citizen(self, path: str) -> Page:
        page = self.pages["citizen"] = self.pages.get("citizen") or self.open_page(PHONE, self.lang)
        page.goto(self.live.address(f"/{self.lang}{path}"))
        return page

    def sound(self, page: Page, name: str) -> None:
        """The page shuts nobody out, fits its screen, and is kept as a picture where one is wanted."""
        self.fits(page)
        spills = page.locator(".two-columns > *").evaluate_all(SPILLS)
        assert spills == [], f"{page.url} runs from one column into the next"
        self.axe(page)
        self.shoot(page, name)


def follow(page: Page, link: Locator) -> None:
    """Click a link or a button and see the page behind it, which refuses nothing."""
    with page.expect_navigation():
        link.click()
    # A place for what may be said later is no refusal.
    assert [said for said in page.locator("[role=alert], .field-error").all_inner_texts() if said.strip()] == []


def act(page: Page, name: str, *, refused: bool = False, **fields: str) -> None:
    """Open an act of a page, fill it in, and do it."""
    form = page.locator(f"main form[action$='/{name}']")
    panel = form.locator("xpath=ancestor::details")
    if panel.count() and panel.get_attribute("open") is None:
        panel.locator("summary").click()
    fill(form, **fields)
    if refused:
        with page.expect_navigation():
            form.locator(SEND).click()
        assert page.locator("[role=alert]").count() == 1
    else:
        follow(page, form.locator(SEND))


def fill(form: Locator, **fields: str) -> None:
    for name, value in fields.items():
        item = form.locator(f"[name={name}]")
        if item.evaluate("item => item.tagName") == "SELECT":
            item.select_option(value)
        else:
            item.fill(value)


def row(page: Page, name: str) -> Locator:
    """The row of a table that names a unit."""
    return page.locator("main tbody tr", has_text=name)


def to_publication(year: Year, editor: Page) -> None:
    """From the draft's page at the desk to its publication by a second person, who finds it in the queue."""
    act(editor, "submit")
    assert editor.locator("form[action$='/publish']").count() == 0
    reviewer = year.desk(Role.DEPARTMENT_REVIEWER, "/desk/content/?state=submitted")
    follow(reviewer, reviewer.locator("main tbody a"))
    act(reviewer, "publish")
