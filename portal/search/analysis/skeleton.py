"""The skeleton of a text: one character per unit of reading, so that plain string operations respect syllables.

A Han character and a Latin letter stand for themselves; a Tibetan syllable becomes one private character made from
its stem; signs, spaces and particles without meaning vanish. ``in`` then never matches inside a syllable, and
similarity counts syllables, not vowel signs. Two syllables share a character once in 131,068; that touches only the
order of results and a highlight.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from portal.search.analysis.folding import fold, fold_with_spans
from portal.search.analysis.runs import Run, Script, runs
from portal.search.analysis.tibetan import STOP_SYLLABLES, stem

_PLANE = 65_534


@lru_cache(maxsize=20_000)
def _sign(word: str) -> str:
    """The private character that stands for a Tibetan stem."""
    place = crc32(word.encode()) % (2 * _PLANE)
    return chr(0xF0000 + place) if place < _PLANE else chr(0x100000 + place - _PLANE)


def skeleton_of(run: Run) -> str:
    """The skeleton of one run."""
    if run.script is not Script.TIBETAN:
        return run.text
    return "".join(_sign(word) for word in map(stem, run.syllables) if word not in STOP_SYLLABLES)


def skeleton(text: str) -> str:
    """The skeleton of a text."""
    return "".join(skeleton_of(run) for run in runs(fold(text)))


class Skeleton(NamedTuple):
    """A skeleton that knows where it comes from.

    ``spans`` holds for each character its (start, end) in the original; ``edges`` the positions in ``text`` (its
    length among them) where a run begins or ends.
    """

    text: str
    spans: list[tuple[int, int]]
    edges: frozenset[int]

    @classmethod
    def of(cls, original: str) -> Skeleton:
        """Read ``original`` (unfolded text)."""
        folded, origin = fold_with_spans(original)
        signs: list[str] = []
        spans: list[tuple[int, int]] = []
        edges = {0}
        for run in runs(folded):
            place = run.start
            for unit in run.syllables if run.script is Script.TIBETAN else run.text:
                end = place + len(unit)
                word = stem(unit) if run.script is Script.TIBETAN else unit
                if run.script is not Script.TIBETAN or word not in STOP_SYLLABLES:
                    signs.append(_sign(word) if run.script is Script.TIBETAN else unit)
                    spans.append((origin[place][0], origin[end - 1][1]))
                place = end + 1 if run.script is Script.TIBETAN else end
            edges.add(len(signs))
        return cls("".join(signs), spans, frozenset(edges))
