"""How an article of the implementing rules is cited in each language, from short forms such as ``15(1), 18(1)``."""

from __future__ import annotations

import re

from portal.foundation.languages import Language, current_language

_NUMERALS = "零一二三四五六七八九"


def cite(reference: str, language: Language | None = None) -> str:
    """The articles as an official text names them: 第十五条第（一）项、第十八条第（一）项; Article 15(1) and Article 18(1).

    Args:
        reference: numbers of articles with their items in brackets, parted by commas.
    """
    wanted = language or current_language()
    parts = re.findall(r"(\d+)(?:\((\d+)\))?", reference)
    if wanted is Language.ZH:
        return "、".join(
            f"第{_numeral(int(article))}条" + (f"第（{_numeral(int(item))}）项" if item else "")
            for article, item in parts
        )
    if wanted is Language.BO:
        cited = "དང་། ".join(f"དོན་ཚན་{article}པ" + (f"({item})" if item else "") for article, item in parts)
        # The sentence goes on with a particle, which a syllable is parted from by a tsheg.
        return cited if cited.endswith(")") else f"{cited}་"
    return " and ".join(f"Article {article}" + (f"({item})" if item else "") for article, item in parts)


def _numeral(number: int) -> str:
    """A number below 100 in Chinese."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")
