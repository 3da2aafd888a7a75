"""Provinces and prefectures as lists spell them, and the authority that follows from a place (Art. 2, 5)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from portal.register.rules import TIBET

#: The names that published lists use, with what the full names add to them.
PROVINCES: Mapping[str, str] = {
    "北京": "市", "天津": "市", "上海": "市", "重庆": "市",
    "河北": "省", "山西": "省", "辽宁": "省", "吉林": "省", "黑龙江": "省", "江苏": "省", "浙江": "省", "安徽": "省",
    "福建": "省", "江西": "省", "山东": "省", "河南": "省", "湖北": "省", "湖南": "省", "广东": "省", "海南": "省",
    "四川": "省", "贵州": "省", "云南": "省", "陕西": "省", "甘肃": "省", "青海": "省",
    "内蒙古": "自治区", "广西": "壮族自治区", "西藏": "自治区", "宁夏": "回族自治区", "新疆": "维吾尔自治区",
    "新疆生产建设兵团": "", "深圳": "市", "宁波": "市", "青岛": "市", "厦门": "市", "大连": "市",
}  # fmt: skip
#: Cities and the corps that lists name beside their provinces: a unit may stand under either.
WITHIN: Mapping[str, str] = {
    "深圳": "广东",
    "宁波": "浙江",
    "青岛": "山东",
    "厦门": "福建",
    "大连": "辽宁",
    "新疆生产建设兵团": "新疆",
}
_ENGLISH = {
    "tibet": TIBET,
    "xizang": TIBET,
    "tibet autonomous region": TIBET,
    "xizang autonomous region": TIBET,
    "qinghai": "青海",
}
_PARK = "藏青工业园"
ZANGQING = "zangqing"
DEPARTMENT = "department"
#: Divisions of the region with an authority of their own.
AUTHORITY_OF_DIVISION: Mapping[str, str] = {
    "540100": "lhasa",
    "540200": "shigatse",
    "540300": "chamdo",
    "540400": "nyingchi",
    "540500": "shannan",
    "540600": "nagqu",
    "542500": "ngari",
}


def family(province: str) -> str:
    """The province under which a name is one and the same unit's."""
    return WITHIN.get(province, province)


def province(text: str) -> str | None:
    """A province as lists name it; empty for no text, None for a text that names none."""
    plain = text.strip()
    if not plain:
        return ""
    if plain.lower() in _ENGLISH:
        return _ENGLISH[plain.lower()]
    # The longest name first: the corps begins like the region it lies in.
    for name in sorted(PROVINCES, key=len, reverse=True):
        if plain.startswith(name) or (name == "新疆生产建设兵团" and plain in {"兵团", "新疆兵团"}):
            return name
    return TIBET if prefecture(plain) else None


@cache
def divisions() -> Mapping[str, tuple[str, str]]:
    """The region's divisions: Chinese name to (code, code of the division above)."""
    text = (files("portal.register") / "data" / "divisions.csv").read_text(encoding="utf-8-sig")
    return {row["name_zh"]: (row["code"], row["parent_code"]) for row in csv.DictReader(text.splitlines())}


@cache
def _prefectures() -> Mapping[str, str]:
    return {name: code for name, (code, _above) in divisions().items() if code in AUTHORITY_OF_DIVISION}


def prefecture(text: str) -> str:
    """The region's prefecture that a place lies in, by its full name (``拉萨`` is ``拉萨市``); empty where there is none."""
    plain = text.strip().removeprefix("西藏自治区").removeprefix("西藏")
    if not plain or _PARK in plain:
        return ""
    for name in _prefectures():
        if plain.startswith(name.removesuffix("市").removesuffix("地区")):
            return name
    above = next((above for name, (_code, above) in divisions().items() if above != "540000" and plain == name), "")
    return next((name for name, code in _prefectures().items() if code == above), "")


def is_zangqing(text: str) -> bool:
    """Whether a place is the Zangqing park in Golmud, which belongs to the region by its committee."""
    return _PARK in text or text.strip().lower() == ZANGQING


def authority_code(province_name: str, place: str) -> str | None:
    """The authority of a unit by its place; None outside of the region.

    The park is told by explicit data only, never by lying in Golmud. A unit of the region without a known prefecture
    stands under the department until it is assigned.
    """
    if is_zangqing(place):
        return ZANGQING
    if province_name != TIBET:
        return None
    name = prefecture(place)
    return AUTHORITY_OF_DIVISION[_prefectures()[name]] if name else DEPARTMENT
