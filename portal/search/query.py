"""A query as the engine reads it: tokens to gather candidates by, skeletons to rank them by."""

from __future__ import annotations

from dataclasses import dataclass

from portal.search.analysis import (
    Script,
    fold,
    pinyin_names,
    pinyin_tokens,
    runs,
    skeleton_of,
    spelled_tokens,
    text_tokens,
    title_tokens,
)

#: Longer queries are cut; nobody means every word of them, and each costs time.
LONGEST = 200

_SINGLE, _TITLE, _TEXT = 0.4, 2.0, 1.0
_SOUND, _SPELLED = 0.5, 2.0


@dataclass(frozen=True)
class Query:
    """``required``: the (field, token) pairs that a full match holds; ``wanted``: tokens with their weight.

    ``runs`` are the skeletons of the query's runs, ``whole`` all of them as one string; ``letters`` what was typed
    when it is Latin letters only (pinyin, initials or a brand), ``sound`` the pinyin of a query that is Han only.
    """

    required: tuple[tuple[str, str], ...]
    wanted: dict[tuple[str, str], float]
    runs: tuple[str, ...]
    whole: str
    letters: str
    sound: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.whole


def parse(text: str) -> Query:
    """Read what a person typed."""
    text = text[:LONGEST]
    found = runs(fold(text))
    parts = tuple(filter(None, map(skeleton_of, found)))
    letters = "".join(run.text for run in found)
    spelled = letters if letters.isascii() and letters.isalpha() else ""
    spoken = (
        pinyin_names(text).replace(" ", "")
        if len(letters) > 1 and all(run.script is Script.HAN for run in found)
        else ""
    )
    return Query(_required(text), _wanted(text, spelled), parts, "".join(parts), spelled, spoken)


def _is_single(token: str) -> bool:
    """Whether the token is one Han character, which only titles are indexed by."""
    return len(token) == 1 and runs(token)[0].script is Script.HAN


def _required(text: str) -> tuple[tuple[str, str], ...]:
    tokens = dict.fromkeys(text_tokens(text))
    longer = [token for token in tokens if not _is_single(token)]
    return tuple(("x", token) for token in longer) or tuple(("t", token) for token in tokens)


def _wanted(text: str, letters: str) -> dict[tuple[str, str], float]:
    wanted = {("x", token): _TEXT for token in text_tokens(text)}
    for token in title_tokens(text):
        wanted["t", token] = _SINGLE if _is_single(token) else _TITLE
    for token in pinyin_tokens(text):
        wanted["p", token] = _SOUND
    for token in spelled_tokens(letters) if letters else ():
        wanted["p", token] = _SPELLED
    return wanted
