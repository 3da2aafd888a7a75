"""What a list's headings, titles and cells mean, however they drift from year to year and from office to office."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from portal.register.rules import Category, EntryStatus, Level

FIRST_YEAR = 2016


class Field(StrEnum):
    """The columns that an import understands; others are left alone."""

    NUMBER = "number"
    NAME = "unit_name"
    NAME_BO = "name_bo"
    FORMER = "former_names"
    USCC = "uscc"
    CATEGORY = "category"
    LEVEL = "level"
    YEAR = "year"
    BATCH = "batch"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    AUTHORITY = "authority"
    AGENCY = "third_party"
    LISTED_ON = "listed_on"
    SOURCE_URL = "source_url"
    SOURCE_NAME = "source_name"
    STATUS = "status"


_HEADINGS: Mapping[Field, str] = {
    Field.NUMBER: "序号|编号|no|number|#|serialnumber",
    Field.NAME: "单位名称|企业名称|工厂名称|园区名称|名称|公司名称|单位|企业|申报单位|申报单位名称|名单单位|入选单位|绿色工厂名称|"
    "绿色工业园区名称|绿色供应链管理企业名称|供应链管理企业名称|企业园区名称|企业或园区名称|工厂园区名称|绿色工厂|"
    "unitname|unit|name|enterprise|enterprisename|company|companyname|factory|factoryname|park|parkname",
    Field.NAME_BO: "藏文名称|单位藏文名称|namebo|tibetanname|nameintibetan",
    Field.FORMER: "原名称|曾用名|原单位名称|更名前名称|原企业名称|formername|formernames",
    Field.USCC: "统一社会信用代码|社会信用代码|信用代码|组织机构代码|uscc|creditcode|unifiedsocialcreditcode",
    Field.CATEGORY: "类别|名单类别|类型|种类|绿色制造名单类别|category|type",
    Field.LEVEL: "层面|级别|层级|等级|level",
    Field.YEAR: "年份|年度|入选年份|入选年度|公布年份|列入年份|year",
    Field.BATCH: "批次|入选批次|名单批次|batch",
    Field.PROVINCE: "省份|省|地区|所在地区|省市|省区市|省市区|省自治区直辖市|所在省份|推荐地区|所属地区|所在省|province|region",
    Field.PREFECTURE: "地市|市州|地市州|所在地|所在地市|所属地市|城市|市|所在市|市地|地址|所在县区|县区|prefecture|city|location|place",
    Field.AUTHORITY: "主管部门|推荐单位|推荐部门|所在地主管部门|authority|recommendedby",
    Field.AGENCY: "第三方评价机构|第三方机构|第三方机构名称|第三方评价机构名称|评价机构|评价机构名称|第三方评价单位|"
    "thirdparty|thirdpartyagency|thirdpartyevaluationagency|thirdpartyevaluator|agency|evaluator|evaluationbody",
    Field.LISTED_ON: "列入日期|公布日期|公告日期|入选日期|listedon|datelisted",
    Field.SOURCE_URL: "来源网址|来源链接|网址|链接|sourceurl|url|link",
    Field.SOURCE_NAME: "来源|来源名称|文件名称|文号|source|sourcename|documentnumber",
    Field.STATUS: "状态|status",
}
_BY_HEADING = {word: field for field, words in _HEADINGS.items() for word in words.split("|")}
#: A heading that names the kind of unit says the category of all its rows.
_CATEGORY_WORDS = (
    (Category.SUPPLY_CHAIN, ("供应链", "supplychain")),
    (Category.PARK, ("园区", "park", "开发区")),
    (Category.FACTORY, ("工厂", "factor")),
)
_LEVEL_WORDS = (
    (Level.NATIONAL, ("国家", "工信部", "工业和信息化部", "national", "ministry")),
    (Level.REGIONAL, ("自治区", "省", "region", "provinc")),
    (Level.PREFECTURAL, ("地市", "地级", "市级", "地区级", "州级", "盟级", "市", "prefectur", "city", "municipal")),
)
#: The ministry's numbered batches and the years of their lists.
NATIONAL_BATCHES: Mapping[str, int] = {
    "第一批": 2017, "第二批": 2018, "第三批": 2018, "第四批": 2019, "第五批": 2020, "第六批": 2021, "第七批": 2022, "第八批": 2023,
}  # fmt: skip
_REMOVED_WORDS = ("移出", "removed", "撤销")
_SUMMARY = re.compile(r"^(合计|总计|小计|共计|注|备注|说明|填表|联系人|附件|total|note)")


def plain(text: str) -> str:
    """A heading without spaces, marks and brackets with what they explain, in small letters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = re.sub(r"\((?!地)[^()]*\)", "", folded)
    return re.sub(r"[\s_\-/、,，.:：()*·\"'“”]+", "", folded) or ("#" if "#" in text else "")


def field_of(heading: str) -> Field | None:
    """The column that a heading names, or None."""
    return _BY_HEADING.get(plain(heading))


def understand(cells: list[str]) -> dict[int, Field]:
    """Which cell of a row is the heading of which column; empty where the row is no heading row."""
    found: dict[int, Field] = {}
    for position, cell in enumerate(cells):
        field = field_of(cell) if len(cell) <= 60 else None
        # A second heading of the same meaning is left alone: the first is the one that lists fill in.
        if field is not None and field not in found.values():
            found[position] = field
    if Field.NAME not in found.values() or (len(found) < 2 and sum(bool(cell) for cell in cells) > 1):
        return {}
    return found


def category(text: str) -> Category | None:
    """The category that a cell or a title names; None where it names none or several."""
    words = plain(text)
    named = [kind for kind, signs in _CATEGORY_WORDS if any(sign in words for sign in signs)]
    return named[0] if len(named) == 1 else None


def level(text: str) -> Level | None:
    """The level that a cell names; a province's list stands on the level of the region's."""
    words = plain(text)
    return next((kind for kind, signs in _LEVEL_WORDS if any(sign in words for sign in signs)), None)


def title_level(text: str) -> Level | None:
    """The level that a title names; more careful than a cell, since titles name offices too."""
    if re.search(r"国家(级|层面)|工业和信息化部办公厅", text):
        return Level.NATIONAL
    return Level.REGIONAL if re.search(r"(自治区|省)(级|层面)", text) else None


def year(text: str, batch: str, level_of_list: Level | None) -> int | None:
    """The year of a row: its own, else the one in its batch's name, else that of the ministry's numbered batch."""
    for candidate in (text, batch):
        if found := re.search(r"(?<!\d)(20\d\d)(?!\d)", unicodedata.normalize("NFKC", candidate)):
            return int(found[1])
    if level_of_list is Level.NATIONAL and not text.strip():
        return next((number for name, number in NATIONAL_BATCHES.items() if name in batch), None)
    return None


def is_year(number: int, today: date) -> bool:
    """Whether a list of that year can exist."""
    return FIRST_YEAR <= number <= today.year + 1


def day(text: str) -> date | None:
    """A day in one of the writings of spreadsheets (``2024-05-13``, ``2024/5/13``, ``2024年5月13日``)."""
    found = re.search(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})", unicodedata.normalize("NFKC", text))
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def is_removed(text: str) -> bool:
    """Whether a status cell says that the entry has ended."""
    return text == EntryStatus.REMOVED or any(word in text.lower() for word in _REMOVED_WORDS)


def is_summary(cells: list[str]) -> bool:
    """Whether a row adds up or explains, and is no row of the list."""
    first = next((cell for cell in cells if cell), "")
    return bool(_SUMMARY.match(plain(first)))
