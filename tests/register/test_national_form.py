"""The form for the ministry's platform: three sheets under its headings, of what stands on the region's lists."""

from __future__ import annotations

import io
from datetime import date

from openpyxl import load_workbook

from portal.foundation.database import db
from portal.register import services
from portal.register.models import ListEntry
from portal.register.rules import EntryStatus, RemovalGround
from tests.register.conftest import csv_bytes, factory

FORM = "/desk/register/national-form.xlsx"


def sheets(answer):
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.data))
    return {sheet.title: [list(row) for row in sheet.values] for sheet in book}


def test_each_category_has_its_sheet_under_the_ministrys_headings(login, people):
    services.import_list(
        csv_bytes(factory("拉萨示例一厂", year=2025, agency="示例评价中心"), factory("昌都示例二厂", place="昌都市"))
    )
    found = sheets(login(people.editor).get(FORM))
    assert list(found) == ["绿色工厂", "绿色工业园区", "绿色供应链管理企业"]
    assert found["绿色工厂"][0] == [
        "序号",
        "地区",
        "工厂名称",
        "统一社会信用代码",
        "第三方评价机构名称",
        "年份",
        "推荐单位",
    ]
    assert [row[2] for row in found["绿色工业园区"]] == ["园区名称"]
    assert found["绿色工厂"][1] == ["1", "西藏", "拉萨示例一厂", None, "示例评价中心", "2025", "拉萨市经济和信息化局"]
    assert [row[0] for row in found["绿色工厂"][1:]] == ["1", "2"]


def test_level_and_year_choose_and_other_provinces_are_never_in_it(login, people):
    services.import_list(
        csv_bytes(
            factory("拉萨示例一厂", year=2025),
            factory("拉萨示例二厂", year=2024),
            factory("拉萨示例三厂", year=2025, level="国家级"),
            factory("成都示例四厂", year=2025, province="四川", place="成都市"),
        )
    )
    found = sheets(login(people.editor).get(f"{FORM}?level=regional&year=2025"))
    assert [row[2] for row in found["绿色工厂"][1:]] == ["拉萨示例一厂"]
    assert login(people.editor).get(f"{FORM}?level=galactic").status_code == 400


def test_what_was_removed_is_not_in_it_and_no_name_is_a_formula(login, people):
    services.import_list(csv_bytes(factory("=1+1示例厂"), factory("拉萨示例二厂")))
    gone = db.session.query(ListEntry).filter(ListEntry.unit.has(name="拉萨示例二厂")).one()
    gone.status, gone.removed_on, gone.ground = EntryStatus.REMOVED, date(2025, 1, 2), RemovalGround.FALSE_MATERIAL
    db.session.commit()
    book = load_workbook(io.BytesIO(login(people.editor).get(FORM).data))
    cells = [row[2] for row in book["绿色工厂"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=1+1示例厂", "s")]


def test_only_who_keeps_the_register_gets_it(login, people, client):
    assert client.get(FORM).status_code == 302
    for person in (people.lhasa_officer, people.determiner, people.auditor):
        assert login(person).get(FORM).status_code == 403
    assert FORM in login(people.editor).get("/desk/register/").text
