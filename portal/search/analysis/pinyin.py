"""Names by their sound: for who types pinyin, its initials, or a character that sounds the same."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from unicodedata import category, normalize

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from portal.search.analysis.folding import fold
from portal.search.analysis.runs import Script, runs

_UMLAUT = str.maketrans("üǖǘǚǜ", "vvvvv")
_INITIALS = 3
#: Longer words are hardly initials.
_LONGEST_INITIALS = 12
#: The letters of the longest syllable, zhuang.
_LONGEST_SYLLABLE = 6


def _spoken(folded: str) -> list[list[str]]:
    """The syllables of each Han run of a folded text."""
    return [lazy_pinyin(run.text, errors="ignore") for run in runs(folded) if run.script is Script.HAN]


def _of_syllables(syllables: list[str]) -> list[str]:
    """Neighbours joined, and initials in threes."""
    initials = "".join(syllable[0] for syllable in syllables)
    return [a + b for a, b in pairwise(syllables)] + _threes(initials)


def _threes(letters: str) -> list[str]:
    """Every three neighbouring letters."""
    return [letters[i : i + _INITIALS] for i in range(len(letters) - _INITIALS + 1)]


def pinyin_tokens(name: str) -> list[str]:
    """The ``p`` tokens of a name: pinyin of neighbouring characters joined, and initials in threes."""
    return [token for syllables in _spoken(fold(name)) for token in _of_syllables(syllables)]


def pinyin_names(name: str) -> str:
    """The name in pinyin, one space between syllables, for the comparison with what was typed."""
    return " ".join(syllable for syllables in _spoken(fold(name)) for syllable in syllables)


@cache
def _known_syllables() -> frozenset[str]:
    """Every syllable of the standard language without its tone; ü as v."""
    bare = set()
    for readings in PINYIN_DICT.values():
        for reading in readings.split(","):
            letters = normalize("NFD", reading.translate(_UMLAUT))
            bare.add("".join(char for char in letters if not category(char).startswith("M")))
    # A syllable of one letter would cut every word into initials.
    return frozenset(
        syllable
        for syllable in bare
        if syllable.isascii() and syllable.isalpha() and (len(syllable) > 1 or syllable in "aeo")
    )


def split_pinyin(letters: str) -> list[str]:
    """``yulongtong`` as ``["yu", "long", "tong"]``: the fewest syllables; an unfinished end is left out.

    Returns nothing when the letters do not begin with pinyin.
    """
    known = _known_syllables()
    best: list[list[str] | None] = [[], *([None] * len(letters))]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            before = best[start]
            if before is None or letters[start:end] not in known:
                continue
            current = best[end]
            if current is None or len(before) + 1 < len(current):
                best[end] = [*before, letters[start:end]]
    for end in range(len(letters), max(0, len(letters) - _LONGEST_SYLLABLE), -1):
        found = best[end]
        if found:
            return found
    return []


def spelled_tokens(letters: str) -> list[str]:
    """The ``p`` tokens of typed letters: read as pinyin, and as initials."""
    syllables = split_pinyin(letters)
    # The word itself covers two syllables that read as one: xian for 西安.
    return [
        letters,
        *(a + b for a, b in pairwise(syllables)),
        *(_threes(letters) if len(letters) <= _LONGEST_INITIALS else []),
    ]
