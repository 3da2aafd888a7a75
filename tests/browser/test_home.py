"""The home page in a real browser: both languages, both sizes, nothing that shuts anybody out."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_the_home_page_reads_well_on_every_screen(live, screen, lang, axe, fits, shoot):
    answer = screen.goto(live.address(f"/{lang}/"))
    assert answer is not None
    assert answer.status == 200
    assert screen.locator("html").get_attribute("lang") == {"zh": "zh-Hans-CN", "bo": "bo-CN"}[lang]
    assert screen.locator("main").is_visible()
    assert screen.title()
    fits(screen)
    axe(screen)
    shoot(screen, "home")


def test_the_language_switch_stays_on_the_page(live, page):
    page.goto(live.address("/zh/search?q=ABB"))
    page.locator("a[hreflang=bo]").first.click()
    page.wait_for_url("**/bo/search?q=ABB")


def test_the_home_page_needs_no_scripts(live, open_page):
    page = open_page({"width": 1280, "height": 900}, "zh", scripts=False)
    page.goto(live.address("/zh/"))
    assert page.locator("main").inner_text().strip()
    assert page.locator("header form [name=q]").first.is_visible()


def test_the_tibetan_page_is_set_in_its_own_letters(live, open_page):
    """Where the font was fetched it is loaded, and stands where Tibetan stands."""
    if not live.app.extensions["portal.vendor"]:
        pytest.xfail("the front-end packages were not fetched")
    page = open_page({"width": 1280, "height": 900}, "bo")
    page.goto(live.address("/bo/"))
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('20px \"Noto Serif Tibetan\"', 'བོད')")
    loaded = page.evaluate("[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)")
    assert any("Noto Serif Tibetan" in family for family in loaded)
