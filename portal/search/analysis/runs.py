"""Runs of one script, the units in which a text is read."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from portal.search.analysis.folding import TIBETAN_LETTERS, TSHEG

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(
    f"(?P<han>[{_HAN}]+)"
    f"|(?P<tibetan>[{TIBETAN_LETTERS}]+(?:{TSHEG}[{TIBETAN_LETTERS}]+)*)"
    f"|(?P<latin>(?:(?![{_HAN}{TIBETAN_LETTERS}])[^\\W_])+)"
)


class Script(StrEnum):
    """How a run is cut into tokens. Everything with spaces between its words counts as Latin, digits too."""

    HAN = "han"
    TIBETAN = "tibetan"
    LATIN = "latin"


class Run(NamedTuple):
    """A stretch of one script in a folded text. A Tibetan run is syllables joined by tsheg, ended by shad or space."""

    script: Script
    text: str
    start: int

    @property
    def syllables(self) -> list[str]:
        """The syllables of a Tibetan run."""
        return self.text.split(TSHEG)


def runs(folded: str) -> list[Run]:
    """The runs of a folded text, in order; signs and spaces between them are left out."""
    return [
        Run(Script(match.lastgroup or Script.LATIN), match.group(), match.start()) for match in _RUN.finditer(folded)
    ]
