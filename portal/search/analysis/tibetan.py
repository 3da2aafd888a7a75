"""Tibetan syllables: what is attached to them comes off, what says nothing is left out."""

from __future__ import annotations

from functools import lru_cache

#: Particles that fuse with an open syllable. ས and ར fuse too, but are lexical endings as well and stay.
_ATTACHED = ("འིས", "འི", "འོ", "འམ", "འང")

#: The prefix letters with the root letters they may stand before.
_PREFIXED = {
    "ག": "ཅཉཏདནཙཞཟཡཤས",
    "ད": "ཀགངཔབམ",
    "བ": "ཀགཅཏདཙཞཟཤས",
    "མ": "ཁགངཆཇཉཐདནཚཛ",
    "འ": "ཁགཆཇཐདཕབཚཛ",
}

#: Only particles that are never a word of their own; ལ ནས ལས ན and དང are.
STOP_SYLLABLES = frozenset({"ཀྱི", "གི", "གྱི", "ཡི", "ཀྱིས", "གིས", "གྱིས", "ཡིས"})


@lru_cache(maxsize=20_000)
def stem(syllable: str) -> str:
    """The folded syllable without attached particles: ལྷ་སའི and ལྷ་ས meet, and so do དགའི and དགའ.

    Two bare letters, prefix and root, would read as root and final; there the འ that the particle displaced returns.
    """
    rest = syllable
    while True:
        shorter = next((rest.removesuffix(end) for end in _ATTACHED if rest.endswith(end) and rest != end), rest)
        if shorter == rest:
            break
        rest = shorter
    if rest != syllable and len(rest) == 2 and rest[1] in _PREFIXED.get(rest[0], ""):
        return rest + "འ"
    return rest


def stems(syllables: list[str]) -> list[str]:
    """The stems that carry meaning, in order."""
    return [word for word in map(stem, syllables) if word not in STOP_SYLLABLES]
