"""Codes as people meet them: an answer as large as a phone, papers that a camera reads, a badge on another page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from portal.credentials import credential, queries
from portal.foundation.database import db
from portal.foundation.identifiers import new_list_code
from portal.register import queries as register
from tests.browser.conftest import DESKTOP, PHONE, playwright_api
from tests.samples import SAMPLE_UNIT, list_unit, valid_code

pytestmark = pytest.mark.browser
#: Dots of a screen and of a print in an inch.
SCREEN, PRINT = 96, 200


@pytest.fixture(scope="module")
def code(live):
    """The code of a listed factory, and the address inside its QR."""
    with live.app.app_context():
        list_unit(SAMPLE_UNIT, code=valid_code())
        (found,) = queries.codes_of(register.unit_by_ref(valid_code())).values()
        told = found.code, credential.address(found.code)
        db.session.remove()
    return told


@pytest.mark.parametrize("ours", [True, False])
def test_the_answer_fills_a_phone_and_shuts_nobody_out(live, screen, lang, code, ours, axe, fits, shoot):
    screen.goto(live.address(f"/{lang}/verify/{code[0] if ours else new_list_code()}"))
    verdict = screen.locator("[data-standing]")
    assert verdict.get_attribute("data-standing") == ("in_force" if ours else "not_ours")
    heading = verdict.locator("h1").bounding_box()
    assert heading["y"] + heading["height"] < screen.viewport_size["height"], "the answer stands first"
    fits(screen)
    axe(screen)
    shoot(screen, "answer")


@pytest.mark.parametrize("place", ["show", "poster", "certificate"])
def test_what_is_shown_and_printed_reads_well(live, screen, lang, code, place, axe, fits, shoot):
    screen.goto(live.address(f"/{lang}/verify/{code[0]}/{place}"))
    assert screen.locator("h1").is_visible()
    fits(screen)
    axe(screen)
    shoot(screen, place)


def test_a_camera_reads_the_certificate_in_print_at_two_centimetres(live, chromium, code):
    context = chromium.new_context(viewport=DESKTOP, device_scale_factor=PRINT / SCREEN, base_url=live.url)
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(f"/zh/verify/{code[0]}/certificate")
    box = page.locator("[data-qr]").bounding_box()
    assert box["width"] / SCREEN * 2.54 == pytest.approx(2, abs=0.1)
    printed = cv2.imdecode(np.frombuffer(page.screenshot(full_page=True), np.uint8), cv2.IMREAD_GRAYSCALE)
    context.close()
    assert cv2.QRCodeDetectorAruco().detectAndDecode(printed)[0] == code[1]


def test_a_scan_is_answered_in_the_language_of_the_phone(live, open_page, code):
    phone = open_page(PHONE, "bo")
    phone.goto(live.address(f"/c/{code[0]}"))
    assert phone.locator("html").get_attribute("lang") == "bo-CN"
    assert phone.locator("[data-standing=in_force]").is_visible()


def test_a_kept_page_checks_a_credential_without_the_portal(live, chromium, code, lang, tmp_path):
    kept, token = tmp_path / "verify.html", tmp_path / "credential.jwt"
    with live.app.test_client() as visitor:
        kept.write_bytes(visitor.get(f"/{lang}/verify/offline.html").data)
        token.write_bytes(visitor.get(f"/credentials/{code[0]}.jwt").data)
    page = chromium.new_context(offline=True).new_page()
    page.goto(kept.as_uri())
    answer = page.locator("#answer")

    def ask(text):
        page.locator("#token").fill(text)
        page.locator("button").click()

    genuine = token.read_text()
    ask(genuine)
    playwright_api.expect(answer).to_have_attribute("data-state", "genuine")
    assert SAMPLE_UNIT in answer.inner_text()
    ask(genuine[:-8] + "AAAAAAAA")
    playwright_api.expect(answer).to_have_attribute("data-state", "foreign")
    assert SAMPLE_UNIT not in answer.inner_text()
    page.context.close()
