"""Chinese, Tibetan and English: codes, negotiation, texts in several languages, dates as each writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from babel.dates import format_date as babel_format_date
from flask import g, has_request_context, request
from flask_babel import force_locale, get_locale

from portal.foundation import clock


class Language(StrEnum):
    """The interface languages. The address of a page begins with one of these."""

    ZH = "zh"
    BO = "bo"
    EN = "en"


@dataclass(frozen=True)
class LanguageFacts:
    """What HTML, Babel and a reader need to know of a language."""

    code: Language
    locale: str
    html: str
    hreflang: str
    own_name: str


LANGUAGES: Mapping[Language, LanguageFacts] = {
    Language.ZH: LanguageFacts(Language.ZH, "zh_Hans_CN", "zh-Hans-CN", "zh-Hans", "中文"),
    Language.BO: LanguageFacts(Language.BO, "bo_CN", "bo-CN", "bo", "བོད་ཡིག"),
    Language.EN: LanguageFacts(Language.EN, "en", "en", "en", "English"),
}
DEFAULT = Language.ZH
#: Where a text in the wanted language is missing, the next of these stands in, visibly marked.
FALLBACKS: Mapping[Language, tuple[Language, ...]] = {
    Language.ZH: (Language.ZH, Language.BO, Language.EN),
    Language.BO: (Language.BO, Language.ZH, Language.EN),
    Language.EN: (Language.EN, Language.ZH, Language.BO),
}
#: Long dates by language, as the press writes them; CLDR's own Tibetan patterns mix two sets of digits.
LONG_DATE = {
    Language.ZH: "y年M月d日",
    Language.BO: "y'ལོའི་ཟླ་'M'ཚེས་'d'ཉིན'",
    Language.EN: "d MMMM y",
}


@dataclass(frozen=True)
class Chosen:
    """A text together with the language that it is really in."""

    text: str
    language: Language
    wanted: Language

    @property
    def is_fallback(self) -> bool:
        """Whether the reader asked for another language."""
        return bool(self.text) and self.language is not self.wanted

    @property
    def lang(self) -> str:
        """The value of the ``lang`` attribute."""
        return LANGUAGES[self.language].html


@dataclass(frozen=True)
class Localized:
    """One text in up to three languages; empty where there is none."""

    zh: str = ""
    bo: str = ""
    en: str = ""

    def as_dict(self) -> dict[str, str]:
        """The languages that have text."""
        return {code: text for code in Language if (text := getattr(self, code))}

    def has(self, language: Language) -> bool:
        """Whether there is text in exactly this language."""
        return bool(getattr(self, language))

    def choose(self, language: Language | None = None) -> Chosen:
        """The text for a reader, with the language that it is in."""
        wanted = language or current_language()
        for candidate in FALLBACKS[wanted]:
            if text := getattr(self, candidate):
                return Chosen(text, candidate, wanted)
        return Chosen("", wanted, wanted)

    def __bool__(self) -> bool:
        return bool(self.zh or self.bo or self.en)

    def __str__(self) -> str:
        return self.choose().text


def parse(code: str | None) -> Language | None:
    """The language of a code from an address, or None where it is not one of ours."""
    try:
        return Language(code) if code else None
    except ValueError:
        return None


def written_in(text: str) -> str:
    """The ``lang`` of a text that came without one, told by its script: Tibetan, Chinese, or none of them."""
    tibetan = sum("\u0f00" <= sign <= "\u0fff" for sign in text)
    han = sum("\u4e00" <= sign <= "\u9fff" for sign in text)
    if not tibetan and not han:
        return LANGUAGES[Language.EN].html
    # A Tibetan syllable takes about as many letters as a Chinese sentence has words.
    return LANGUAGES[Language.BO if tibetan > 2 * han else Language.ZH].html


def negotiate() -> Language:
    """The language for a visitor who named none: the best of the request's own list, else Chinese."""
    wanted = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "bo", "bo-CN", "en"], default="zh")
    return parse(wanted.split("-")[0]) or DEFAULT


def current_language() -> Language:
    """The language of the page being made; Chinese outside of one."""
    if not has_request_context():
        locale = get_locale()
        return next((code for code, facts in LANGUAGES.items() if locale and facts.locale == str(locale)), DEFAULT)
    if "language" not in g:
        g.language = parse((request.view_args or {}).get("lang")) or DEFAULT
    return Language(g.language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Make what is made in this block in one language, whatever that of the page is."""
    before = g.get("language")
    g.language = language
    try:
        with force_locale(LANGUAGES[language].locale):
            yield
    finally:
        g.language = before
        if before is None:
            g.pop("language")


def select_locale() -> str:
    """The Babel locale of the page being made; outside of one, that of the default language."""
    # There the current language follows from the locale: asking for it here would never end.
    return LANGUAGES[current_language() if has_request_context() else DEFAULT].locale


def format_day(value: date | datetime | None, language: Language | None = None) -> str:
    """A date in words, as the reader's language writes it."""
    if value is None:
        return ""
    day = clock.local_day(value) if isinstance(value, datetime) else value
    wanted = language or current_language()
    return babel_format_date(day, LONG_DATE[wanted], locale="en" if wanted is Language.BO else LANGUAGES[wanted].locale)


def format_iso(value: date | datetime | None) -> str:
    """A date, or a moment to the minute, in figures: the form for tables."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()
