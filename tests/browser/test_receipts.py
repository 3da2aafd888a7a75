"""Receipts as citizens meet them: kept, checked by anybody with and without scripts, and a secret that is renewed."""

from __future__ import annotations

import io
import os

import pytest

from portal.complaints import services
from portal.complaints.respondents import Respondent
from portal.complaints.rules import ProblemKind
from portal.filings import receipts
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.foundation.database import db
from portal.foundation.identifiers import IdType
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture(scope="module")
def film():
    return PNG + os.urandom(300_000)


@pytest.fixture
def filed(live, film):
    """A complaint: its receipt number, its secret, its signed receipt."""
    content = Content(
        statement="样本陈述：该单位所报用电数据与现场电表读数不一致，附照片为证。",
        identity=Identity("样本人", IdType.RESIDENT_ID, "11010519491231002X", phone="+8613800138000"),
        files=[("电表.png", io.BytesIO(film))],
    )
    with live.app.app_context():
        taken = services.file_complaint(
            services.Filing(Respondent("样本单位"), ProblemKind.FALSE_DATA, content), services.new_token()
        )
        found = taken.filing.receipt, taken.secret, receipts.of(taken.filing)[0].token
        db.session.remove()
    return found


def ask(page, live, lang, token, *files):
    page.goto(live.address(f"/{lang}/verify/"))
    page.fill("#text", token)
    if files:
        chosen = [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files]
        page.set_input_files("#file", chosen)
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.click("form[enctype] button[type=submit]")
    page.wait_for_selector("[data-verdict]")
    return page.locator("[data-verdict]").get_attribute("data-verdict"), sent[0]


def test_anybody_checks_a_receipt_and_what_was_changed_is_not_genuine(live, screen, lang, filed, axe, fits, shoot):
    assert ask(screen, live, lang, filed[2])[0] == "genuine"
    fits(screen)
    axe(screen)
    shoot(screen, "genuine")
    assert ask(screen, live, lang, filed[2][:-9])[0] == "not-genuine"
    axe(screen)
    shoot(screen, "not-genuine")


def test_files_are_compared_in_the_browser_and_stay_there(live, page, filed, film):
    verdict, request = ask(page, live, "zh", filed[2], ("电表.png", film), ("另.png", b"another"))
    assert verdict == "genuine"
    assert (page.locator(".vouched").count(), page.locator(".unvouched").count()) == (1, 1)
    assert len(request.post_data_buffer) < 10_000


def test_without_scripts_the_portal_compares(live, open_page, lang, filed, film):
    plain = open_page(DESKTOP, lang, scripts=False)
    verdict, _request = ask(plain, live, lang, filed[2], ("电表.png", film))
    assert verdict == "genuine"
    assert plain.locator(".vouched").count() == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_a_receipt_is_fetched_and_the_secret_renewed(live, open_page, lang, filed, scripts, axe):
    phone = open_page(PHONE, lang, scripts=scripts)
    receipt, secret, token = filed

    def follow(word):
        phone.goto(live.address(f"/{lang}/complaints/status"))
        phone.fill("#receipt", receipt)
        phone.fill("#secret", word)
        phone.click("main form button[type=submit]")

    follow(secret)
    with phone.expect_download() as kept:
        phone.click("#receipts a[download]")
    assert kept.value.suggested_filename == f"{receipt}-1.jws.txt"
    assert kept.value.path().read_text().strip() == token
    phone.click("#secret summary")
    phone.click("#secret button")
    renewed = phone.locator("[data-secret]").get_attribute("data-secret")
    assert renewed != secret
    if scripts:
        axe(phone)
    phone.context.clear_cookies()
    follow(secret)
    assert phone.locator("[data-status]").count() == 0
    follow(renewed)
    assert phone.locator("[data-status]").count() == 1
