"""The catalogues are complete, keep their placeholders, and use the terms of the glossary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
HAN = "\u4e00-\u9fff"


def test_code_and_templates_ask_for_texts(asked_for: frozenset[str]) -> None:
    assert len(asked_for) > 50


def test_every_text_is_translated(asked_for: frozenset[str], entries: Mapping[str, Any]) -> None:
    missing = sorted(text for text in asked_for if text not in entries or not all(entries[text].texts))
    assert missing == [], f"{len(missing)} texts are missing; 'make extract' brings them into the catalogues"


def test_no_entry_is_left_of_a_text_that_nobody_asks_for(asked_for: frozenset[str], entries: Mapping[str, Any]) -> None:
    assert sorted(set(entries) - asked_for) == []


def test_no_translation_is_a_guess_of_the_tools(entries: Mapping[str, Any]) -> None:
    assert [entry.msgid for entry in entries.values() if entry.fuzzy] == []


def test_a_text_and_its_translations_have_the_same_placeholders(entries: Mapping[str, Any]) -> None:
    faults = []
    for entry in entries.values():
        wanted = set(PLACEHOLDER.findall(entry.msgid + entry.plural))
        faults += [(entry.msgid, text) for text in entry.texts if text and set(PLACEHOLDER.findall(text)) != wanted]
    assert faults == []


def test_every_percent_sign_is_a_placeholder_or_doubled(entries: Mapping[str, Any]) -> None:
    faults = []
    for entry in entries.values():
        if not PLACEHOLDER.search(entry.msgid + entry.plural):
            continue
        for text in entry.texts:
            rest = PLACEHOLDER.sub("", text).replace("%%", "")
            faults += [(entry.msgid, text)] if "%" in rest else []
    assert faults == []


def test_no_text_holds_elements(asked_for: frozenset[str]) -> None:
    assert [text for text in sorted(asked_for) if re.search(r"</?[a-zA-Z]|&\w+;", text)] == []


def test_the_chinese_texts_have_chinese_marks(catalogues: Mapping[str, Mapping[str, Any]]) -> None:
    western = re.compile(rf"[{HAN}][,.?!;:](?=\s|$|[{HAN}])|[{HAN}] +[{HAN}]")
    texts = [text for entry in catalogues["zh_Hans_CN"].values() for text in entry.texts]
    assert [text for text in texts if western.search(text)] == []


def test_the_chinese_sentences_end_and_the_labels_do_not(catalogues: Mapping[str, Mapping[str, Any]]) -> None:
    faults = []
    for entry in catalogues["zh_Hans_CN"].values():
        for text in filter(None, entry.texts):
            if text.endswith("。") and not entry.is_sentence:
                faults.append((entry.msgid, text))
            if entry.msgid.endswith(".") and not text.endswith(("。", "）", "”", "》")):
                faults.append((entry.msgid, text))
    assert faults == []


def test_a_term_of_the_glossary_has_its_one_tibetan_form(
    catalogues: Mapping[str, Mapping[str, Any]], glossary: list[dict[str, str]]
) -> None:
    terms: dict[str, set[str]] = defaultdict(set)
    for row in glossary:
        terms[row["zh"]].add(row["bo"])
    chinese, tibetan = catalogues["zh_Hans_CN"], catalogues["bo_CN"]
    faults = []
    for msgid, entry in chinese.items():
        if entry.texts[0] in terms and msgid in tibetan:
            allowed = terms[entry.texts[0]]
            if tibetan[msgid].texts[0] and tibetan[msgid].texts[0] not in allowed:
                faults.append((msgid, entry.texts[0], tibetan[msgid].texts[0], sorted(allowed)))
    assert faults == []


def test_three_public_acts_have_three_tibetan_words(glossary: list[dict[str, str]]) -> None:
    """公示, 公告 and 公布 are different acts of law, and so are 受理, 核实 and 核定."""
    terms = {row["zh"]: row["bo"] for row in glossary}
    for group in (("公示", "公告"), ("受理", "核实", "核定")):
        assert len({terms[term] for term in group}) == len(group)


def test_the_glossary_has_no_key_twice_and_no_empty_term(glossary: list[dict[str, str]]) -> None:
    keys = [row["key_en"] for row in glossary]
    assert len(keys) == len(set(keys))
    assert [row["key_en"] for row in glossary if not row["zh"] or not row["bo"]] == []
