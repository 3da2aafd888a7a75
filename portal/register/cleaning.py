"""Names as lists print them, brought into one writing; pure, and the same when done twice."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from portal.search.analysis import fold

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005\u3007"
_LATIN = re.compile(r"[A-Za-z0-9&.,][A-Za-z0-9&]")
_SPACE = re.compile(r"\s+")
_BRACKETS = str.maketrans(
    {"(": "（", ")": "）", "[": "（", "]": "）", "【": "（", "】": "）", "〔": "（", "〕": "）", "﹝": "（", "﹞": "）"}
)
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
#: What never tells two names apart: spaces, dashes, dots, commas, quotation marks.
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−·•・‧.,，、;；:：\"'“”‘’《》]+")
_FORMER = re.compile(
    r"^(.+?)（\s*(?:原名|原称|曾用名|曾用名称|更名前|前身为|原|前身)\s*(?:为|是|[:：])?\s*([^（）]*(?:（[^（）]*）[^（）]*)*)）(.*)$"
)
_ORGANISATION = re.compile(r"(公司|厂|集团|园区?|中心|研究院|研究所|合作社|开发区|示范区|基地)$")
_MARKS = re.compile(r"[*＊#※△▲★☆]+$")


@dataclass(frozen=True)
class CleanName:
    """A name in one writing, with the other names that were printed inside it."""

    name: str
    former: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """One writing of a name: compatibility forms, brackets, and no spaces except between Latin words."""
    # What one step takes away may bring together what the next one changes.
    while (tidied := _tidied(text)) != text:
        text = tidied
    return text


def _tidied(text: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_BRACKETS)
    plain = _SPACE.sub(_space, plain.strip())
    plain = re.sub(f"(?<=[{_HAN}）]),(?=[{_HAN}（])", "，", plain)
    return _balanced(_MARKS.sub("", plain))


def _space(found: re.Match[str]) -> str:
    around = found.string[found.start() - 1] + found.string[found.end()]
    return " " if _LATIN.fullmatch(around) else ""


def split_names(text: str) -> CleanName:
    """The name and what ``X（原Y）`` or ``X（曾用名：Y）`` say of it; a short form such as ``（原贵糖）`` is an alias."""
    name = tidy(text)
    found = _FORMER.match(name)
    # 原 also begins ordinary names in brackets, such as a place: only a name before it, and nothing but the end after.
    if not found or found[3] or not name_key(found[1]) or not name_key(found[2]):
        return CleanName(name)
    others = tuple(item for item in (tidy(part) for part in re.split(r"[、;；]", found[2])) if item)
    former = tuple(item for item in others if _ORGANISATION.search(item) and len(item) >= 5)
    return CleanName(found[1], former, tuple(item for item in others if item not in former))


def name_key(name: str) -> str:
    """What two writings of one name have in common; equal keys in one province are one unit."""
    return _SEPARATORS.sub("", fold(tidy(name)))


def is_name(name: str) -> bool:
    """Whether a cell could be the name of a unit: some letters, and no sentence."""
    letters = sum(unicodedata.category(character)[0] == "L" for character in name)
    return letters >= 2 and len(name) <= 120 and "。" not in name


def agency_name(text: str) -> str:
    """An evaluation body's name in one writing, known misprints put right; empty for none."""
    name = tidy(text)
    if name_key(name) in {"", "无", "自评价", "selfevaluation"}:
        return ""
    return _respelled().get(name_key(name), name)


@cache
def _respelled() -> Mapping[str, str]:
    text = (files("portal.register") / "data" / "evaluator_spellings.csv").read_text(encoding="utf-8")
    return {name_key(row["published"]): row["meant"] for row in csv.DictReader(text.splitlines())}


def _balanced(name: str) -> str:
    """A name without a bracket that was never opened or closed at its end."""
    while name.endswith("（"):
        name = name[:-1].rstrip()
    if name.endswith("）") and name.count("）") > name.count("（"):
        return _balanced(name[:-1].rstrip())
    return name
