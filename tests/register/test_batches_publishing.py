"""From the notice to the announcement: exactly those who stood are listed, and everyone is accounted for."""

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
from portal.foundation.errors import Invalid
from portal.foundation.workflow import IllegalTransition
from portal.register.batches import holds, queries, services
from portal.register.batches.models import Batch, BatchStep, Candidate
from portal.register.batches.rules import (
    BatchAct,
    BatchState,
    CandidatesChanged,
    CandidateState,
    Hold,
    HoldKind,
    NothingToAnnounce,
    NotReady,
    PublicityRuns,
)
from portal.register.models import Agency, RegisterEvent, Unit
from portal.register.rules import Category, EventKind, Level, RemovalGround
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

Listed = Callable[..., Unit]


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
