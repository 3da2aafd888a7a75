"""The tokens that the index keeps: pairs, syllables and words."""

from __future__ import annotations

import re
from itertools import pairwise

from portal.search.analysis.folding import TSHEG, fold
from portal.search.analysis.runs import Run, Script, runs
from portal.search.analysis.tibetan import stems

#: A unified social credit code in its folded form.
_CREDIT_CODE = re.compile(r"[0-9a-z]{2}[0-9]{6}[0-9a-z]{10}")
#: The shortest head and tail of a credit code by which a unit is found.
_HEAD, _TAIL = 6, 4


def _of_run(run: Run) -> list[str]:
    """The tokens of one run for the field of everything."""
    if run.script is Script.HAN:
        return [a + b for a, b in pairwise(run.text)] or [run.text]
    if run.script is Script.TIBETAN:
        words = stems(run.syllables)
        return words + [f"{a}{TSHEG}{b}" for a, b in pairwise(words)]
    return [run.text]


def text_tokens(text: str) -> list[str]:
    """The ``x`` tokens of a text: Han pairs (a lone character as itself), Tibetan stems and their pairs, words."""
    return [token for run in runs(fold(text)) for token in _of_run(run)]


def title_tokens(text: str) -> list[str]:
    """The ``t`` tokens of a title, name or code: as ``x``, with single characters and the parts of a credit code."""
    tokens = []
    for run in runs(fold(text)):
        tokens += _of_run(run)
        if run.script is Script.HAN and len(run.text) > 1:
            tokens += run.text
        if run.script is Script.LATIN and _CREDIT_CODE.fullmatch(run.text):
            code = run.text
            tokens += [code[:end] for end in range(_HEAD, len(code))]
            tokens += [code[-end:] for end in range(_TAIL, len(code))]
    return tokens
