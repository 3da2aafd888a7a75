"""Headings, places and years, however they drift."""

from __future__ import annotations

from datetime import date

import pytest

from portal.register import places
from portal.register.lists import headings
from portal.register.lists.headings import Field
from portal.register.rules import Category, Level


@pytest.mark.parametrize(
    "text", ["单位名称", "企业名称", "工厂名称", "园 区 名 称", "名称", "Unit name", "unit_name", "企业名称（全称）"]
)
def test_many_headings_mean_the_name(text: str) -> None:
    assert headings.field_of(text) is Field.NAME


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("第三方评价机构", Field.AGENCY),
        ("第三方机构名称", Field.AGENCY),
        ("所在地区", Field.PROVINCE),
        ("省（区、市）", Field.PROVINCE),
        ("序号", Field.NUMBER),
        ("统一社会信用代码", Field.USCC),
        ("Third-party evaluation agency", Field.AGENCY),
        ("备用", None),
    ],
)
def test_other_headings(text: str, field: Field | None) -> None:
    assert headings.field_of(text) is field


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("国家级", Level.NATIONAL),
        ("national", Level.NATIONAL),
        ("自治区级", Level.REGIONAL),
        ("省级", Level.REGIONAL),
        ("地（市）级", Level.PREFECTURAL),
        ("市级", Level.PREFECTURAL),
        ("Prefecture (city) level", Level.PREFECTURAL),
        ("Autonomous region level", Level.REGIONAL),
        ("不详", None),
    ],
)
def test_levels(text: str, level: Level | None) -> None:
    assert headings.level(text) is level


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("绿色工厂", Category.FACTORY),
        ("绿色供应链管理企业", Category.SUPPLY_CHAIN),
        ("绿色工业园区", Category.PARK),
        ("green_factory", Category.FACTORY),
        ("Green industrial park", Category.PARK),
        ("绿色工厂、绿色工业园区", None),
        ("其他", None),
    ],
)
def test_categories(text: str, category: Category | None) -> None:
    assert headings.category(text) is category


@pytest.mark.parametrize(
    ("cell", "batch", "level", "year"),
    [
        ("2020", "", Level.NATIONAL, 2020),
        ("2020年度", "", None, 2020),
        ("", "2021年度（第六批）", Level.NATIONAL, 2021),
        ("", "第五批", Level.NATIONAL, 2020),
        ("", "第五批", Level.REGIONAL, None),
        ("二〇二〇", "第五批", Level.NATIONAL, None),
        ("12020", "", None, None),
    ],
)
def test_the_year_of_a_row(cell: str, batch: str, level: Level | None, year: int | None) -> None:
    assert headings.year(cell, batch, level) == year


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024-05-13", date(2024, 5, 13)), ("2024年5月13日", date(2024, 5, 13)), ("2024/2/30", None), ("", None)],
)
def test_days(text: str, day: date | None) -> None:
    assert headings.day(text) == day


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("西藏自治区", "西藏"),
        ("Tibet", "西藏"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆生产建设兵团", "新疆生产建设兵团"),
        ("兵团", "新疆生产建设兵团"),
        ("拉萨市", "西藏"),
        ("", ""),
        ("不详", None),
    ],
)
def test_provinces(text: str, province: str | None) -> None:
    assert places.province(text) == province


@pytest.mark.parametrize(
    ("province", "place", "authority"),
    [
        ("西藏", "拉萨市", "lhasa"),
        ("西藏", "日喀则", "shigatse"),
        ("西藏", "西藏自治区昌都市卡若区", "chamdo"),
        ("西藏", "堆龙德庆区", "lhasa"),
        ("西藏", "阿里", "ngari"),
        ("西藏", "", "department"),
        ("青海", "格尔木市藏青工业园区", "zangqing"),
        ("青海", "格尔木市", None),
        ("河南", "拉萨市", None),
    ],
)
def test_the_authority_follows_from_the_place_and_the_park_only_from_its_name(
    province: str, place: str, authority: str | None
) -> None:
    assert places.authority_code(province, place) == authority


def test_every_bureau_of_the_region_has_a_division_in_our_copy() -> None:
    codes = {code for code, _above in places.divisions().values()}
    assert set(places.AUTHORITY_OF_DIVISION) <= codes
