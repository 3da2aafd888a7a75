"""Texts in several languages, the allow-list of locales, and dates as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation import languages
from portal.foundation.languages import FALLBACKS, LANGUAGES, Language, Localized

TEXTS = st.sampled_from(["", "绿色工厂", "ལྗང་མདོག་བཟོ་གྲྭ", "green factory"])


def test_a_text_in_the_wanted_language_is_shown_unmarked() -> None:
    chosen = Localized(zh="绿色工厂", bo="ལྗང་མདོག་བཟོ་གྲྭ").choose(Language.BO)
    assert (chosen.text, chosen.lang, chosen.is_fallback) == ("ལྗང་མདོག་བཟོ་གྲྭ", "bo-CN", False)


def test_a_missing_tibetan_text_shows_the_chinese_one_marked() -> None:
    chosen = Localized(zh="绿色工厂", en="green factory").choose(Language.BO)
    assert (chosen.text, chosen.lang, chosen.is_fallback) == ("绿色工厂", "zh-Hans-CN", True)


def test_a_text_in_no_language_is_empty_and_no_fallback() -> None:
    chosen = Localized().choose(Language.BO)
    assert (chosen.text, chosen.is_fallback) == ("", False)
    assert not Localized()


@given(zh=TEXTS, bo=TEXTS, en=TEXTS, wanted=st.sampled_from(Language))
def test_the_first_language_that_has_text_is_chosen_and_said(zh: str, bo: str, en: str, wanted: Language) -> None:
    text = Localized(zh, bo, en)
    chosen = text.choose(wanted)
    holders = [language for language in FALLBACKS[wanted] if text.has(language)]
    assert chosen.text == (getattr(text, holders[0]) if holders else "")
    assert chosen.is_fallback is (bool(holders) and holders[0] is not wanted)
    assert Localized(**text.as_dict()) == text
    assert bool(text) is bool(holders)


@pytest.mark.parametrize("code", ["zh", "bo", "en"])
def test_the_three_languages_are_known(code: str) -> None:
    language = languages.parse(code)
    assert language is not None
    assert language == code


@pytest.mark.parametrize("code", ["", None, "fr", "ZH", "zh_Hans_CN", "../zh", "zh/../bo", "zh\x00", "dz"])
def test_no_other_code_is_a_language(code: str | None) -> None:
    assert languages.parse(code) is None


def test_every_language_has_its_facts_and_every_other_as_fallback() -> None:
    assert set(LANGUAGES) == set(FALLBACKS) == set(languages.LONG_DATE) == set(Language)
    for language in Language:
        assert set(FALLBACKS[language]) == set(Language)
        assert FALLBACKS[language][0] is language
        assert LANGUAGES[language].code is language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9", "zh"),
        ("bo,zh;q=0.5", "bo"),
        ("bo-CN", "bo"),
        ("en-GB,en;q=0.8", "en"),
        ("fr", "zh"),
        ("", "zh"),
        ("*", "zh"),
        ("x" * 500, "zh"),
    ],
)
def test_a_visitor_who_named_no_language_gets_the_best_of_their_browser(sqlite_app, header: str, language: str) -> None:
    with sqlite_app.test_request_context("/", headers={"Accept-Language": header}):
        assert languages.negotiate() == language


@pytest.mark.parametrize("address", ["/fr/", "/zh_Hans_CN/", "/ZH/", "/bo_CN/"])
def test_an_address_in_an_unknown_language_does_not_exist(sqlite_app, address: str) -> None:
    assert sqlite_app.test_client().get(address).status_code == 404


@pytest.mark.parametrize(("code", "locale"), [("zh", "zh_Hans_CN"), ("bo", "bo_CN"), ("en", "en")])
def test_the_address_alone_decides_the_locale(sqlite_app, code: str, locale: str) -> None:
    address = f"/{code}/?lang=en&locale=dz"
    with sqlite_app.test_request_context(address, headers={"Accept-Language": "en"}):
        sqlite_app.preprocess_request()
        assert languages.current_language() == code
        assert languages.select_locale() == locale


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (Language.ZH, "2024年5月13日"),
        (Language.BO, "2024ལོའི་ཟླ་5ཚེས་13ཉིན"),
        (Language.EN, "13 May 2024"),
    ],
)
def test_a_long_date_is_written_as_the_press_of_its_language_does(language: Language, written: str) -> None:
    assert languages.format_day(date(2024, 5, 13), language) == written


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)), language=st.sampled_from(Language))
def test_no_date_has_tibetan_digits(day: date, language: Language) -> None:
    written = languages.format_day(day, language)
    assert str(day.year) in written
    assert not any("༠" <= character <= "༳" for character in written)


def test_a_moment_is_dated_by_the_clocks_of_shanghai() -> None:
    moment = datetime(2024, 5, 12, 16, 30, tzinfo=UTC)
    assert languages.format_day(moment, Language.ZH) == "2024年5月13日"
    assert languages.format_iso(moment) == "2024-05-13 00:30"
    assert languages.format_iso(date(2024, 5, 13)) == "2024-05-13"


def test_no_date_is_no_text() -> None:
    assert languages.format_day(None, Language.BO) == ""
    assert languages.format_iso(None) == ""


def test_a_text_can_be_made_in_another_language_than_the_page(sqlite_app):
    from flask_babel import gettext

    with sqlite_app.test_request_context("/zh/"):
        assert languages.current_language() is Language.ZH
        with languages.speaking(Language.BO):
            assert languages.current_language() is Language.BO
            assert gettext("Receipt number") == "འབྱོར་འཛིན་ཨང་རྟགས"
        assert languages.current_language() is Language.ZH
        assert gettext("Receipt number") == "回执编号"
    with languages.speaking(Language.BO):
        assert gettext("Receipt number") == "འབྱོར་འཛིན་ཨང་རྟགས"
