"""A round from recommendation to announcement: each act, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import lazy_gettext
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from portal.content import services as content_services
from portal.content.rules import DocumentState
from portal.content.services import OwnDraft
from portal.foundation import audit
from portal.foundation.clock import ZONE
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound, NotPermitted, Stale
from portal.foundation.workflow import IllegalTransition
from portal.register import services as register_services
from portal.register.batches import holds, queries, services
from portal.register.batches.models import Batch, BatchStep, Candidate
from portal.register.batches.rules import (
    BatchAct,
    BatchState,
    CandidatesChanged,
    CandidateState,
    Hold,
    HoldKind,
    Lack,
    NothingToAnnounce,
    NotReady,
    Organ,
    PublicityRuns,
)
from portal.register.lists.files import UnreadableList
from portal.register.models import Agency, RegisterEvent, Unit
from portal.register.rules import Category, EventKind, ExclusionGround, Level, RemovalGround
from tests.register.conftest import csv_bytes, xlsx_bytes
from tests.register.rounds import (
    AFTER,
    LAST_DAY,
    LETTER,
    NOTICE_DAY,
    SPRING,
    at,
    consulted,
    examined,
    opened,
    publicised,
    published,
    recommended,
)

GOOD_CODE = "91350100M000100Y43"
Listed = Callable[..., Unit]
HEADINGS = ("单位名称", "类别", "地市", "第三方评价机构")


@contextmanager
def against(app: Flask, candidate_id: int, kind: HoldKind) -> Iterator[None]:
    """Something that stands against a candidate inside a block, as an objection would."""
    hold = Hold(kind, lazy_gettext("Under examination"))
    sources = app.extensions.setdefault("portal.register.batches.holds", [])
    holds.add_holds(
        app, lambda _candidates: {candidate_id: [hold]} if any(c.id == candidate_id for c in _candidates) else {}
    )
    try:
        yield
    finally:
        sources.pop()


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


class TestExamination:
    @pytest.fixture
    def found(self, app: Flask, people: SimpleNamespace) -> Iterator[Candidate]:
        with at(SPRING):
            batch = opened(people.editor)
            candidate = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
            services.close_recommendation(batch, by=people.editor)
            yield candidate

    def test_a_check_has_source_and_day(self, found: Candidate, people: SimpleNamespace) -> None:
        for more in ({"source": " "}, {"checked_on": None}, {"checked_on": SPRING + timedelta(days=1)}):
            given = {"applies": False, "checked_on": SPRING, "source": "信用中国", "by": people.editor} | more
            with pytest.raises(Invalid):
                services.check(found, RemovalGround.VIOLATION, **given)  # type: ignore[arg-type]
        assert found.checks == []

    def test_grounds_of_other_articles_are_none_of_the_six(self, found: Candidate, people: SimpleNamespace) -> None:
        with pytest.raises(Invalid):
            services.check(
                found, RemovalGround.FORM_REFUSED, applies=False, checked_on=SPRING, source="x", by=people.editor
            )

    def test_the_last_check_stands_and_the_first_is_kept(self, found: Candidate, people: SimpleNamespace) -> None:
        for applies in (True, False):
            services.check(
                found,
                RemovalGround.VIOLATION,
                applies=applies,
                checked_on=SPRING,
                source="信用中国",
                by=people.lhasa_officer,
            )
        assert not found.checked[RemovalGround.VIOLATION].applies
        assert len(found.checks) == 2

    def test_officers_of_another_place_check_nothing(self, found: Candidate, people: SimpleNamespace) -> None:
        with pytest.raises(NotPermitted):
            services.check(
                found, RemovalGround.VIOLATION, applies=False, checked_on=SPRING, source="x", by=people.shigatse_officer
            )
        with pytest.raises(NotPermitted):
            services.review(found, "示例专家", 80, by=people.lhasa_officer)
        with pytest.raises(NotPermitted):
            services.decide(found, selected=True, by=people.reviewer)

    @pytest.mark.parametrize("score", [None, -1, 101])
    def test_a_score_is_of_a_hundred(self, found: Candidate, people: SimpleNamespace, score: int | None) -> None:
        with pytest.raises(Invalid) as refused:
            services.review(found, "示例专家", score, by=people.editor)
        assert set(refused.value.fields) == {"score"}

    def test_several_experts_have_a_mean_score(self, found: Candidate, people: SimpleNamespace) -> None:
        services.review(found, "示例专家甲", 80, by=people.editor)
        services.review(found, "示例专家乙", 91, on_site_on=SPRING, note="现场核实", by=people.editor)
        assert found.score == 85.5

    def test_who_is_not_selected_learns_why(self, found: Candidate, people: SimpleNamespace) -> None:
        with pytest.raises(Invalid):
            services.decide(found, selected=False, by=people.editor)
        seen = found.version
        services.decide(found, selected=False, reason="示例理由", by=people.editor)
        with pytest.raises(Stale):
            services.decide(found, selected=True, by=people.editor, version=seen)

    def test_the_register_knows_of_a_removal_itself(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        unit = listed("拉萨丙示例有限公司", year=2022)
        with at(date(2024, 5, 6)):
            published(register_services.propose_removal(unit, RemovalGround.VIOLATION, by=people.determiner), people)
        with at(SPRING):
            batch = opened(people.editor)
            found = recommended(batch, unit.name, people.lhasa_officer)
            services.close_recommendation(batch, by=people.editor)
            with pytest.raises(Invalid) as refused:
                services.check(
                    found, RemovalGround.REMOVED_BEFORE, applies=False, checked_on=SPRING, source="x", by=people.editor
                )
            assert set(refused.value.fields) == {"applies"}
            assert Lack.GROUND in queries.lacks_of(found, ())

    def test_what_is_missing_keeps_the_publicity_from_opening(self, found: Candidate, people: SimpleNamespace) -> None:
        batch = found.batch
        with pytest.raises(NotReady) as refused:
            services.open_publicity(batch, by=people.editor)
        assert set(refused.value.lacks) == {Lack.OPINION, Lack.NOBODY, Lack.UNDECIDED}
        services.decide(found, selected=True, by=people.editor)
        with pytest.raises(NotReady) as refused:
            services.open_publicity(batch, by=people.editor)
        assert set(refused.value.lacks) == {Lack.OPINION, Lack.UNCHECKED, Lack.UNREVIEWED}
        examined(found, people.editor)
        consulted(batch, people.editor)
        assert services.open_publicity(batch, by=people.editor).state is DocumentState.DRAFT

    def test_a_department_that_objects_to_one_keeps_it_out_until_it_says_otherwise(
        self, found: Candidate, people: SimpleNamespace
    ) -> None:
        examined(found, people.editor)
        consulted(found.batch, people.editor)
        services.consult(
            found.batch, Organ.ECOLOGY, given_on=SPRING, source=LETTER, against=[found.id], by=people.editor
        )
        with pytest.raises(NotReady) as refused:
            services.open_publicity(found.batch, by=people.editor)
        assert refused.value.lacks == (Lack.ADVERSE,)
        services.consult(found.batch, Organ.ECOLOGY, given_on=SPRING, source=LETTER, by=people.editor)
        assert services.open_publicity(found.batch, by=people.editor)
        with pytest.raises(IllegalTransition):
            services.consult(found.batch, Organ.MARKET, given_on=SPRING, source=LETTER, by=people.editor)

    def test_nobody_else_can_be_objected_to(self, found: Candidate, people: SimpleNamespace) -> None:
        with pytest.raises(NotFound):
            services.consult(found.batch, Organ.MARKET, given_on=SPRING, source=LETTER, against=[99], by=people.editor)


class TestPublicity:
    def test_the_notice_is_drafted_in_three_languages_and_published_by_another_person(
        self, client: FlaskClient, people: SimpleNamespace
    ) -> None:
        batch = publicised(people, "拉萨甲示例有限公司", "拉萨乙示例有限公司")
        notice = batch.notice
        assert notice is not None
        assert "2025" in notice.title.zh
        assert all(notice.title.has(code) and notice.body.has(code) for code in ("zh", "bo", "en"))  # type: ignore[arg-type]
        assert "2 candidates" in notice.body.en
        window = queries.window(batch)
        assert window is not None
        assert (window.first, window.last) == (NOTICE_DAY, LAST_DAY)
        assert set(states(batch).values()) == {CandidateState.PUBLICISED}
        assert {candidate.publicised_on for candidate in batch.candidates} == {NOTICE_DAY}
        with at(NOTICE_DAY):
            for lang in ("zh", "bo", "en"):
                page = client.get(f"/{lang}/publicity/{notice.slug}").text
                assert "拉萨甲示例有限公司" in page
                assert f'id="c{batch.candidates[0].id}"' in page
            rows = client.get(f"/en/publicity/{notice.slug}/candidates.csv").text.splitlines()
        assert len(rows) == 3
        assert audit.verify() is None

    def test_who_drafted_the_notice_does_not_publish_it(
        self, app: Flask, people: SimpleNamespace, make_person: Callable[..., object]
    ) -> None:
        batch = publicised(people, "拉萨甲示例有限公司")
        assert batch.notice is not None
        assert people.editor.id in batch.notice.writers
        from portal.content.rules import second_person

        assert not second_person(people.editor.id, batch.notice.writers)
        assert OwnDraft.status == 403

    def test_candidates_are_nobody_s_business_before_the_notice(
        self, client: FlaskClient, people: SimpleNamespace
    ) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            found = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
            services.close_recommendation(batch, by=people.editor)
            examined(found, people.editor)
            consulted(batch, people.editor)
            notice = services.open_publicity(batch, by=people.editor)
            assert queries.candidate_by_ref(found.public_id) is None
            assert client.get(f"/zh/publicity/{notice.slug}/candidates.csv").status_code == 404

    def test_a_public_candidate_is_found_by_its_id(self, app: Flask, people: SimpleNamespace) -> None:
        batch = publicised(people, "拉萨甲示例有限公司")
        (found,) = batch.candidates
        assert queries.candidate_by_ref(found.public_id) is found
        assert queries.candidate_by_ref("c999") is None
        assert queries.candidate_by_ref("u1") is None

    def test_a_draft_that_was_taken_back_cannot_be_published(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            found = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
            services.close_recommendation(batch, by=people.editor)
            examined(found, people.editor)
            consulted(batch, people.editor)
            notice = services.open_publicity(batch, by=people.editor)
            with pytest.raises(Invalid):
                services.take_back_notice(batch, note="", by=people.editor)
            services.take_back_notice(batch, note="示例理由", by=people.editor)
            content_services.submit(notice, by=people.editor)
            with pytest.raises(IllegalTransition):
                content_services.publish(notice, by=people.reviewer)
            content_services.send_back(notice, note="x", by=people.reviewer)
            again = services.open_publicity(batch, by=people.editor)
        assert again.id == notice.id
        assert notice.state is DocumentState.DRAFT
        assert states(batch) == {"拉萨甲示例有限公司": CandidateState.SELECTED}

    def test_what_comes_up_after_the_draft_refuses_its_publication(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        listed("拉萨丁示例有限公司", agency="示例评价中心")
        with at(SPRING):
            batch = opened(people.editor)
            found = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer, agency="示例评价中心")
            services.close_recommendation(batch, by=people.editor)
            examined(found, people.editor)
            consulted(batch, people.editor)
            notice = services.open_publicity(batch, by=people.editor)
            services.find_lacking("示例评价中心", found_on=SPRING, source=LETTER, by=people.editor)
            with pytest.raises(NotReady):
                published(notice, people)
        db.session.expire_all()
        assert found.publicised_on is None

    def test_a_withdrawn_notice_ends_the_publicity_and_a_new_one_gives_the_full_time(
        self, app: Flask, people: SimpleNamespace
    ) -> None:
        batch = publicised(people, "拉萨甲示例有限公司", "拉萨乙示例有限公司")
        notice = batch.notice
        assert notice is not None
        with at(date(2025, 7, 9)):
            services.drop(batch.candidates[1], reason="示例理由", by=people.editor)
            content_services.withdraw(notice, note="示例", by=people.reviewer)
            assert states(batch) == {
                "拉萨甲示例有限公司": CandidateState.SELECTED,
                "拉萨乙示例有限公司": CandidateState.NOT_SELECTED,
            }
            content_services.restore(notice, by=people.reviewer)
            published(notice, people)
        with at(date(2025, 7, 12)), pytest.raises(PublicityRuns):
            services.draft_announcement(queries.batch(batch.id), by=people.editor)
        with at(date(2025, 7, 16)):
            assert services.draft_announcement(queries.batch(batch.id), by=people.editor)


class TestAnnouncement:
    def test_not_before_the_end_of_the_last_day_and_then_at_once(self, app: Flask, people: SimpleNamespace) -> None:
        batch = publicised(people, "拉萨甲示例有限公司")
        midnight = datetime(AFTER.year, AFTER.month, AFTER.day, tzinfo=ZONE)
        with time_machine.travel(midnight - timedelta(seconds=1), tick=False), pytest.raises(PublicityRuns):
            services.draft_announcement(batch, by=people.editor)
        assert batch.state is BatchState.PUBLICISED
        with time_machine.travel(midnight, tick=False):
            assert services.draft_announcement(batch, by=people.editor)

    def test_where_nobody_knows_the_calendar_no_publicity_is_over(self, app: Flask, people: SimpleNamespace) -> None:
        with at(date(2026, 12, 30)):
            batch = opened(people.editor, year=2026)
            found = recommended(batch, "拉萨甲示例有限公司", people.lhasa_officer)
            services.close_recommendation(batch, by=people.editor)
            examined(found, people.editor)
            consulted(batch, people.editor)
            published(services.open_publicity(batch, by=people.editor), people)
        with at(date(2027, 3, 1)), pytest.raises(PublicityRuns):
            services.draft_announcement(batch, by=people.editor)

    def test_exactly_those_who_stood_are_listed_and_everyone_is_accounted_for(
        self, client: FlaskClient, app: Flask, people: SimpleNamespace
    ) -> None:
        batch = publicised(people, "甲示例有限公司", "乙示例有限公司", "丙示例有限公司", "丁示例有限公司")
        stood, held, sustained, dropped = batch.candidates
        with at(AFTER), against(app, held.id, HoldKind.PENDING), against(app, sustained.id, HoldKind.SUSTAINED):
            services.drop(dropped, reason="示例理由", by=people.editor)
            document = services.draft_announcement(batch, by=people.editor)
            assert client.get(f"/zh/announcements/{document.slug}").status_code == 404
            published(document, people)
        assert states(batch) == {
            "甲示例有限公司": CandidateState.LISTED,
            "乙示例有限公司": CandidateState.HELD,
            "丙示例有限公司": CandidateState.DROPPED,
            "丁示例有限公司": CandidateState.DROPPED,
        }
        (event,) = db.session.scalars(select(RegisterEvent)).all()
        assert (event.kind, event.effective_on, event.article) == (EventKind.LISTED, AFTER, "13")
        assert event.document_id == document.id
        (unit,) = db.session.scalars(select(Unit)).unique().all()
        (entry,) = unit.entries
        assert (unit.name, unit.authority.code if unit.authority else "", unit.attribution_confirmed) == (
            "甲示例有限公司",
            "lhasa",
            True,
        )
        assert (entry.year, entry.level, entry.listed_on, stood.entry_id) == (2025, Level.REGIONAL, AFTER, entry.id)
        with at(AFTER):
            page = client.get(f"/en/announcements/{document.slug}").text
        assert all(candidate.name in page for candidate in batch.candidates)
        assert "示例理由" in page
        assert "Of 4 publicised candidates 1 are listed, 1 are held back and 2 are not listed." in page
        assert unit.public_id in client.get("/en/lists.json?scope=region").text
        assert audit.verify() is None

    def test_who_was_held_back_is_announced_when_nothing_stands_against_it_any_more(
        self, app: Flask, people: SimpleNamespace
    ) -> None:
        batch = publicised(people, "甲示例有限公司", "乙示例有限公司")
        held = batch.candidates[1]
        with at(AFTER), against(app, held.id, HoldKind.PENDING):
            first = published(services.draft_announcement(batch, by=people.editor), people)
            with pytest.raises(NothingToAnnounce):
                services.draft_announcement(batch, by=people.editor)
        with at(date(2025, 8, 4)):
            second = services.draft_announcement(batch, by=people.editor)
            assert second.id != first.id
            services.take_back_announcement(batch, note="示例", by=people.editor)
            assert queries.batch(batch.id).state is BatchState.ANNOUNCED
            again = services.draft_announcement(batch, by=people.editor)
            assert again.id == second.id
            published(again, people)
        assert set(states(batch).values()) == {CandidateState.LISTED}
        assert len(queries.lines(first.id)) == 2
        assert len(queries.lines(second.id)) == 1
        days = db.session.scalars(select(RegisterEvent.effective_on).order_by(RegisterEvent.id)).all()
        assert days == [AFTER, date(2025, 8, 4)]

    def test_a_ground_that_comes_to_light_holds_back_until_it_is_decided(
        self, app: Flask, people: SimpleNamespace
    ) -> None:
        batch = publicised(people, "甲示例有限公司", "乙示例有限公司")
        doubtful = batch.candidates[0]
        with at(AFTER):
            services.check(
                doubtful, RemovalGround.DISHONEST_DEBTOR, applies=True, checked_on=AFTER, source="x", by=people.editor
            )
            published(services.draft_announcement(batch, by=people.editor), people)
            assert states(batch)["甲示例有限公司"] is CandidateState.HELD
            services.check(
                doubtful, RemovalGround.DISHONEST_DEBTOR, applies=False, checked_on=AFTER, source="y", by=people.editor
            )
            published(services.draft_announcement(batch, by=people.editor), people)
        assert states(batch)["甲示例有限公司"] is CandidateState.LISTED

    def test_what_changed_since_the_draft_refuses_its_publication(self, app: Flask, people: SimpleNamespace) -> None:
        batch = publicised(people, "甲示例有限公司", "乙示例有限公司")
        with at(AFTER):
            document = services.draft_announcement(batch, by=people.editor)
            with against(app, batch.candidates[0].id, HoldKind.PENDING), pytest.raises(CandidatesChanged):
                published(document, people)
            db.session.expire_all()
            assert db.session.scalars(select(RegisterEvent)).all() == []
            assert set(states(batch).values()) == {CandidateState.PUBLICISED}
            content_services.publish(document, by=people.reviewer)
        assert set(states(batch).values()) == {CandidateState.LISTED}

    def test_a_draft_that_was_taken_back_lists_nobody(self, app: Flask, people: SimpleNamespace) -> None:
        batch = publicised(people, "甲示例有限公司")
        with at(AFTER):
            document = services.draft_announcement(batch, by=people.editor)
            services.take_back_announcement(batch, note="示例", by=people.editor)
            with pytest.raises(IllegalTransition):
                published(document, people)
        assert db.session.scalars(select(RegisterEvent)).all() == []

    def test_publishing_it_again_after_a_withdrawal_lists_nobody_twice(
        self, app: Flask, people: SimpleNamespace
    ) -> None:
        batch = publicised(people, "甲示例有限公司")
        with at(AFTER):
            document = published(services.draft_announcement(batch, by=people.editor), people)
            content_services.withdraw(document, note="示例", by=people.reviewer)
            content_services.restore(document, by=people.reviewer)
            published(document, people)
        assert len(db.session.scalars(select(RegisterEvent)).all()) == 1

    def test_a_unit_in_two_categories_is_one_unit(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            batch = opened(people.editor)
            both = [
                recommended(batch, "甲示例有限公司", people.lhasa_officer, category=category, agency="示例评价中心")
                for category in (Category.FACTORY, Category.SUPPLY_CHAIN)
            ]
            services.close_recommendation(batch, by=people.editor)
            for candidate in both:
                examined(candidate, people.editor)
            consulted(batch, people.editor)
            notice = services.open_publicity(batch, by=people.editor)
        with at(NOTICE_DAY):
            published(notice, people)
        with at(AFTER):
            published(services.draft_announcement(batch, by=people.editor), people)
        (unit,) = db.session.scalars(select(Unit)).unique().all()
        assert {entry.category for entry in unit.entries} == {Category.FACTORY, Category.SUPPLY_CHAIN}
        assert len(db.session.scalars(select(Agency)).unique().all()) == 1

    def test_a_unit_that_an_import_brought_meanwhile_is_not_listed_twice(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        batch = publicised(people, "拉萨甲示例有限公司")
        with at(AFTER):
            listed("拉萨甲示例有限公司", year=2025)
            published(services.draft_announcement(batch, by=people.editor), people)
        assert states(batch) == {"拉萨甲示例有限公司": CandidateState.DROPPED}

    def test_the_recommendation_to_the_ministry_is_recorded(self, app: Flask, people: SimpleNamespace) -> None:
        batch = publicised(people, "甲示例有限公司")
        with at(AFTER):
            published(services.draft_announcement(batch, by=people.editor), people)
            with pytest.raises(Invalid):
                services.report_up(batch, date(2025, 8, 1), by=people.editor)
            services.report_up(batch, AFTER, by=people.editor)
        assert batch.reported_on == AFTER

    def test_the_database_itself_refuses_a_listing_without_publicity(self, app: Flask, people: SimpleNamespace) -> None:
        with at(SPRING):
            found = recommended(opened(people.editor), "甲示例有限公司", people.lhasa_officer)
        for state in ("publicised", "held", "dropped", "listed"):
            with pytest.raises(IntegrityError):
                db.session.execute(text("UPDATE candidate SET state = :state"), {"state": state})
            db.session.rollback()
        with pytest.raises(IntegrityError):
            db.session.execute(
                update(Candidate).where(Candidate.id == found.id).values(state="listed", publicised_on=SPRING)
            )
        db.session.rollback()


def test_every_step_is_in_the_timeline_and_in_the_audit_log(app: Flask, people: SimpleNamespace) -> None:
    batch = publicised(people, "甲示例有限公司")
    with at(AFTER):
        published(services.draft_announcement(batch, by=people.editor), people)
    acts = db.session.scalars(select(BatchStep.act).order_by(BatchStep.id)).all()
    assert acts == [
        BatchAct.OPEN,
        BatchAct.RECOMMEND,
        BatchAct.CLOSE_RECOMMENDATION,
        *[BatchAct.CHECK] * 6,
        BatchAct.REVIEW,
        BatchAct.DECIDE,
        *[BatchAct.CONSULT] * 3,
        BatchAct.OPEN_PUBLICITY,
        BatchAct.PUBLICISE,
        BatchAct.DRAFT_ANNOUNCEMENT,
        BatchAct.ANNOUNCE,
    ]
    recorded = db.session.scalars(
        select(audit.AuditRecord.action).where(audit.AuditRecord.action.like("register.batch.%"))
    ).all()
    assert len(recorded) == len(acts)
    names = db.session.scalars(select(audit.AuditRecord.data)).all()
    assert "甲示例" not in str(names)


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
