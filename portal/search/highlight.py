"""Where a text answers a query: the original text, in pieces that a template wraps in ``<mark>`` or not."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from portal.search.analysis import Skeleton, fold, runs, skeleton_of
from portal.search.query import LONGEST

ELLIPSIS = "…"
#: The tail or head of a code is marked from this length on; shorter letters only as a whole word.
_PART_OF_WORD = 4


class Piece(NamedTuple):
    """A stretch of the original text, and whether it answers the query."""

    text: str
    is_match: bool


def highlight(text: str, query: str) -> list[Piece]:
    """The whole of ``text`` (plain, as shown) with what answers ``query`` told apart. The pieces join to ``text``."""
    return _pieces(text, _marks(Skeleton.of(text), text, query), 0, len(text))


def snippet(text: str, query: str, length: int = 120) -> list[Piece]:
    """About ``length`` characters of ``text`` around its best answer to ``query``, an ellipsis where it was cut.

    Tibetan is cut only between syllables, Latin only between words; Chinese anywhere. Without an answer the text
    is shown from its beginning.
    """
    text = " ".join(text.split())
    read = Skeleton.of(text)
    marks = _marks(read, text, query)
    start, end = _window(read, text, marks, length)
    pieces = _pieces(text, marks, start, end)
    before = [Piece(ELLIPSIS, is_match=False)] if start > 0 else []
    after = [Piece(ELLIPSIS, is_match=False)] if end < len(text) else []
    return [*before, *pieces, *after]


def _marks(read: Skeleton, text: str, query: str) -> list[tuple[int, int]]:
    """The stretches (start, end) of ``text`` that answer the query, apart and in order."""
    units = sorted(
        {place for needle, is_word in _needles(read.text, query) for place in _places(read, needle, is_word=is_word)}
    )
    joined: list[tuple[int, int]] = []
    for start, end in (read.spans[unit] for unit in units):
        # One mark for what only a tsheg or a space keeps apart.
        if joined and (start < joined[-1][1] or not text[joined[-1][1] : start].strip(" \u0f0b\u0f0c\u3000")):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _needles(haystack: str, query: str) -> list[tuple[str, bool]]:
    """What to look for, as (skeleton, whether it is a Latin word): each run, or its pairs when the text has it not whole."""
    needles: list[tuple[str, bool]] = []
    for run in runs(fold(query[:LONGEST])):
        sign = skeleton_of(run)
        is_word = run.script == "latin"
        if is_word or sign in haystack:
            needles.append((sign, is_word))
        else:
            needles += [(a + b, False) for a, b in pairwise(sign)]
    return [(needle, is_word) for needle, is_word in needles if needle]


def _places(read: Skeleton, needle: str, *, is_word: bool) -> list[int]:
    """The units of the text that ``needle`` covers wherever it stands."""
    places: list[int] = []
    start = read.text.find(needle)
    while start >= 0:
        end = start + len(needle)
        edges = (start in read.edges) + (end in read.edges)
        if not is_word or edges == 2 or (edges and len(needle) >= _PART_OF_WORD):
            places += range(start, end)
        start = read.text.find(needle, start + 1)
    return places


def _window(read: Skeleton, text: str, marks: list[tuple[int, int]], length: int) -> tuple[int, int]:
    """The part to show: around the densest marks, its ends where the text may be cut."""
    if len(text) <= length:
        return 0, len(text)
    lead = length // 4
    starts = [max(0, start - lead) for start, _ in marks] or [0]
    best = max(
        starts,
        key=lambda at: (sum(min(end, at + length) - start for start, end in marks if at <= start < at + length), -at),
    )
    cuts = _cuts(read, text)
    first = min(best, max(0, len(text) - length))
    start = max((cut for cut in cuts if cut <= first), default=0)
    end = max((cut for cut in cuts if start < cut <= start + length), default=0)
    # One word longer than the window is shown whole.
    end = end or min((cut for cut in cuts if cut > start), default=len(text))
    return start, end


def _cuts(read: Skeleton, text: str) -> list[int]:
    """The places in ``text`` before which it may be cut, its two ends among them."""
    cuts = {0, len(text)}
    for unit, (start, _) in enumerate(read.spans):
        inside_word = unit not in read.edges and read.text[unit].isascii()
        if not inside_word and (unit == 0 or start >= read.spans[unit - 1][1]):
            cuts.add(start)
    return sorted(cuts)


def _pieces(text: str, marks: list[tuple[int, int]], start: int, end: int) -> list[Piece]:
    """``text[start:end]`` in pieces; a mark that the window cuts is shown as far as it goes."""
    pieces: list[Piece] = []
    done = start
    for low, high in marks:
        low, high = max(low, start), min(high, end)  # noqa: PLW2901 - the mark as far as it lies in the window.
        if low >= high:
            continue
        pieces += [Piece(text[done:low], is_match=False), Piece(text[low:high], is_match=True)]
        done = high
    pieces.append(Piece(text[done:end], is_match=False))
    return [piece for piece in pieces if piece.text]
