"""Tibetan texts are well formed: marks, spaces, syllables and particles, as far as rules can tell.

Whether a text is good Tibetan only a reader can say; these rules find what no reader should have to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
#: Stands for a placeholder, of which nothing is known.
HOLE = "\ufffc"
LETTER, SUBJOINED, VOWEL = "\u0f40-\u0f6c", "\u0f90-\u0fbc", "\u0f71-\u0f84"
PREFIXES = "གདབམའ"
#: Latin words and marks, and the Chinese marks that Tibetan print shares.
ALLOWED = re.compile(r"[\u0f00-\u0fff\ufffcA-Za-z0-9 %\-–:/()（）《》“”.·&@+]")
FORBIDDEN = {
    "a Tibetan digit": "[\u0f20-\u0f33]",
    "the no-break tsheg": "\u0f0c",
    "an invisible character": "[\u200b-\u200d\u2060\ufeff]",
    "a doubled mark": "་་|།།|༎",
    "a space at an end, or two": "  |^ | $|\n",
    "a tsheg before a shad": "[^ང]་།",
    "a shad after ང without tsheg": "ང།",
    "a shad after ཀ or ག": "[ཀག]།",
    "a tsheg after a shad": "། ?་",
    "a shad without a space after it": "།(?![ ”》）)]|$)",
    "a space before a shad": " །",
    "a space inside a sentence": f"[{LETTER}{SUBJOINED}{VOWEL}་](?<![།ཀགིེོུ]) (?=[{LETTER}])",
    "a Western mark after Tibetan": f"[{LETTER}{SUBJOINED}{VOWEL}་།][,.?!;](?= |$)",
    "a tsheg before a bracket or a mark": "་[（(《”》]",
}
#: After which final letters a particle may stand; V is a vowel or a lone letter.
PARTICLES = {
    "ཀྱི": "དབས",
    "ཀྱིས": "དབས",
    "གི": "གང",
    "གིས": "གང",
    "གྱི": "ནམརལ",
    "གྱིས": "ནམརལ",
    "ཡི": "V",
    "ཡིས": "V",
    "ཏུ": "གབ",
    "སུ": "ས",
    "དུ": "ངདནམརལ",
}


def faults_of(text: str, *, sentence: bool) -> list[str]:
    """Everything that the rules of form have against a text."""
    plain = PLACEHOLDER.sub(HOLE, text).replace("%%", "%")
    faults = [] if unicodedata.is_normalized("NFC", text) else ["not NFC"]
    stray = sorted({character for character in plain if not ALLOWED.match(character)})
    faults += [f"stray {character!r}" for character in stray]
    faults += [what for what, pattern in FORBIDDEN.items() if re.search(pattern, plain)]
    return faults + faults_of_end(plain, sentence=sentence) + faults_of_syllables(plain) + faults_of_particles(plain)


def faults_of_end(plain: str, *, sentence: bool) -> list[str]:
    if not re.search("[\u0f40-\u0fbc]", plain):
        return []
    if sentence:
        return [] if re.search(f"[།ཀག{HOLE}”》）)0-9A-Za-z:]$|[ཀག][ིེོུ]$", plain) else ["a sentence without end mark"]
    return ["a label that ends with a mark"] if plain.endswith(("།", "་")) else []


def faults_of_syllables(plain: str) -> list[str]:
    faults = []
    for syllable in filter(None, re.split("[^\u0f40-\u0fbc]+", plain)):
        stacks = re.findall(f"[{LETTER}][{SUBJOINED}]*[{VOWEL}]*", syllable)
        if "".join(stacks) != syllable:
            faults.append(f"marks out of order: {syllable}")
            continue
        # Particles that lean on the syllable before them do not count as letters of it.
        core = re.sub("(འི|འུ|འོ|འམ|འང)$", "", syllable) or syllable
        letters = len(re.findall(f"[{LETTER}]", core))
        if letters > 4 or (letters == 4 and (core[0] not in PREFIXES or core[-1] not in "སད")):
            faults.append(f"a tsheg is missing: {syllable}")
        elif letters == 3 and core[0] not in PREFIXES and core[-1] not in "སད":
            faults.append(f"odd last letter: {syllable}")
        if len(re.findall("[\u0f72\u0f74\u0f7a-\u0f7d]", core)) > 1:
            faults.append(f"two vowels in a syllable: {syllable}")
    return faults


def ending(syllable: str) -> str:
    """The letter that decides which particle follows, or V."""
    if not re.search(f"[{LETTER}]$", syllable) or len(re.findall(f"[{LETTER}]", syllable)) < 2:
        return "V"
    return "V" if syllable[-1] == "འ" else syllable[-1]


def faults_of_particles(plain: str) -> list[str]:
    faults = []
    for run in re.split("[^\u0f40-\u0fbc་]+", plain):
        syllables = [part for part in run.split("་") if part]
        for before, particle in pairwise(syllables):
            if particle in PARTICLES and ending(before) not in PARTICLES[particle]:
                faults.append(f"{particle} after {before}")
    return faults


def test_every_tibetan_text_of_the_catalogue_is_well_formed(catalogues: Mapping[str, Mapping[str, Any]]) -> None:
    found = {}
    for entry in catalogues["bo_CN"].values():
        for text in filter(None, entry.texts):
            if faults := faults_of(text, sentence=entry.is_sentence):
                found[entry.msgid] = (text, faults)
    assert found == {}


def test_every_tibetan_term_of_the_glossary_is_well_formed(glossary: list[dict[str, str]]) -> None:
    found = {}
    for row in glossary:
        if faults := faults_of(row["bo"], sentence=row["kind"] == "message"):
            found[row["key_en"]] = (row["bo"], faults)
    assert found == {}


def test_the_tibetan_names_of_the_portal_are_well_formed(sqlite_app: Any) -> None:
    name = sqlite_app.extensions["portal.settings"].site_name_bo
    assert faults_of(name, sentence=False) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("མིང་ཐོ།", "a label that ends with a mark"),
        ("མིང་ཐོ་", "a label that ends with a mark"),
        ("མིང་་ཐོ", "a doubled mark"),
        ("མིང༌ཐོ", "the no-break tsheg"),
        ("ཉིན་༥", "a Tibetan digit"),
        ("ཐོ་འཇུག, ཕྱིར", "a Western mark after Tibetan"),
        ("བོད་གི་མིང", "གི after བོད"),
        ("མིང་ཐོ绿", "stray '绿'"),
        ("ལྗངམདོག", "a tsheg is missing: ལྗངམདོག"),
    ],
)
def test_the_rules_find_what_they_are_for(text: str, fault: str) -> None:
    assert fault in faults_of(text, sentence=False)


@pytest.mark.parametrize("text", ["མིང་ཐོ", "བོད་ཡིག", "ལྗང་མདོག་བཟོ་གྲྭ", "%(unit)sདང་འབྲེལ་བ"])
def test_the_rules_let_good_terms_pass(text: str) -> None:
    assert faults_of(text, sentence=False) == []
