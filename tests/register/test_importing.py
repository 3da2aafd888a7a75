"""Lists taken into the register: every row accounted for, nothing half done, a second time nothing new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.foundation import audit
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.errors import NotPermitted
from portal.register import queries, services
from portal.register.lists.files import UnreadableList
from portal.register.lists.report import ImportReport, Outcome, Remark
from portal.register.lists.rows import Defaults, Fault
from portal.register.models import Agency, LedgerIsAppendOnly, ListEntry, RegisterEvent, Unit
from portal.register.queries import Scope
from portal.register.rules import Category, EventKind, Level
from portal.search import SearchChange, drift, index_of
from tests.register.conftest import COUNT, HEADINGS, csv_bytes, factory, xlsx_bytes

CODE = "91540091MA6T1XYZ03"
GOOD_CODE = "91350100M000100Y43"


def number(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def outcomes(report: ImportReport) -> list[tuple[Outcome, Fault | None]]:
    return [(row.outcome, row.fault) for row in report.rows]


class TestThePublishedLists:
    def test_each_of_the_2509_rows_is_accounted_for_and_a_second_run_changes_nothing(
        self, app: Flask, published: bytes
    ) -> None:
        report = services.import_list(published)
        assert report.total == 2509
        assert report.counts == {
            Outcome.IMPORTED: 2509,
            Outcome.MERGED: 0,
            Outcome.UNCHANGED: 0,
            Outcome.SKIPPED: 0,
        }
        assert [row.number for row in report.rows] == list(range(2, 2511))
        assert (number(Unit), number(ListEntry), number(Agency)) == (2412, 2509, 286)
        assert number(RegisterEvent) == 2509
        assert (report.new_units, report.new_agencies) == (2412, 286)
        before = {table: number(table) for table in (Unit, ListEntry, Agency, RegisterEvent, AuditRecord)}

        again = services.import_list(published)
        assert again.counts[Outcome.UNCHANGED] == again.total == 2509
        assert {table: number(table) for table in before} == before
        assert audit.verify() is None

    def test_the_rows_that_need_a_word_get_one(self, full: Flask, published: bytes) -> None:
        report = services.import_list(published, dry_run=True)
        assert report.counts[Outcome.UNCHANGED] == 2509
        said = {remark for row in report.rows for remark in row.remarks}
        assert {Remark.PUBLICITY_ONLY, Remark.OTHER_PROVINCE, Remark.NAME_REWRITTEN} <= said
        # Two writings of one evaluator are no difference.
        assert Remark.AGENCY_DIFFERS not in said

    def test_the_region_s_units_stand_under_their_authorities_until_confirmed(self, full: Flask) -> None:
        units = db.session.scalars(select(Unit).where(Unit.authority_id.is_not(None))).unique().all()
        assert len(units) == 9
        assert {unit.province for unit in units} == {"西藏"}
        assert not any(unit.attribution_confirmed for unit in units)
        by_name = {unit.name: unit.authority.code for unit in units if unit.authority}
        assert by_name["西藏玉龙铜业股份有限公司"] == "chamdo"
        assert by_name["西藏日喀则高新雪莲水泥有限公司"] == "shigatse"
        assert by_name["拉萨经济技术开发区"] == "lhasa"

    def test_a_unit_is_found_by_its_former_name(self, full: Flask) -> None:
        (unit,) = queries.find_units("武汉钢铁集团鄂城钢铁", Scope.ALL)
        assert unit.name == "宝武集团鄂城钢铁有限公司"
        assert unit.former_names == ["武汉钢铁集团鄂城钢铁有限责任公司"]
        (alias,) = queries.find_units("贵糖", Scope.ALL)
        assert alias.former_names == []

    def test_one_unit_on_two_lists_is_one_unit(self, full: Flask) -> None:
        (unit,) = queries.find_units("TCL空调器（中山）有限公司", Scope.ALL)
        assert {entry.category for entry in unit.entries} == {Category.FACTORY, Category.SUPPLY_CHAIN}
        (knitwear,) = queries.find_units("康赛妮集团有限公司", Scope.ALL)
        assert len(knitwear.entries) == 2

    def test_every_event_tells_its_entry(self, full: Flask) -> None:
        for event in db.session.scalars(select(RegisterEvent).limit(50)):
            entry = db.session.get(ListEntry, event.entry_id)
            assert entry is not None
            assert event.kind is EventKind.IMPORTED
            assert event.source_url == entry.source_url
            assert event.data["year"] == entry.year
            assert event.recorded_by == "system"


class TestASecondSource:
    def test_a_row_may_add_what_was_missing(self, app: Flask) -> None:
        services.import_list(csv_bytes(factory("拉萨示例水泥有限公司")))
        report = services.import_list(csv_bytes(factory("拉萨示例 水泥有限公司", agency="清华大学")))
        assert outcomes(report) == [(Outcome.MERGED, None)]
        (unit,) = queries.find_units("示例水泥")
        assert unit.entries[0].agency is not None
        kinds = db.session.scalars(select(RegisterEvent.kind).order_by(RegisterEvent.id)).all()
        assert kinds == [EventKind.IMPORTED, EventKind.COMPLETED]

    def test_a_name_twice_in_one_list_is_one_entry(self, app: Flask) -> None:
        content = csv_bytes(factory("拉萨示例(西藏)有限公司"), factory("拉萨示例（西藏） 有限公司"))
        report = services.import_list(content)
        assert outcomes(report) == [(Outcome.IMPORTED, None), (Outcome.MERGED, None)]
        assert report.rows[1].other_row == 2
        assert Remark.SAME_AS_ROW in report.rows[1].remarks
        assert services.import_list(content).counts[Outcome.UNCHANGED] == 2

    def test_a_later_list_that_tells_the_old_name_renames_the_unit(self, app: Flask) -> None:
        services.import_list(csv_bytes(factory("拉萨旧名水泥有限公司", year=2021)))
        new = csv_bytes(factory("拉萨新名水泥有限公司（原拉萨旧名水泥有限公司）", year=2024))
        report = services.import_list(new)
        assert Remark.RENAMED in report.rows[0].remarks
        (unit,) = queries.find_units("旧名")
        assert (unit.name, unit.former_names) == ("拉萨新名水泥有限公司", ["拉萨旧名水泥有限公司"])
        assert len(unit.entries) == 2
        assert services.import_list(new).counts[Outcome.UNCHANGED] == 1
        # The old list again does not bring the old name back.
        old = services.import_list(csv_bytes(factory("拉萨旧名水泥有限公司", year=2021)))
        assert outcomes(old) == [(Outcome.UNCHANGED, None)]

    def test_the_same_name_in_two_provinces_is_two_units(self, app: Flask) -> None:
        services.import_list(
            csv_bytes(factory("天路示例有限公司"), factory("天路示例有限公司", province="四川", place=""))
        )
        assert number(Unit) == 2
        report = services.import_list(csv_bytes(factory("天路示例有限公司", province="", place="", year=2023)))
        assert outcomes(report) == [(Outcome.SKIPPED, Fault.AMBIGUOUS)]

    def test_a_credit_code_says_which_unit_is_meant(self, app: Flask) -> None:
        headings = (*HEADINGS, "统一社会信用代码")
        first = csv_bytes([*factory("拉萨甲方示例有限公司"), GOOD_CODE], headings=headings)
        services.import_list(first)
        (unit,) = queries.find_units("甲方示例")
        assert unit.uscc == GOOD_CODE
        services.import_list(csv_bytes(factory("拉萨乙方示例有限公司")))
        taken = services.import_list(csv_bytes([*factory("拉萨乙方示例有限公司"), GOOD_CODE], headings=headings))
        assert outcomes(taken) == [(Outcome.SKIPPED, Fault.CODE_TAKEN)]

    def test_the_park_in_golmud_belongs_to_its_committee_by_explicit_data(self, app: Flask) -> None:
        headings = (*HEADINGS, "推荐单位")
        park = [*factory("格尔木示例盐湖有限公司", province="青海", place="格尔木市"), "藏青工业园区管委会"]
        other = [*factory("格尔木另一示例有限公司", province="青海", place="格尔木市"), ""]
        services.import_list(csv_bytes(park, other, headings=headings))
        (unit,) = queries.find_units("示例盐湖")
        assert unit.authority is not None
        assert (unit.authority.code, unit.attribution_confirmed) == ("zangqing", True)
        assert queries.find_units("另一示例") == []


class TestBadRows:
    def test_each_is_named_with_its_reason_and_stops_nothing(self, app: Flask) -> None:
        headings = (*HEADINGS, "统一社会信用代码", "状态")
        rows = [
            [*factory("拉萨甲示例有限公司"), "", ""],
            [*factory(""), "", ""],
            [*factory("12"), "", ""],
            [*factory("拉萨乙示例有限公司", level="不详"), "", ""],
            [*factory("拉萨丙示例有限公司", year="明年"), "", ""],
            [*factory("拉萨丁示例有限公司", year=1999), "", ""],
            [*factory("拉萨戊示例有限公司"), CODE, ""],
            [*factory("拉萨己示例有限公司"), "", "已移出"],
            ["拉萨庚示例有限公司", "其他", "国家级", 2024, "", "西藏", "拉萨市", "", "", ""],
            ["合计", "", "", "", "", "", "", "", "", ""],
            [*factory("拉萨辛示例有限公司"), "", ""],
        ]
        report = services.import_list(csv_bytes(*rows, headings=headings))
        assert [row.fault for row in report.rows] == [
            None,
            Fault.NO_NAME,
            Fault.NOT_A_NAME,
            Fault.NO_LEVEL,
            Fault.NO_YEAR,
            Fault.NO_YEAR,
            Fault.BAD_CODE,
            Fault.REMOVAL,
            Fault.NO_CATEGORY,
            Fault.SUMMARY,
            None,
        ]
        assert report.counts[Outcome.IMPORTED] == number(Unit) == 2
        assert sum(report.counts.values()) == report.total == 11
        assert all(str(sentence) for row in report.rows for sentence in row.sentences)

    def test_a_dry_run_reports_the_same_and_keeps_nothing(self, app: Flask, published: bytes) -> None:
        content = csv_bytes(factory("拉萨甲示例有限公司"), factory(""))
        tried = services.import_list(content, dry_run=True)
        assert (number(Unit), number(ListEntry), number(AuditRecord), number(SearchChange)) == (0, 0, 0, 0)
        done = services.import_list(content)
        assert outcomes(tried) == outcomes(done)
        assert (tried.dry_run, done.dry_run) == (True, False)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
            b"PK\x03\x04broken",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
            b"%PDF-1.7\x00\x01",
            "随便写的一段话，没有表头。".encode(),
            b"a,b,c\n1,2,3\n",
        ],
    )
    def test_a_file_that_is_no_list_is_refused_in_words_and_nothing_is_imported(
        self, sqlite_app: Flask, content: bytes
    ) -> None:
        with pytest.raises(UnreadableList) as refused:
            services.import_list(content)
        assert str(refused.value.message)
        assert number(Unit) == number(AuditRecord) == 0

    def test_an_error_in_the_middle_leaves_nothing_behind(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_args: object, **_more: object) -> None:
            raise RuntimeError("no disk")

        monkeypatch.setattr(audit, "record", fail)
        with pytest.raises(RuntimeError):
            services.import_list(csv_bytes(factory("拉萨甲示例有限公司")))
        assert number(Unit) == number(ListEntry) == number(RegisterEvent) == 0


class TestFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_text_in_the_encodings_of_offices(self, sqlite_app: Flask, encoding: str) -> None:
        services.import_list(csv_bytes(factory("拉萨甲示例有限公司"), encoding=encoding))
        assert [unit.name for unit in queries.find_units("甲示例")] == ["拉萨甲示例有限公司"]

    def test_the_published_lists_in_gb18030_are_the_same(self, full: Flask, published: bytes) -> None:
        report = services.import_list(published.decode("utf-8-sig").encode("gb18030"), dry_run=True)
        assert report.counts[Outcome.UNCHANGED] == 2509

    def test_a_workbook_with_titles_sections_merged_cells_and_drifting_headings(self, sqlite_app: Flask) -> None:
        content = xlsx_bytes(
            (
                "工厂",
                [
                    ["附件1"],
                    ["2023年度自治区级绿色制造名单"],
                    [],
                    ["序号", "地 市", "工厂\n名称", "第三方机构名称", "备注"],
                    ["一、绿色工厂名单"],
                    [1, "拉萨市", "拉萨甲示例有限公司", "清华大学"],
                    [2, None, "拉萨乙示例有限公司", "无"],
                    ["二、绿色工业园区名单"],
                    ["序号", "地市", "园区名称", "第三方机构名称"],
                    [1, "山南市", "山南示例园区", None],
                    ["合计：3"],
                ],
            ),
            (
                "供应链",
                [["绿色供应链管理企业名单（2022年）", ""], ["企业名称", "级别"], ["林芝示例有限公司", "自治区级"]],
            ),
            ("说明", [["本表由各地填报"]]),
            merged=["A2:E2", "B6:B7", "A5:E5", "A8:E8"],
        )
        report = services.import_list(content, Defaults(province="西藏"))
        assert [(row.sheet, row.number, row.outcome) for row in report.rows if row.fault is not Fault.SUMMARY] == [
            ("工厂", 6, Outcome.IMPORTED),
            ("工厂", 7, Outcome.IMPORTED),
            ("工厂", 10, Outcome.IMPORTED),
            ("供应链", 3, Outcome.IMPORTED),
        ]
        found = {
            unit.name: (unit.authority.code if unit.authority else None, unit.entries[0].category, unit.entries[0].year)
            for unit in queries.find_units("示例")
        }
        assert found == {
            "拉萨甲示例有限公司": ("lhasa", Category.FACTORY, 2023),
            "拉萨乙示例有限公司": ("lhasa", Category.FACTORY, 2023),
            "山南示例园区": ("shannan", Category.PARK, 2023),
            "林芝示例有限公司": ("department", Category.SUPPLY_CHAIN, 2022),
        }
        assert number(Agency) == 1

    def test_formulas_give_their_saved_values_and_errors_give_none(self, sqlite_app: Flask) -> None:
        rows = [list(HEADINGS), factory("=A1"), factory("#REF!"), factory("拉萨甲示例有限公司")]
        report = services.import_list(xlsx_bytes(("表", rows)))
        # A formula that no program has computed yet has no value.
        assert [row.fault for row in report.rows] == [Fault.NO_NAME, Fault.NO_NAME, None]

    def test_days_and_numbers_of_a_workbook_are_read_as_written(self, sqlite_app: Flask) -> None:
        rows = [[*HEADINGS, "公布日期"], [*factory("拉萨甲示例有限公司", year=2024.0), date(2024, 7, 1)]]
        services.import_list(xlsx_bytes(("表", rows)))
        (unit,) = queries.find_units("甲示例")
        assert (unit.entries[0].year, unit.entries[0].listed_on) == (2024, date(2024, 7, 1))

    def test_ten_thousand_rows(self, sqlite_app: Flask, counted: COUNT) -> None:
        rows = [list(HEADINGS), *(factory(f"拉萨第{place}示例有限公司") for place in range(10_000))]
        content = xlsx_bytes(("表", rows))
        with counted() as statements:
            report = services.import_list(content, dry_run=True)
        assert report.counts[Outcome.IMPORTED] == 10_000
        reads = [statement for statement in statements if statement.startswith("SELECT")]
        assert len(reads) < 20, "no row asks the database for itself"

    def test_what_holds_for_all_rows_can_be_said_beside_the_file(self, sqlite_app: Flask) -> None:
        content = csv_bytes(["拉萨甲示例有限公司", "拉萨市"], headings=("名称", "所在地"))
        assert services.import_list(content).rows[0].fault is Fault.NO_CATEGORY
        said = Defaults(Category.FACTORY, Level.REGIONAL, 2024, "2024年度", source_url="https://example.org/list")
        services.import_list(content, said)
        (unit,) = queries.find_units("甲示例")
        entry = unit.entries[0]
        assert (entry.category, entry.level, entry.year, entry.batch) == (
            Category.FACTORY,
            Level.REGIONAL,
            2024,
            "2024年度",
        )
        assert entry.source_url == "https://example.org/list"

    def test_an_address_that_acts_when_clicked_is_not_kept(self, sqlite_app: Flask) -> None:
        headings = (*HEADINGS, "网址")
        services.import_list(csv_bytes([*factory("拉萨甲示例有限公司"), "javascript:alert(1)"], headings=headings))
        (unit,) = queries.find_units("甲示例")
        assert unit.entries[0].source_url == ""


class TestTheRecord:
    def test_one_audit_record_with_counts_and_digest(self, app: Flask, people: SimpleNamespace) -> None:
        editor = people.editor
        before = audit.count()
        report = services.import_list(csv_bytes(factory("拉萨甲示例有限公司"), factory("")), by=editor)
        # Beside it the code that the new entry got.
        assert audit.count() == before + 2
        record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
        assert record is not None
        assert (record.action, record.actor) == ("register.list.imported", people.editor.actor)
        assert record.data["sha256"] == report.digest
        assert (record.data["imported"], record.data["skipped"]) == (1, 1)

    def test_only_who_keeps_the_register_imports(self, app: Flask, people: SimpleNamespace) -> None:
        with pytest.raises(NotPermitted):
            services.import_list(csv_bytes(factory("拉萨甲示例有限公司")), by=people.lhasa_officer)
        assert number(Unit) == 0

    def test_the_ledger_cannot_be_rewritten(self, app: Flask, listed: Callable[..., Unit]) -> None:
        listed("拉萨甲示例有限公司")
        event = db.session.scalars(select(RegisterEvent)).first()
        assert event is not None
        event.article = "1"
        with pytest.raises(LedgerIsAppendOnly):
            db.session.flush()
        db.session.rollback()

    def test_search_follows_an_import(self, app: Flask, listed: Callable[..., Unit]) -> None:
        unit = listed("拉萨甲示例有限公司", agency="清华大学")
        hits = index_of(app).search("甲示例").hits
        assert [hit.key for hit in hits][:1] == [f"unit:{unit.public_id}"]
        assert drift(app).is_clean


class TestTheCommand:
    def test_it_prints_the_rows_that_need_a_word_and_the_totals(self, sqlite_app: Flask, tmp_path: Path) -> None:
        file = tmp_path / "list.csv"
        file.write_bytes(csv_bytes(factory("拉萨甲示例有限公司"), factory("")))
        answer = sqlite_app.test_cli_runner().invoke(args=["import-list", str(file)])
        assert answer.exit_code == 0, answer.output
        assert "row 3: skipped" in answer.output
        assert "The row has no name." in answer.output
        assert "2 rows: 1 imported, 0 merged, 0 unchanged, 1 skipped" in answer.output

    def test_options_hold_for_rows_that_say_nothing(self, sqlite_app: Flask, tmp_path: Path) -> None:
        file = tmp_path / "list.csv"
        file.write_bytes(csv_bytes(["拉萨甲示例有限公司"], headings=("名称",)))
        given = [
            "--category",
            "green_factory",
            "--level",
            "regional",
            "--year",
            "2024",
            "--province",
            "西藏",
            "--dry-run",
        ]
        answer = sqlite_app.test_cli_runner().invoke(args=["import-list", str(file), *given])
        assert "1 rows: 1 imported" in answer.output
        assert "dry run: nothing was kept" in answer.output
        assert number(Unit) == 0

    def test_a_file_of_the_wrong_kind_fails_in_one_line(self, sqlite_app: Flask, tmp_path: Path) -> None:
        file = tmp_path / "list.xlsx"
        file.write_bytes(b"\x89PNG\r\n\x1a\n\x00")
        answer = sqlite_app.test_cli_runner().invoke(args=["import-list", str(file)])
        assert answer.exit_code == 1
        assert "Please give a CSV file or an XLSX workbook." in answer.output

    def test_wrong_use_is_told_apart(self, sqlite_app: Flask, tmp_path: Path) -> None:
        runner = sqlite_app.test_cli_runner()
        assert runner.invoke(args=["import-list", str(tmp_path / "none.csv")]).exit_code == 2
        file = tmp_path / "list.csv"
        file.write_bytes(b"x")
        assert runner.invoke(args=["import-list", str(file), "--level", "world"]).exit_code == 2
        assert runner.invoke(args=["import-list", str(file), "--province", "Atlantis"]).exit_code == 2
