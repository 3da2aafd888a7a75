"""The six grounds, the experts, the three departments and the selection; and what is missing without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from portal.content.rules import DocumentState
from portal.foundation.errors import Invalid, NotFound, NotPermitted, Stale
from portal.foundation.workflow import IllegalTransition
from portal.register import services as register_services
from portal.register.batches import queries, services
from portal.register.batches.models import Candidate
from portal.register.batches.rules import (
    Lack,
    NotReady,
    Organ,
)
from portal.register.models import Unit
from portal.register.rules import RemovalGround
from tests.register.rounds import (
    LETTER,
    SPRING,
    at,
    consulted,
    examined,
    opened,
    published,
    recommended,
)

Listed = Callable[..., Unit]


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
