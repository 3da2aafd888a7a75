"""The real application behind a real server, and a real browser that watches what a person would not forgive."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask, got_request_exception
from werkzeug.serving import make_server

from portal import create_app
from portal.authorities import queries, services
from portal.authorities.rules import Role
from portal.foundation.database import db
from portal.settings import Environment, Settings
from tests.running import make_passwords_cheap

playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
from axe_playwright_python.sync_playwright import Axe  # noqa: E402 - only where a browser can be driven
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright  # noqa: E402

PASSWORD = "correct horse battery"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
LANGUAGE_TAGS = {"zh": "zh-CN", "bo": "bo-CN", "en": "en-GB"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    # Nothing outside of this machine has a name.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
#: What these tests may not end with: axe's two upper grades.
GRAVE = {"serious", "critical"}
#: The innermost parts of a page that reach out of its screen.
REACHES_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(part => part.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .filter((part, _, all) => !all.some(other => other !== part && part.contains(other)))
  .map(part => part.outerHTML.slice(0, 160)).slice(0, 5)"""
#: Milliseconds. What is waited for comes at once, or a while later where the machine has other things to do.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Live:
    """The running portal: its address, its application, the errors that no page should cause."""

    url: str
    app: Flask
    errors: list[BaseException] = field(default_factory=list)

    def address(self, path: str) -> str:
        """The whole address of a path."""
        return self.url + path


@dataclass
class Watch:
    """What went wrong in a page without showing: scripts, blocked code, foreign addresses."""

    faults: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Note an error of the console; that a page answered 4xx is the test's own business."""
        source = urlsplit((message.location or {}).get("url", "")).path
        answered = message.text.startswith("Failed to load resource")
        if message.type == "error" and not (answered and not source.startswith(("/static", "/bootstrap"))):
            self.faults.append(f"console: {message.text}")

    def request(self, request: Request, own: str) -> None:
        """Note what asks for more than the portal's own addresses; the browser finds nothing there."""
        if not request.url.startswith((own, "data:", "blob:", "about:")):
            self.faults.append(f"asks another site: {request.url}")


@contextmanager
def served(folder: Path) -> Iterator[Live]:
    """The portal with an empty register and its data in ``folder``, served from this process as a server would."""
    app = create_app(Settings(env=Environment.TEST, data_dir=folder, database_url="", rate_limits=False))
    make_passwords_cheap(app)
    with app.app_context():
        db.create_all()
        services.seed_authorities()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    running = Live(f"http://127.0.0.1:{server.server_port}", app)

    def note(_sender: Flask, exception: BaseException, **_more: object) -> None:
        running.errors.append(exception)

    thread = threading.Thread(target=server.serve_forever, name="portal", daemon=True)
    thread.start()
    with got_request_exception.connected_to(note, app):
        yield running
    server.shutdown()
    thread.join(timeout=60)
    server.server_close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The portal that a module's tests share."""
    with served(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture(scope="module")
def staff(live: Live) -> Callable[..., str]:
    """Open an account in the running portal and give its e-mail address; the password is ``PASSWORD``."""

    def account(role: Role, authority: str = "department") -> str:
        email = f"{role}.{authority}@portal.test"
        with live.app.app_context():
            if queries.person_by_email(email) is None:
                at = queries.authority_by_code(authority)
                assert at is not None
                services.create_account(email, f"{role} {authority}", at, {role}, PASSWORD)
            db.session.remove()
        return email

    return account


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium, without a window."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS, headless=True)
        yield browser
        browser.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a screen or its size runs in Chinese at a desk and in Tibetan, whose words are longest, on a phone; one
    that asks for a language alone runs in both."""
    if "size" in metafunc.fixturenames:
        metafunc.parametrize(("size", "lang"), [("desktop", "zh"), ("phone", "bo")], indirect=True)
    elif "lang" in metafunc.fixturenames:
        metafunc.parametrize("lang", ["zh", "bo"], indirect=True)


@pytest.fixture
def lang(request: pytest.FixtureRequest) -> str:
    """The language in which a person reads."""
    return str(request.param)


@pytest.fixture
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    """The size of a person's screen."""
    return DESKTOP if request.param == "desktop" else PHONE


@pytest.fixture
def open_page(live: Live, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own: ``open_page(PHONE, "bo")``. Faults that show nowhere fail the test."""
    watch, contexts = Watch(), []

    def make(viewport: dict[str, int], language: str = "zh", *, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport=viewport,
            locale=LANGUAGE_TAGS[language],
            timezone_id="Asia/Shanghai",
            base_url=live.url,
            java_script_enabled=scripts,
            has_touch=viewport is PHONE,
            is_mobile=viewport is PHONE,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        # Only listened to: a browser whose requests are held for inspection keeps nothing it has fetched.
        context.on("request", lambda request: watch.request(request, live.url))
        page = context.new_page()
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.faults.append(f"script: {error}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert watch.faults == []
    assert live.errors == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page at the size of a desk."""
    return open_page(DESKTOP)


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A page at the size of a phone."""
    return open_page(PHONE)


@pytest.fixture
def screen(open_page: Callable[..., Page], size: dict[str, int], lang: str) -> Page:
    """A page of a person's size and language."""
    return open_page(size, lang)


def settled(page: Page) -> None:
    """Wait until the page looks as a person sees it: a text can stand there before its styles and fonts."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Fail where a page shuts somebody out: ``axe(page)``."""
    checker = Axe()

    def check(page: Page) -> None:
        settled(page)
        violations = checker.run(page).response["violations"]
        grave = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html'][:160]}"
            for violation in violations
            if violation["impact"] in GRAVE
            for node in violation["nodes"]
        ]
        assert grave == [], page.url

    return check


@pytest.fixture(scope="session")
def fits() -> Callable[[Page], None]:
    """Fail where a page is wider than its screen: ``fits(page)``."""

    def check(page: Page) -> None:
        settled(page)
        sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        said = f"{page.url} is {sizes[0]} px wide on a screen of {sizes[1]} px"
        assert sizes[0] <= sizes[1], f"{said}: {page.evaluate(REACHES_OUT)}"

    return check


@pytest.fixture
def log_in(live: Live) -> Callable[[Page, str], None]:
    """Log a member of staff in, as they would: ``log_in(page, staff(Role.AUDITOR))``."""

    def enter(page: Page, email: str) -> None:
        page.goto(live.address("/desk/login"))
        page.locator("[name=email]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form [type=submit]").first.click()
        page.wait_for_url("**/desk/**")
        assert "/login" not in page.url

    return enter


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a picture of the whole page in the folder that ``PORTAL_SCREENSHOTS`` names; nothing without it."""

    def keep(page: Page, name: str) -> None:
        if folder := os.environ.get("PORTAL_SCREENSHOTS"):
            settled(page)
            file = Path(folder) / f"{request.node.name}-{name}.png".replace("/", "_")
            page.screenshot(path=file, full_page=True)

    return keep


@pytest.fixture
def sound(
    axe: Callable[[Page], None], fits: Callable[[Page], None], shoot: Callable[[Page, str], None]
) -> Callable[[Page, str], None]:
    """A page that shuts nobody out, fits its screen, and is kept as a picture where one is wanted: ``sound(page, name)``."""

    def check(page: Page, name: str) -> None:
        fits(page)
        axe(page)
        shoot(page, name)

    return check
