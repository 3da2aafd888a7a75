"""Files as citizens send them: chosen or dropped, over lines that break, with and without scripts, by tus-js-client."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from portal.filings.drafts.models import DraftFile
from portal.filings.uploads import receiving
from portal.filings.uploads.models import Upload
from portal.foundation.database import db
from portal.vault import current_vault, parts
from tests.browser.conftest import DESKTOP
from tests.vault import files

pytestmark = pytest.mark.browser

PIECE = 8 * 1024
FILM = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(PIECE * 9 // 8)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Two pieces make a film: what a browser does with them does not hang on their size."""
    monkeypatch.setattr(parts, "LARGEST", PIECE)
    monkeypatch.setattr(receiving, "SMALLEST", PIECE // 8)


def film(name: str = "现场录像.mp4", content: bytes = FILM) -> dict[str, object]:
    return {"name": name, "mimeType": "video/mp4", "buffer": content}


@pytest.fixture
def to_material(live) -> Callable[[Page, str], None]:
    """Begin a complaint and come to the page of its material."""

    def go(page: Page, lang: str) -> None:
        page.goto(live.address(f"/{lang}/complaints/new"))
        page.locator("[name=respondent_name]").first.fill("样本工厂")
        page.locator("form:has([name=respondent_name]) button[type=submit]").first.click()
        page.wait_for_load_state()
        page.goto(live.address(f"/{lang}/complaints/new/material"))

    return go


def taken(page: Page, number: int) -> None:
    """Wait until the page shows so many files."""
    expect(page.locator("[data-draft-files] > li")).to_have_count(number, timeout=30_000)


def test_files_arrive_and_tell_what_hides_in_them(screen, lang, to_material, axe, fits, shoot):
    to_material(screen, lang)
    axe(screen)
    fits(screen)
    shoot(screen, "empty")
    photo = {"name": "厂区.jpg", "mimeType": "image/jpeg", "buffer": files.photo()}
    screen.set_input_files("#evidence", [photo, film()])
    taken(screen, 2)
    expect(screen.locator(".hidden-details dl")).to_have_count(1)
    axe(screen)
    fits(screen)
    shoot(screen, "taken")
    screen.locator(".hidden-details [value=clean]").click()
    screen.wait_for_load_state()
    expect(screen.locator(".hidden-details dl")).to_have_count(0)
    taken(screen, 2)
    # Nothing stays in the browser.
    assert screen.evaluate("localStorage.length + sessionStorage.length") == 0


def test_files_can_be_dropped(page, to_material):
    to_material(page, "zh")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])], "a.jpg", {type: "image/jpeg"}));
          const field = document.getElementById("evidence").closest(".field");
          field.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
    )
    taken(page, 1)


def test_a_file_goes_on_by_itself_after_the_line_broke(page, to_material, shoot, live):
    to_material(page, "zh")
    cut = []

    def break_the_line(route: Route) -> None:
        if route.request.method == "PATCH" and len(cut) < 3:
            cut.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/new/uploads/*", break_the_line)
    page.set_input_files("#evidence", film())
    expect(page.locator("[data-upload-said]").first).to_contain_text("网络已中断")
    shoot(page, "broken")
    taken(page, 1)
    assert len(cut) == 3
    assert_content(live)


def test_a_file_is_paused_and_goes_on_after_the_page_was_left(page, to_material, axe, shoot, live):
    to_material(page, "zh")
    release = stand_still(page)
    page.set_input_files("#evidence", film())
    expect(page.locator(".upload progress").first).to_have_js_property("value", 88)
    page.locator("[data-upload-act=pause]").first.click()
    expect(page.locator("[data-upload-act=go]").first).to_be_visible()
    release()
    page.reload()
    expect(page.locator("[data-upload-said]").first).to_contain_text("再次选择同一文件")
    axe(page)
    shoot(page, "unfinished")
    offsets = []
    page.on(
        "request", lambda sent: offsets.append(sent.headers.get("upload-offset")) if sent.method == "PATCH" else None
    )
    page.set_input_files("#evidence", film())
    taken(page, 1)
    assert [int(offset) >= PIECE for offset in offsets] == [True]
    assert_content(live)


def stand_still(page: Page) -> Callable[[], None]:
    """Let nothing after a file's first piece get through; what is given back drops it and lets the line work again."""
    held: list[Route] = []
    still = True

    def hold(route: Route) -> None:
        if still and route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            held.append(route)
        else:
            route.continue_()

    def release() -> None:
        nonlocal still
        still = False
        for route in held:
            route.abort()

    page.route("**/new/uploads/*", hold)
    return release


def test_a_file_on_its_way_keeps_one_on_the_page_and_can_be_removed(page, to_material):
    to_material(page, "zh")
    stand_still(page)
    page.set_input_files("#evidence", film())
    expect(page.locator(".upload progress").first).to_have_js_property("value", 88)
    page.locator("button[value=next]").click()
    expect(page.locator("[data-upload-busy]")).to_contain_text("有文件仍在上传")
    page.locator("[data-upload-act=remove]").first.click()
    expect(page.locator(".upload-list .upload")).to_have_count(0)


def test_a_wrong_type_is_said_at_its_file_and_the_rest_arrives(page, to_material, shoot):
    to_material(page, "zh")
    wrong = {"name": "页面.txt", "mimeType": "text/plain", "buffer": b"<html><script>1</script></html>"}
    stand_still(page)
    page.set_input_files("#evidence", [film(), wrong])
    refused = page.locator(".upload-refused")
    expect(refused.locator("[data-upload-said]")).to_have_text("不支持此文件格式。")
    shoot(page, "refused")


def test_without_scripts_the_plain_field_takes_files(open_page, to_material, lang):
    page = open_page(DESKTOP, lang, scripts=False)
    to_material(page, lang)
    expect(page.locator("[data-uploads]")).to_be_hidden()
    page.set_input_files("#evidence", film(content=FILM[:5000]))
    page.locator("button[value=next]").click()
    page.wait_for_load_state()
    page.goto(page.url.replace("/who", "/material"))
    taken(page, 1)


def assert_content(live) -> None:
    """The last file that was taken is the film, whole."""
    with live.app.app_context():
        item = db.session.scalars(select(DraftFile).order_by(DraftFile.id.desc())).first()
        assert item is not None
        assert item.size == len(FILM)
        box = current_vault().open_box(item.draft.wrapped_key, item.draft.box_context)
        assert b"".join(current_vault().read_back(box, item.store_key)) == FILM
        assert db.session.scalar(select(func.count()).select_from(Upload)) is not None
        db.session.remove()
