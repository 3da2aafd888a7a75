"""One canonical form of a text, in which writings that mean the same are equal."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from unicodedata import category, normalize

TSHEG = "\u0f0b"
#: Tibetan letters with their vowel signs and subjoined forms; neither tsheg, shad nor digits.
TIBETAN_LETTERS = "\u0f40-\u0f6c\u0f71-\u0f84\u0f90-\u0fbc"

#: Characters that show nothing: soft hyphen, zero-width and direction marks, variation selectors.
_IGNORED = [
    0x00AD,
    0x180E,
    0xFEFF,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
]

#: Tibetan writings that NFKC leaves apart although a reader sees or means the same.
_TIBETAN_VARIANTS = {
    "\u0f00": "\u0f68\u0f7c\u0f7e",  # OM as one sign
    "\u0f6a": "\u0f62",  # fixed-form RA
    "\u0fba": "\u0fad",  # fixed-form subjoined WA, YA, RA
    "\u0fbb": "\u0fb1",
    "\u0fbc": "\u0fb2",
    "\u0f71": "",  # the mark of a long vowel
    "\u0f80": "\u0f72",  # reversed I
    "\u0f82": "\u0f7e",  # nasal signs
    "\u0f83": "\u0f7e",
    "\u0f4b": "\u0f50",  # retroflex letters, written plainly; the two that also contract stand among the rules below
    "\u0f4e": "\u0f53",
    "\u0f65": "\u0f64",
    "\u0f9a": "\u0f9f",
    "\u0f9b": "\u0fa0",
    "\u0f9c": "\u0fa1",
    "\u0f9e": "\u0fa3",
    "\u0fb5": "\u0fb4",
}


def _simplified() -> dict[str, str]:
    """Each traditional character with its simplified one, from OpenCC's own table, followed to its end."""
    table: dict[str, str] = {}
    lines = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        traditional, _, choices = line.partition("\t")
        chosen = choices.split(" ")[0]
        if len(traditional) == 1 and chosen and chosen != traditional:
            table[traditional] = chosen
    for traditional, first in list(table.items()):
        seen, last = {traditional}, first
        while last in table and last not in seen:
            seen.add(last)
            last = table[last]
        table[traditional] = last
    return {traditional: last for traditional, last in table.items() if traditional != last}


_TABLE: dict[int, str] = {
    **{ord(key): value for key, value in _simplified().items()},
    **{0x0F20 + digit: str(digit) for digit in range(10)},
    **{ord(key): value for key, value in _TIBETAN_VARIANTS.items()},
    **dict.fromkeys(_IGNORED, ""),
}

#: What depends on the neighbours, applied in this order after the characters are canonical.
_RULES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(f"{TSHEG}{{2,}}"), TSHEG),
    # Newspapers write a final ག and ས as one reversed letter: ཚོཊ for ཚོགས.
    (re.compile(f"(?<=[{TIBETAN_LETTERS}])[\u0f4a\u0f4c](?![{TIBETAN_LETTERS}])"), "\u0f42\u0f66"),
    (re.compile("\u0f4a"), "\u0f4f"),
    (re.compile("\u0f4c"), "\u0f51"),
    (re.compile("\u0f7a\u0f7a"), "\u0f7b"),
    (re.compile("\u0f7c\u0f7c"), "\u0f7d"),
    # Shigatse is written in several ways.
    (re.compile(f"(?<![{TIBETAN_LETTERS}])གཞིས?་(?:ཀ་)?རྩེ"), "གཞིས་རྩེ"),
]


def _canonical(text: str) -> str:
    """Fold characters without regard to their neighbours, until nothing changes any more."""
    if text.isascii():
        return text.lower()
    while True:
        folded = normalize("NFKC", text.translate(_TABLE)).casefold()
        if folded == text:
            return folded
        text = folded


def fold(text: str) -> str:
    """The canonical form of ``text``: what is indexed and what is asked meet in it.

    Compatibility forms (full width, brackets, no-break tsheg), case, traditional characters, Tibetan digits and
    variants are unified, and characters without a shape are dropped. Folding twice changes nothing.
    """
    folded = _canonical(text)
    if folded.isascii():
        return folded
    for pattern, replacement in _RULES:
        folded = pattern.sub(replacement, folded)
    return folded


@cache
def _continues(char: str) -> bool:
    """Whether ``char`` belongs to the character before it: a mark, or a sign without a shape."""
    if _TABLE.get(ord(char)) == "" and char != "\u0f71":
        return True
    first = normalize("NFKD", char)[0]
    # Vowels and finals of decomposed Hangul join the consonant before them.
    return category(first).startswith("M") or "\u1160" <= first <= "\u11ff"


def _clusters(text: str) -> list[tuple[int, int]]:
    """Where the characters of ``text`` with their marks begin and end."""
    starts = [i for i, char in enumerate(text) if i == 0 or not _continues(char)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True)) if starts else []


def fold_with_spans(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The canonical form, and for each of its characters where in ``text`` it comes from (start, end)."""
    chars: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        piece = _canonical(text[start:end])
        chars.append(piece)
        spans.extend([(start, end)] * len(piece))
    folded = "".join(chars)
    for pattern, replacement in _RULES:
        folded, spans = _rewrite(pattern, replacement, folded, spans)
    return folded, spans


def _rewrite(
    pattern: re.Pattern[str], replacement: str, text: str, spans: list[tuple[int, int]]
) -> tuple[str, list[tuple[int, int]]]:
    """Substitute like ``pattern.sub``, giving each new character the span of all it replaces."""
    pieces: list[str] = []
    moved: list[tuple[int, int]] = []
    done = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        pieces += [text[done:start], replacement]
        moved += spans[done:start]
        if len(replacement) == end - start:
            moved += spans[start:end]
        else:
            moved += [(spans[start][0], spans[end - 1][1])] * len(replacement)
        done = end
    if not done:
        return text, spans
    return "".join([*pieces, text[done:]]), moved + spans[done:]
