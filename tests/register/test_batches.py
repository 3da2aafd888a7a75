"""A round is opened, and its candidates are recommended: by form and by spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from flask import Flask

from portal.foundation import audit
from portal.foundation.clock import ZONE
from portal.foundation.errors import Invalid, NotPermitted, Stale
from portal.foundation.workflow import IllegalTransition
from portal.register import services as register_services
from portal.register.batches import queries, services
from portal.register.batches.models import Batch
from portal.register.batches.rules import (
    BatchState,
    CandidateState,
)
from portal.register.lists.files import UnreadableList
from portal.register.models import Unit
from portal.register.rules import Category, ExclusionGround, Level
from tests.register.conftest import csv_bytes, xlsx_bytes
from tests.register.rounds import (
    LETTER,
    SPRING,
    at,
    opened,
    published,
    recommended,
)

GOOD_CODE = "91350100M000100Y43"
Listed = Callable[..., Unit]
HEADINGS = ("单位名称", "类别", "地市", "第三方评价机构")


def states(batch: Batch) -> dict[str, CandidateState]:
    return {candidate.name: candidate.state for candidate in queries.batch(batch.id).candidates}


class TestOpening:
    def test_a_round_keeps_the_statutory_days_of_its_year(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            batch = opened(people.editor)
        assert (batch.recommend_by, batch.report_by) == (date(2025, 6, 30), date(2025, 7, 31))
        assert batch.state is BatchState.COLLECTING

    def test_there_is_one_round_of_a_level_and_year(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            opened(people.editor)
            opened(people.editor, Level.PREFECTURAL)
            with pytest.raises(Invalid) as refused:
                opened(people.editor)
        assert "year" in refused.value.fields

    def test_the_ministry_announces_national_lists(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING), pytest.raises(Invalid) as refused:
            opened(people.editor, Level.NATIONAL)
        assert "level" in refused.value.fields

    @pytest.mark.parametrize("who", ["lhasa_officer", "reviewer", "determiner", "administrator", "auditor"])
    def test_only_who_keeps_the_register_opens_one(self, app: Flask, people: SimpleNamespace, who: str) -> None:
        with at(SPRING), pytest.raises(NotPermitted):
            opened(getattr(people, who))
        assert queries.batches() == []


class TestRecommending:
    def test_an_authority_recommends_its_own(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            found = recommended(
                batch,
                "拉萨甲示例(集团)有限公司",
                people.lhasa_officer,
                uscc=GOOD_CODE,
                agency="示例评价中心",
                place="城关区",
            )
        assert found.name == "拉萨甲示例（集团）有限公司"
        assert (found.authority.code, found.prefecture, found.uscc) == ("lhasa", "拉萨市", GOOD_CODE)
        assert found.public_id == f"c{found.id}"
        assert not found.is_late

    def test_the_department_recommends_for_an_authority_that_it_names(
        self, app: Flask, people: SimpleNamespace
    ) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            assert recommended(batch, "日喀则甲示例有限公司", people.editor, authority="shigatse")
            with pytest.raises(Invalid) as refused:
                recommended(batch, "日喀则乙示例有限公司", people.editor)
        assert set(refused.value.fields) == {"authority"}

    def test_nobody_recommends_for_another_authority(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        listed("日喀则甲示例有限公司", place="日喀则市", year=2023, level="国家级")
        with at(SPRING):
            batch = opened(people.editor)
            with pytest.raises(NotPermitted):
                recommended(batch, "甲示例有限公司", people.lhasa_officer, authority="shigatse")
            with pytest.raises(Invalid) as refused:
                recommended(batch, "日喀则甲示例有限公司", people.lhasa_officer)
        assert "name" in refused.value.fields

    @pytest.mark.parametrize(
        ("field", "more"),
        [
            ("name", {"name": "。"}),
            ("uscc", {"uscc": "123"}),
            ("name_bo", {"name_bo": "\ue000"}),
            ("report_on", {"report_on": date(2025, 12, 1)}),
        ],
    )
    def test_what_cannot_be_is_named_by_its_field(
        self, app: Flask, people: SimpleNamespace, field: str, more: dict[str, object]
    ) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            with pytest.raises(Invalid) as refused:
                recommended(batch, **{"name": "拉萨甲示例有限公司", "by": people.lhasa_officer, **more})  # type: ignore[arg-type]
        assert set(refused.value.fields) == {field}

    def test_a_unit_stands_once_in_a_category(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        unit = listed("拉萨甲示例有限公司", year=2023)
        with at(SPRING):
            batch = opened(people.editor)
            with pytest.raises(Invalid):
                recommended(batch, unit.name, people.lhasa_officer)
            found = recommended(batch, unit.name, people.lhasa_officer, category=Category.SUPPLY_CHAIN)
            assert found.unit_id == unit.id
            with pytest.raises(Invalid):
                recommended(batch, "拉萨甲示例 有限公司", people.lhasa_officer, category=Category.SUPPLY_CHAIN)

    def test_no_report_by_an_excluded_agency(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        agency = listed("拉萨甲示例有限公司", agency="示例评价中心").entries[0].agency
        assert agency is not None
        with at(date(2025, 3, 10)):
            published(
                register_services.propose_exclusion(agency, ExclusionGround.FALSIFICATION, by=people.determiner), people
            )
        with at(SPRING):
            batch = opened(people.editor)
            with pytest.raises(Invalid) as refused:
                recommended(batch, "拉萨乙示例有限公司", people.lhasa_officer, agency="示例评价中心")
            assert set(refused.value.fields) == {"agency"}
            recommended(batch, "拉萨乙示例有限公司", people.lhasa_officer, agency="其他示例中心")

    def test_no_report_by_an_agency_that_lacks_the_basic_conditions(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        listed("拉萨甲示例有限公司", agency="示例评价中心")
        with at(SPRING):
            batch = opened(people.editor)
            finding = services.find_lacking("示例评价中心", found_on=SPRING, source=LETTER, by=people.editor)
            with pytest.raises(Invalid):
                recommended(batch, "拉萨乙示例有限公司", people.lhasa_officer, agency="示例评价中心")
            services.lift_finding(finding, by=people.editor)
            assert recommended(batch, "拉萨乙示例有限公司", people.lhasa_officer, agency="示例评价中心")
            with pytest.raises(IllegalTransition):
                services.lift_finding(finding, by=people.editor)
            with pytest.raises(Invalid):
                services.find_lacking("谁也不是", found_on=SPRING, source=LETTER, by=people.editor)

    def test_after_the_statutory_day_it_is_taken_and_marked(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            batch = opened(people.editor)
        with at(date(2025, 7, 1)):
            assert recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer).is_late

    def test_when_recommendation_is_closed_nobody_comes_in(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            services.close_recommendation(batch, by=people.editor)
            with pytest.raises(IllegalTransition):
                recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
            services.reopen_recommendation(batch, note="示例理由", by=people.editor)
            assert recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)

    def test_who_was_taken_out_may_be_recommended_again(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            found = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
            with pytest.raises(NotPermitted):
                services.take_out(found, reason="示例理由", by=people.shigatse_officer)
            services.take_out(found, reason="示例理由", by=people.lhasa_officer)
            again = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
        assert (again.id, again.state, again.reason) == (found.id, CandidateState.RECOMMENDED, "")


class TestSpreadsheet:
    def test_nothing_is_kept_until_the_same_file_is_accepted(self, app: Flask, people: SimpleNamespace) -> None:
        content = csv_bytes(
            ("拉萨甲示例有限公司", "绿色工厂", "拉萨市", "示例评价中心"),
            ("拉萨乙示例园区", "绿色工业园区", "", ""),
            ("合计", "", "", ""),
            headings=HEADINGS,
        )
        with at(SPRING):
            batch = opened(people.editor)
            seen = services.recommend_list(batch, content, by=people.lhasa_officer)
            assert (len(seen.good), seen.bad, seen.taken) == (2, [], False)
            assert states(batch) == {}
            other = services.recommend_list(batch, content, accepted="0" * 64, by=people.lhasa_officer)
            assert not other.taken
            kept = services.recommend_list(batch, content, accepted=seen.digest, by=people.lhasa_officer)
        assert kept.taken
        assert states(batch) == dict.fromkeys(["拉萨甲示例有限公司", "拉萨乙示例园区"], CandidateState.RECOMMENDED)
        assert audit.verify() is None

    def test_one_bad_row_keeps_the_whole_list_out_and_is_named(self, app: Flask, people: SimpleNamespace) -> None:
        rows = [
            ("单位名称", "类别", "地市"),
            ("拉萨甲示例有限公司", "绿色工厂", "拉萨市"),
            ("拉萨甲示例 有限公司", "绿色工厂", "拉萨市"),
            ("日喀则甲示例有限公司", "绿色工厂", "日喀则市"),
            ("拉萨乙示例有限公司", "", "拉萨市"),
        ]
        content = xlsx_bytes(("名单", rows))
        with at(SPRING):
            batch = opened(people.editor)
            seen = services.recommend_list(batch, content, by=people.lhasa_officer)
            services.recommend_list(batch, content, accepted=seen.digest, by=people.lhasa_officer)
        assert [(row.number, len(row.sentences)) for row in seen.bad] == [(3, 1), (4, 1), (5, 1)]
        assert states(batch) == {}

    def test_the_department_must_be_told_whose_each_unit_is(self, app: Flask, people: SimpleNamespace) -> None:
        content = csv_bytes(
            ("甲示例有限公司", "绿色工厂", "拉萨市", ""), ("乙示例有限公司", "绿色工厂", "", ""), headings=HEADINGS
        )
        with at(SPRING):
            batch = opened(people.editor)
            seen = services.recommend_list(batch, content, by=people.editor)
        assert [row.name for row in seen.bad] == ["乙示例有限公司"]

    def test_a_row_of_another_year_is_refused(self, app: Flask, people: SimpleNamespace) -> None:
        content = csv_bytes(("甲示例有限公司", "绿色工厂", 2024), headings=("单位名称", "类别", "年份"))
        with at(SPRING):
            seen = services.recommend_list(opened(people.editor), content, by=people.lhasa_officer)
        assert len(seen.bad) == 1

    def test_what_is_no_list_is_refused_in_words(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            with pytest.raises(UnreadableList):
                services.recommend_list(batch, b"\x89PNG\r\n\x1a\n\x00\x01", by=people.lhasa_officer)


def test_an_act_on_a_round_that_moved_on_is_stale(app: Flask, people: SimpleNamespace) -> None:
    with at(SPRING):
        batch = opened(people.editor)
        seen = batch.version
        services.close_recommendation(batch, by=people.editor, version=seen)
        with pytest.raises(Stale):
            services.reopen_recommendation(batch, note="示例", by=people.editor, version=seen)


def test_a_list_of_ten_thousand_rows_is_looked_at_in_seconds(sqlite_app: Flask) -> None:
    rows = [(f"第{number}示例有限公司", "绿色工厂", "拉萨市", "") for number in range(10_000)]
    content = csv_bytes(*rows, headings=HEADINGS)
    with at(SPRING):
        batch = services.open_batch(Level.REGIONAL, 2025, by=None)
    started = datetime.now(ZONE)
    report = services.recommend_list(batch, content, by=None)
    assert len(report.good) == 10_000
    assert (datetime.now(ZONE) - started).total_seconds() < 30
