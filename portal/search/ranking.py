"""The second stage: candidates in the order a person would put them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.fuzz import partial_ratio

from portal.search.query import Query

#: A title as similar as this is taken for a slip of the pen: one wrong character in four, at least one right in three.
_SLIP, _SHORT_SLIP, _SHORT = 0.74, 0.6, 3
#: The share of the query's known tokens, by their weight, that makes up for missing words.
_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Record:
    """What ranking, narrowing and sorting need of an entry; the texts are skeletons.

    ``spoken`` are the names in pinyin with spaces between syllables; ``day`` is the ordinal of the date, 0 without one.
    """

    key: str
    fingerprint: str
    titles: tuple[str, ...]
    codes: tuple[str, ...]
    spoken: tuple[str, ...]
    facets: dict[str, tuple[str, ...]]
    day: int
    boost: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How a record fits a query. ``score`` orders; ``is_likely`` says whether it is worth showing without a full match."""

    score: float
    is_likely: bool


def fit(query: Query, record: Record, body: Callable[[], str], coverage: float) -> Fit:
    """Compare a candidate with the query.

    ``body`` gives the skeleton of the text, asked only when the titles do not hold the query; ``coverage`` is the
    share of the query's tokens, by weight, that the candidate has (0 to 1).
    """
    whole = query.whole
    literal = max((_in_title(query, title) for title in record.titles), default=0.0)
    similar = (
        max((partial_ratio(whole, title) / 100 for title in record.titles), default=0.0) if len(whole) > 1 else 0.0
    )
    in_code = max((_in_code(whole, code) for code in record.codes), default=0.0)
    by_sound = max((_sounds(query, name) for name in record.spoken), default=0.0)
    abbreviated = max((_abbreviated(whole, title) for title in record.titles), default=0.0)
    text_share = 1.0 if literal >= 1.0 or in_code else _share(query, "\n".join((*record.titles, *record.codes, body())))
    score = 2.0 * literal + in_code + text_share + similar + 0.6 * abbreviated + by_sound + 0.5 * coverage
    likely = (
        bool(in_code or by_sound or literal >= 1.0 or text_share >= 1.0)
        or _is_slip(whole, similar)
        or coverage >= _ENOUGH
    )
    return Fit(score + 0.3 * min(max(record.boost, 0.0), 1.0), likely)


def _share(query: Query, text: str) -> float:
    """How much of the query, by length of its runs, stands whole in ``text``."""
    return sum(len(run) for run in query.runs if run in text) / len(query.whole)


def _in_title(query: Query, title: str) -> float:
    """0 to 1 for the runs found, more for the whole query, most for the whole title."""
    if not title:
        return 0.0
    if query.whole == title:
        return 3.0
    if query.whole in title:
        # The shorter title, and the one that begins so, is meant more likely.
        return 1.5 + 0.15 * len(query.whole) / len(title) + (0.1 if title.startswith(query.whole) else 0.0)
    return _share(query, title)


def _in_code(whole: str, code: str) -> float:
    """The code itself, or its head or tail of four characters and more."""
    if whole == code:
        return 4.0
    if len(whole) >= 4 and (code.startswith(whole) or code.endswith(whole)):
        return 2.0
    return 0.0


def _sounds(query: Query, name: str) -> float:
    """The name as it was spelled, or less surely as it sounds."""
    if query.letters:
        return _spelled(query.letters, name)
    return 0.5 * _spelled(query.sound, name) if query.sound else 0.0


def _spelled(letters: str, name: str) -> float:
    """Typed letters as the pinyin of the name from some syllable on, or as its initials from three letters on."""
    syllables = name.split()
    if len(letters) < 3 or not syllables:
        return 0.0
    joined = "".join(syllables)
    place, best = 0, 0.0
    for number, syllable in enumerate(syllables):
        if joined.startswith(letters, place) and len(letters) > len(syllable):
            best = max(best, 2.2 if number == 0 else 2.0)
        place += len(syllable)
    initials = "".join(syllable[0] for syllable in syllables).find(letters)
    return max(best, 0.0 if initials < 0 else 1.8 if initials == 0 else 1.5)


def _abbreviated(whole: str, title: str) -> float:
    """Whether the title holds the characters of the query in their order; the closer together, the more."""
    if len(whole) < 2:
        return 0.0
    place, first = -1, -1
    for char in whole:
        place = title.find(char, place + 1)
        if place < 0:
            return 0.0
        first = place if first < 0 else first
    return len(whole) / (place - first + 1) * (1.0 if first == 0 else 0.8)


def _is_slip(whole: str, similar: float) -> bool:
    """Whether the title is the query but for a wrong character."""
    if len(whole) < _SHORT:
        return False
    return similar >= (_SHORT_SLIP if len(whole) == _SHORT else _SLIP)
