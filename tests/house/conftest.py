"""The catalogues, and the texts that code and templates really ask for."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from portal.settings import ROOT

LOCALES = ("zh_Hans_CN", "bo_CN")
TRANSLATIONS = ROOT / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}


@dataclass(frozen=True)
class Entry:
    """One text of a catalogue: what is asked for, and every form of the answer."""

    msgid: str
    plural: str
    texts: tuple[str, ...]
    fuzzy: bool

    @property
    def is_sentence(self) -> bool:
        """Whether the text is a sentence and not a label; the English one tells by its end."""
        return self.msgid.rstrip().endswith((".", "?", "!", ":"))


def read(locale: str) -> Catalog:
    file = TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"
    if not file.is_file():
        return Catalog(locale=locale)
    with file.open("rb") as lines:
        return read_po(lines, locale=locale)


def entries_of(catalogue: Catalog) -> dict[str, Entry]:
    entries = {}
    for message in catalogue:
        if not message.id:
            continue
        msgid, plural = message.id if isinstance(message.id, tuple) else (message.id, "")
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        entries[msgid] = Entry(msgid, plural, tuple(text or "" for text in texts), message.fuzzy)
    return entries


@pytest.fixture(scope="session")
def catalogues() -> Mapping[str, Mapping[str, Entry]]:
    """Every entry of every catalogue, by locale and text."""
    return {locale: entries_of(read(locale)) for locale in LOCALES}


@pytest.fixture(scope="session", params=LOCALES)
def entries(request: pytest.FixtureRequest, catalogues: Mapping[str, Mapping[str, Entry]]) -> Mapping[str, Entry]:
    """The entries of one catalogue; a test that asks for it runs for each."""
    return catalogues[request.param]


@pytest.fixture(scope="session")
def asked_for() -> frozenset[str]:
    """Every text that code and templates ask for, found as ``make extract`` finds them."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    found: set[str] = set()
    for top in ("portal", "templates"):
        mapping = [(pattern.removeprefix(f"{top}/"), method) for pattern, method in methods if pattern.startswith(top)]
        chosen = {pattern.removeprefix(f"{top}/"): option for pattern, option in options.items()}
        for _file, _line, text, _comments, _context in extract_from_dir(
            ROOT / top, mapping, options_map=chosen, keywords=KEYWORDS
        ):
            found.add(text[0] if isinstance(text, tuple) else text)
    return frozenset(found)


@pytest.fixture(scope="session")
def glossary() -> list[dict[str, str]]:
    """The project's own glossary: English key, Chinese and Tibetan term, kind and evidence."""
    with Path(TRANSLATIONS / "glossary.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))
