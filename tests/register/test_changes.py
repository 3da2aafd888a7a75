"""Removal from the desk and the changes of Article 19: decided or confirmed, drafted, in force when published."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.authorities.models import Person
from portal.content import services as content_services
from portal.content.models import Document
from portal.content.rules import DocumentState
from portal.foundation import audit
from portal.foundation.clock import ZONE
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound, NotPermitted, Stale
from portal.foundation.workflow import IllegalTransition
from portal.register import queries as register
from portal.register import services as register_services
from portal.register.changes import queries, rules, services
from portal.register.changes.models import ChangeEvidence, ChangeStatement, HigherReport
from portal.register.changes.rules import (
    ANNOUNCEMENTS,
    CHANGES,
    DECISIONS,
    REPORTS,
    Change,
    ChangeAct,
    ChangeKind,
    ChangeState,
    NameTaken,
    NoOwnAuthority,
    NothingToAnnounce,
    NotListed,
    OfACase,
    Removal,
    ReportState,
    Timing,
    UnderReview,
)
from portal.register.models import PendingAct, RegisterEvent, Unit
from portal.register.queries.acts import timeline
from portal.register.rules import (
    AlreadyPending,
    EntryStatus,
    EventKind,
    ExclusionGround,
    Level,
    NameKind,
    NothingToRemove,
    PendingState,
    RemovalGround,
)
from portal.vault import current_vault
from tests.register.conftest import csv_bytes, factory

Listed = Callable[..., Unit]
NAME, OTHER = "拉萨甲示例有限公司", "拉萨乙示例有限公司"


@contextmanager
def at(day: date) -> Iterator[None]:
    """A working morning in Lhasa."""
    with time_machine.travel(datetime(day.year, day.month, day.day, 9, 30, tzinfo=ZONE), tick=False):
        yield


def publish(document: Document, people: SimpleNamespace) -> None:
    content_services.submit(document, by=people.editor)
    content_services.publish(document, by=people.reviewer)


def remove(unit: Unit, by: Person, **more: object) -> services.Decided:
    """Decide the removal of all entries of a unit, unless said otherwise."""
    given_: dict[str, object] = {
        "entries": tuple(entry.id for entry in unit.entries),
        "ground": RemovalGround.FORM_REFUSED,
        "timing": Timing.YEARLY,
        "note": "两次书面催报后仍未填报。",
    }
    return services.decide_removal(unit, Removal(**(given_ | more)), seen=None, by=by)  # type: ignore[arg-type]


def state(unit: Unit, by: Person, kind: ChangeKind = ChangeKind.RENAMED, **more: object) -> ChangeStatement:
    """Take a statement of change in with one file."""
    given_: dict[str, object] = {
        "happened_on": date(2025, 3, 1),
        "text": "公司名称经市场监督管理部门核准变更。",
        "new_name": "拉萨新名示例有限公司" if kind is ChangeKind.RENAMED else "",
        "authority": "shigatse" if kind is ChangeKind.RELOCATED else "",
    }
    change = Change(kind=kind, **(given_ | more))  # type: ignore[arg-type]
    return services.state_change(unit, change, [proof()], version=None, by=by)


def proof() -> tuple[str, io.BytesIO]:
    return "核准通知书.txt", io.BytesIO("准予变更登记通知书（示例）".encode())


def confirm(statement: ChangeStatement, by: Person, *, qualifies: bool = True) -> ChangeStatement:
    note = "" if qualifies else "产能外迁，已不从事实际生产。"
    return services.act(statement.id, ChangeAct.CONFIRM, qualifies=qualifies, note=note, version=None, by=by)


def kinds(unit: Unit) -> list[EventKind]:
    query = select(RegisterEvent.kind).where(RegisterEvent.unit_id == unit.id).order_by(RegisterEvent.id)
    return list(db.session.scalars(query))


def fresh(unit: Unit) -> Unit:
    db.session.expire_all()
    found = register.unit_by_ref(unit.public_id)
    assert found is not None
    return found


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


class TestRules:
    @pytest.mark.parametrize("workflow", [CHANGES, DECISIONS, REPORTS, ANNOUNCEMENTS])
    def test_every_transition_cites_its_article(self, workflow: object) -> None:
        assert all(item.article in {"18", "19", "18, 19"} for item in workflow.transitions)  # type: ignore[attr-defined]

    @given(st.lists(st.sampled_from([act for act in ChangeAct if act is not ChangeAct.STATE]), max_size=12))
    def test_no_way_leads_to_an_effect_but_through_confirmation_and_announcement(self, acts: list[ChangeAct]) -> None:
        state, done = ChangeState.STATED, []
        for act in acts:
            try:
                state = CHANGES.target(act, state)
            except IllegalTransition:
                continue
            done.append(act)
        if state is ChangeState.EFFECTIVE:
            assert done[0] is ChangeAct.CONFIRM
            assert done[-2:] == [ChangeAct.ANNOUNCE, ChangeAct.TAKE_EFFECT]
        if state in {ChangeState.REJECTED, ChangeState.WITHDRAWN, ChangeState.EFFECTIVE}:
            assert CHANGES.available(state) == ()

    @given(st.sampled_from(list(Level)), st.booleans())
    def test_the_region_ends_what_is_its_own_and_the_ministrys_only_when_it_says_so(
        self, level: Level, ends: bool
    ) -> None:
        assert rules.ended_here(level, ends_national=ends) is (level is not Level.NATIONAL or ends)
        assert rules.told_above(level) is (level is Level.NATIONAL)

    @given(
        st.dates(date(2020, 1, 1), date(2030, 12, 31)),
        st.sampled_from(list(ChangeKind)),
        st.text(max_size=40),
        st.sampled_from(["", "lhasa", "shigatse", "mars"]),
    )
    def test_what_is_taken_in_is_never_of_tomorrow_and_never_a_change_into_the_same(
        self, day: date, kind: ChangeKind, name: str, authority: str
    ) -> None:
        today = date(2025, 6, 1)
        change = Change(kind, day, "说明", new_name=name, authority=authority)
        faults = rules.change_faults(
            change, name=NAME, authority="lhasa", authorities={"lhasa", "shigatse"}, today=today
        )
        assert ("happened_on" in faults) is (day > today)
        if kind is ChangeKind.RELOCATED:
            assert ("authority" in faults) is (authority != "shigatse")
        if kind is ChangeKind.RENAMED and not name.strip():
            assert "new_name" in faults

    def test_the_same_name_in_other_brackets_is_no_new_name(self) -> None:
        change = Change(ChangeKind.RENAMED, date(2025, 1, 1), "说明", new_name="西藏示例（集团）有限公司")
        faults = rules.change_faults(
            change, name="西藏示例(集团)有限公司", authority="lhasa", authorities={"lhasa"}, today=date(2025, 6, 1)
        )
        assert faults == {"new_name": rules.SAME_NAME}


class TestRemoval:
    def test_a_yearly_one_waits_for_the_announcement_that_several_share(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        units = [listed(NAME), listed(OTHER)]
        decided = [remove(unit, people.determiner) for unit in units]
        assert [item.document for item in decided] == [None, None]
        assert [unit.entries[0].status for unit in map(fresh, units)] == [EntryStatus.PENDING_REMOVAL] * 2

        ids = [act.id for item in decided for act in item.acts]
        document = services.announce(ids, [], by=people.determiner)
        for language in ("zh", "bo", "en"):
            assert all(unit.name in getattr(document.body, language) for unit in units)
        assert "第十八条第（二）项" in document.body.zh
        with at(date(2026, 7, 20)):
            publish(document, people)
        for unit in map(fresh, units):
            (entry,) = unit.entries
            assert (entry.status, entry.removed_on) == (EntryStatus.REMOVED, date(2026, 7, 20))
            assert entry.ground is RemovalGround.FORM_REFUSED
            assert kinds(unit) == [EventKind.IMPORTED, EventKind.REMOVAL_PROPOSED, EventKind.REMOVED]
        last = db.session.scalars(select(RegisterEvent).order_by(RegisterEvent.id.desc())).first()
        assert last is not None
        assert last.document_id == document.id
        assert audit.verify() is None

    def test_one_at_once_gets_its_draft_with_the_decision(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed(NAME)
        decided = remove(unit, people.determiner, ground=RemovalGround.MAJOR_INCIDENT, timing=Timing.AT_ONCE)
        assert decided.document is not None
        assert decided.document.state is DocumentState.DRAFT
        assert NAME in decided.document.title.zh
        assert [item.document.id for item in queries.drafted()] == [decided.document.id]
        publish(decided.document, people)
        assert fresh(unit).entries[0].status is EntryStatus.REMOVED
        assert queries.drafted() == []

    def test_only_chosen_entries_end(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        listed(NAME, year=2023)
        unit = listed(NAME, year=2024)
        older = next(entry for entry in unit.entries if entry.year == 2023)
        decided = remove(unit, people.determiner, entries=(older.id,))
        publish(services.announce([act.id for act in decided.acts], [], by=people.determiner), people)
        assert {entry.year: entry.status for entry in fresh(unit).entries} == {
            2023: EntryStatus.REMOVED,
            2024: EntryStatus.ACTIVE,
        }

    @pytest.mark.parametrize("ends", [False, True])
    def test_an_entry_of_the_ministry_is_reported_and_ends_only_where_the_announcement_says_so(
        self, app: Flask, people: SimpleNamespace, listed: Listed, ends: bool
    ) -> None:
        listed(NAME)
        unit = listed(NAME, level="国家级", year=2023)
        decided = remove(unit, people.determiner, ends_national=ends)
        assert len(decided.acts) == (2 if ends else 1)
        (report,) = decided.reports
        assert (report.entry.level, report.state) == (Level.NATIONAL, ReportState.DUE)
        publish(services.announce([act.id for act in decided.acts], [], by=people.determiner), people)
        standing = {entry.level: entry.status for entry in fresh(unit).entries}
        assert standing[Level.REGIONAL] is EntryStatus.REMOVED
        assert standing[Level.NATIONAL] is (EntryStatus.REMOVED if ends else EntryStatus.ACTIVE)

        with at(date(2026, 7, 21)):
            with pytest.raises(Invalid) as refused:
                services.tell(report.id, told_on=date(2026, 7, 22), reference="", version=None, by=people.editor)
            assert set(refused.value.fields) == {"told_on", "reference"}
            told = services.tell(
                report.id,
                told_on=date(2026, 7, 21),
                reference="藏经信函〔2026〕1号（示例）",
                version=None,
                by=people.editor,
            )
        assert (told.state, told.told_on) == (ReportState.TOLD, date(2026, 7, 21))
        with pytest.raises(IllegalTransition):
            services.tell(report.id, told_on=date(2026, 7, 21), reference="again", version=None, by=people.editor)

    def test_a_national_entry_alone_leaves_nothing_to_announce(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed(NAME, level="国家级")
        decided = remove(unit, people.determiner, ground=RemovalGround.MAJOR_INCIDENT, timing=Timing.AT_ONCE)
        assert (decided.acts, decided.document, len(decided.reports)) == ((), None, 1)
        with pytest.raises(AlreadyPending):
            remove(unit, people.determiner, ground=RemovalGround.MAJOR_INCIDENT, timing=Timing.AT_ONCE)

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"entries": ()}, "entries"),
            ({"ground": None}, "ground"),
            ({"ground": RemovalGround.MAJOR_INCIDENT}, "ground"),
            ({"timing": Timing.AT_ONCE}, "ground"),
            ({"note": " "}, "note"),
            ({"note": "长" * 2001}, "note"),
        ],
    )
    def test_it_needs_entries_a_ground_that_the_rulebook_knows_and_a_reason(
        self, app: Flask, people: SimpleNamespace, listed: Listed, more: dict[str, object], field: str
    ) -> None:
        unit = listed(NAME)
        with pytest.raises(Invalid) as refused:
            remove(unit, people.determiner, **more)
        assert set(refused.value.fields) == {field}
        assert count(PendingAct) == 0

    @pytest.mark.parametrize("who", ["editor", "reviewer", "lhasa_officer", "lhasa_editor", "administrator", "auditor"])
    def test_only_a_determiner_decides_withdraws_and_announces(
        self, app: Flask, people: SimpleNamespace, listed: Listed, who: str
    ) -> None:
        unit, person = listed(NAME), getattr(people, who)
        with pytest.raises(NotPermitted):
            remove(unit, person)
        (act,) = remove(unit, people.determiner).acts
        with pytest.raises(NotPermitted):
            services.withdraw_decision(act.id, reason="理由", version=None, by=person)
        with pytest.raises(NotPermitted):
            services.announce([act.id], [], by=person)
        document = services.announce([act.id], [], by=people.determiner)
        with pytest.raises(NotPermitted):
            services.take_back(document, reason="理由", by=person)

    def test_a_second_click_an_old_page_and_a_strange_entry_are_told_apart(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit, other = listed(NAME), listed(OTHER)
        entry = unit.entries[0]
        removal = Removal((entry.id,), RemovalGround.FORM_REFUSED, Timing.YEARLY, "理由")
        with pytest.raises(Stale):
            services.decide_removal(unit, removal, seen={entry.id: entry.version + 1}, by=people.determiner)
        (act,) = services.decide_removal(
            unit, removal, seen={entry.id: fresh(unit).entries[0].version}, by=people.determiner
        ).acts
        with pytest.raises(AlreadyPending):
            services.decide_removal(unit, removal, seen=None, by=people.determiner)
        with pytest.raises(NothingToRemove):
            services.decide_removal(other, removal, seen=None, by=people.determiner)
        document = services.announce([act.id], [], by=people.determiner)
        with pytest.raises(AlreadyPending):
            services.announce([act.id], [], by=people.determiner)
        publish(document, people)
        with pytest.raises(NothingToRemove):
            remove(unit, people.determiner)


class TestUndo:
    def test_a_withdrawn_decision_leaves_the_entry_where_it_was(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        listed(NAME)
        unit = listed(NAME, level="国家级", year=2023)
        decided = remove(unit, people.determiner, ends_national=True)
        national = next(act for act in decided.acts if act.entry_id == decided.reports[0].entry_id)
        with pytest.raises(Invalid):
            services.withdraw_decision(national.id, reason=" ", version=None, by=people.determiner)
        with pytest.raises(Stale):
            services.withdraw_decision(national.id, reason="理由", version=99, by=people.determiner)
        services.withdraw_decision(national.id, reason="证据不足。", version=national.version, by=people.determiner)
        assert {entry.level: entry.status for entry in fresh(unit).entries} == {
            Level.NATIONAL: EntryStatus.ACTIVE,
            Level.REGIONAL: EntryStatus.PENDING_REMOVAL,
        }
        assert db.session.scalars(select(HigherReport.state)).one() is ReportState.DROPPED
        assert kinds(unit)[-1] is EventKind.REMOVAL_DROPPED
        with pytest.raises(IllegalTransition):
            services.withdraw_decision(national.id, reason="理由", version=None, by=people.determiner)

    def test_the_shared_draft_is_written_anew_without_it_and_keeps_what_the_editor_added(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        units = [listed(NAME), listed(OTHER)]
        acts = [remove(unit, people.determiner).acts[0] for unit in units]
        document = services.announce([act.id for act in acts], [], by=people.determiner)
        slug = document.slug
        services.withdraw_decision(acts[0].id, reason="证据不足。", version=None, by=people.determiner)
        assert NAME not in document.body.zh
        assert OTHER in document.body.zh
        assert document.slug == slug
        publish(document, people)
        assert [fresh(unit).entries[0].status for unit in units] == [EntryStatus.ACTIVE, EntryStatus.REMOVED]

    def test_an_empty_draft_can_never_be_published(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        unit = listed(NAME)
        decided = remove(unit, people.determiner, ground=RemovalGround.MAJOR_INCIDENT, timing=Timing.AT_ONCE)
        assert decided.document is not None
        services.withdraw_decision(decided.acts[0].id, reason="证据不足。", version=None, by=people.determiner)
        content_services.submit(decided.document, by=people.editor)
        with pytest.raises(NothingToAnnounce):
            content_services.publish(decided.document, by=people.reviewer)
        db.session.expire_all()
        assert decided.document.state is DocumentState.SUBMITTED
        assert fresh(unit).entries[0].status is EntryStatus.ACTIVE

    def test_under_review_nothing_moves(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        (act,) = remove(listed(NAME), people.determiner).acts
        document = services.announce([act.id], [], by=people.determiner)
        content_services.submit(document, by=people.editor)
        with pytest.raises(UnderReview):
            services.withdraw_decision(act.id, reason="证据不足。", version=None, by=people.determiner)
        with pytest.raises(UnderReview):
            services.take_back(document, reason="证据不足。", by=people.determiner)
        db.session.expire_all()
        assert db.session.scalars(select(PendingAct.state)).one() is PendingState.PENDING

    def test_a_draft_taken_back_drops_removals_and_releases_changes(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit, other = listed(NAME), listed(OTHER)
        (act,) = remove(unit, people.determiner).acts
        statement = confirm(state(other, people.lhasa_officer), people.lhasa_officer)
        document = services.announce([act.id], [statement.id], by=people.determiner)
        services.take_back(document, reason="合并到下一批。", by=people.determiner)
        assert fresh(unit).entries[0].status is EntryStatus.ACTIVE
        assert db.session.get(ChangeStatement, statement.id).state is ChangeState.CONFIRMED  # type: ignore[union-attr]
        with pytest.raises(IllegalTransition):
            services.take_back(document, reason="合并到下一批。", by=people.determiner)
        content_services.submit(document, by=people.editor)
        with pytest.raises(NothingToAnnounce):
            content_services.publish(document, by=people.reviewer)
        # The change stands in another announcement.
        publish(services.announce([], [statement.id], by=people.determiner), people)
        assert fresh(other).name == "拉萨新名示例有限公司"

    def test_the_outcome_of_a_complaint_is_not_withdrawn_here(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        register_services.propose_removal(
            listed(NAME), RemovalGround.FALSE_MATERIAL, by=people.determiner, case="case:1"
        )
        act = db.session.scalars(select(PendingAct)).one()
        with pytest.raises(OfACase):
            services.withdraw_decision(act.id, reason="理由", version=None, by=people.determiner)


class TestChanges:
    def test_a_new_name_comes_with_the_announcement_and_the_old_one_still_finds_the_unit(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed(NAME)
        statement = confirm(state(unit, people.editor, new_name_bo="ལྷ་ས་དཔེ་མཚོན།"), people.lhasa_officer)
        document = services.announce([], [statement.id], by=people.determiner)
        assert fresh(unit).name == NAME
        for language in ("zh", "bo", "en"):
            assert NAME in getattr(document.body, language)
        assert "第十九条" in document.body.zh
        with at(date(2026, 7, 20)):
            publish(document, people)
        unit = fresh(unit)
        assert (unit.name, unit.name_bo) == ("拉萨新名示例有限公司", "ལྷ་ས་དཔེ་མཚོན།")
        assert [(item.name, item.kind) for item in unit.names] == [(NAME, NameKind.FORMER)]
        assert [found.id for found in register.find_units(NAME)] == [unit.id]
        event = db.session.scalars(select(RegisterEvent).where(RegisterEvent.kind == EventKind.RENAMED)).one()
        assert (event.effective_on, event.document_id, event.article) == (date(2026, 7, 20), document.id, "19")
        assert db.session.get(ChangeStatement, statement.id).state is ChangeState.EFFECTIVE  # type: ignore[union-attr]
        assert audit.verify() is None

    def test_the_search_index_knows_both_names(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        unit = listed(NAME)
        publish(
            services.announce([], [confirm(state(unit, people.editor), people.lhasa_officer).id], by=people.determiner),
            people,
        )
        browser = app.test_client()
        for name in (NAME, "拉萨新名示例有限公司"):
            page = browser.get("/zh/search", query_string={"q": name}).text
            assert f"/zh/units/{unit.public_id}" in page

    def test_a_move_hands_the_unit_to_the_other_authority(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed(NAME)
        statement = state(unit, people.lhasa_officer, ChangeKind.RELOCATED)
        # The old authority confirms; the new one does not even see it.
        with pytest.raises(NotFound):
            confirm(statement, people.shigatse_officer)
        confirm(statement, people.lhasa_officer)
        publish(services.announce([], [statement.id], by=people.determiner), people)
        unit = fresh(unit)
        assert unit.authority is not None
        assert (unit.authority.code, unit.attribution_confirmed) == ("shigatse", True)
        assert kinds(unit)[-1] is EventKind.MOVED

    def test_a_change_of_scope_is_an_event_with_its_document(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed(NAME)
        statement = confirm(
            state(unit, people.lhasa_officer, ChangeKind.SCOPE, text="新增二期厂区。"), people.lhasa_officer
        )
        document = services.announce([], [statement.id], by=people.determiner)
        assert "新增二期厂区。" in document.body.en
        publish(document, people)
        event = db.session.scalars(select(RegisterEvent).where(RegisterEvent.kind == EventKind.CHANGED)).one()
        assert (event.document_id, event.data["scope"]) == (document.id, "新增二期厂区。")
        happening = next(item for item in timeline(unit) if item.event.id == event.id)
        assert happening.document is not None
        page = app.test_client().get(f"/zh/units/{unit.ref}").text
        assert f"/zh/announcements/{document.slug}" in page

    def test_a_unit_that_no_longer_qualifies_leaves_the_lists_with_the_same_announcement(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        listed(NAME)
        unit = listed(NAME, level="国家级", year=2023)
        statement = state(unit, people.lhasa_officer, ChangeKind.SCOPE)
        with pytest.raises(Invalid):
            services.act(statement.id, ChangeAct.CONFIRM, qualifies=False, version=None, by=people.lhasa_officer)
        confirm(statement, people.lhasa_officer, qualifies=False)
        assert [item.entry.level for item in queries.reports_due()] == [Level.NATIONAL]
        document = services.announce([], [statement.id], by=people.determiner)
        publish(document, people)
        standing = {entry.level: (entry.status, entry.ground) for entry in fresh(unit).entries}
        assert standing == {
            Level.REGIONAL: (EntryStatus.REMOVED, RemovalGround.NO_LONGER_QUALIFIES),
            Level.NATIONAL: (EntryStatus.ACTIVE, None),
        }

    def test_several_removals_and_changes_share_one_announcement(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit, other = listed(NAME), listed(OTHER)
        (act,) = remove(unit, people.determiner).acts
        statement = confirm(state(other, people.lhasa_officer), people.lhasa_officer)
        document = services.announce([act.id], [statement.id], by=people.determiner)
        assert document.body.zh.count("<table>") == 2
        (waiting,) = queries.drafted()
        assert (len(waiting.acts), len(waiting.statements), waiting.ours) == (1, 1, True)
        publish(document, people)
        assert fresh(unit).entries[0].status is EntryStatus.REMOVED
        assert fresh(other).name == "拉萨新名示例有限公司"

    def test_a_withdrawn_change_takes_its_removals_and_reports_with_it(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        listed(NAME)
        unit = listed(NAME, level="国家级", year=2023)
        statement = confirm(state(unit, people.lhasa_officer, ChangeKind.SCOPE), people.lhasa_officer, qualifies=False)
        document = services.announce([], [statement.id], by=people.determiner)
        with pytest.raises(NotPermitted):
            services.act(statement.id, ChangeAct.WITHDRAW, note="理由", version=None, by=people.lhasa_officer)
        services.act(statement.id, ChangeAct.WITHDRAW, note="企业撤回说明。", version=None, by=people.determiner)
        assert all(entry.status is EntryStatus.ACTIVE for entry in fresh(unit).entries)
        assert queries.reports_due() == []
        content_services.submit(document, by=people.editor)
        with pytest.raises(NothingToAnnounce):
            content_services.publish(document, by=people.reviewer)

    def test_a_rejected_one_ends_with_its_reason(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        unit = listed(NAME)
        statement = state(unit, people.lhasa_officer)
        with pytest.raises(AlreadyPending):
            state(unit, people.lhasa_officer)
        with pytest.raises(Invalid):
            services.act(statement.id, ChangeAct.REJECT, version=None, by=people.lhasa_officer)
        services.act(statement.id, ChangeAct.REJECT, note="材料与登记不符。", version=None, by=people.lhasa_officer)
        with pytest.raises(IllegalTransition):
            services.announce([], [statement.id], by=people.determiner)
        assert state(unit, people.lhasa_officer).state is ChangeState.STATED

    @pytest.mark.parametrize(
        ("who", "may_state", "may_confirm"),
        [
            ("lhasa_officer", True, True),
            ("editor", True, False),
            ("lhasa_editor", False, False),
            ("shigatse_officer", False, False),
            ("reviewer", False, False),
            ("determiner", False, False),
            ("administrator", False, False),
            ("auditor", False, False),
        ],
    )
    def test_who_may_state_and_who_may_confirm(
        self, app: Flask, people: SimpleNamespace, listed: Listed, who: str, may_state: bool, may_confirm: bool
    ) -> None:
        person = getattr(people, who)
        unit, other = listed(NAME), listed(OTHER)
        if may_state:
            state(unit, person)
        else:
            with pytest.raises(NotPermitted):
                state(unit, person)
        statement = state(other, people.lhasa_officer, new_name="拉萨另一名示例有限公司")
        if may_confirm:
            confirm(statement, person)
        else:
            with pytest.raises((NotPermitted, NotFound)):
                confirm(statement, person)

    def test_an_old_page_is_refused_and_nothing_is_kept(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed(NAME)
        with pytest.raises(Stale):
            services.state_change(
                unit,
                Change(ChangeKind.SCOPE, date(2025, 1, 1), "说明"),
                [proof()],
                version=unit.version + 1,
                by=people.lhasa_officer,
            )
        statement = state(unit, people.lhasa_officer)
        with pytest.raises(Stale):
            services.act(
                statement.id, ChangeAct.CONFIRM, qualifies=True, version=statement.version + 1, by=people.lhasa_officer
            )
        assert db.session.scalars(select(ChangeStatement.state)).one() is ChangeState.STATED

    def test_a_refused_file_leaves_none_of_them_in_the_store(
        self, app: Flask, people: SimpleNamespace, listed: Listed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unit = listed(NAME)
        kept: list[str] = []
        store = current_vault().store
        put = store.put_stream
        monkeypatch.setattr(store, "put_stream", lambda key, pieces: kept.append(key) or put(key, pieces))
        gone: list[str] = []
        monkeypatch.setattr(store, "delete", gone.append)
        files = [proof(), ("空.txt", io.BytesIO(b""))]
        change = Change(ChangeKind.SCOPE, date(2025, 1, 1), "说明")
        with pytest.raises(Invalid) as refused:
            services.state_change(unit, change, files, version=None, by=people.lhasa_officer)
        assert set(refused.value.fields) == {"file"}
        assert len(kept) == 1
        assert gone == kept
        assert (count(ChangeStatement), count(ChangeEvidence)) == (0, 0)
        with pytest.raises(Invalid):
            services.state_change(unit, change, [], version=None, by=people.lhasa_officer)

    def test_two_units_of_one_province_never_bear_one_name(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed(NAME)
        listed(OTHER)
        with pytest.raises(NameTaken):
            state(unit, people.lhasa_officer, new_name=OTHER)
        statement = confirm(state(unit, people.lhasa_officer), people.lhasa_officer)
        document = services.announce([], [statement.id], by=people.determiner)
        content_services.submit(document, by=people.editor)
        # Meanwhile another unit comes with that name.
        listed("拉萨新名示例有限公司")
        with pytest.raises(NameTaken):
            content_services.publish(document, by=people.reviewer)
        assert fresh(unit).name == NAME

    def test_without_an_entry_or_an_authority_there_is_nothing_to_state(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        gone = listed(NAME)
        publish(register_services.propose_removal(gone, RemovalGround.VIOLATION, by=people.determiner), people)
        with pytest.raises(NotListed):
            state(gone, people.lhasa_officer)
        elsewhere = listed("西藏丙示例有限公司", place="")
        assert elsewhere.authority is not None
        assert elsewhere.authority.is_department
        with pytest.raises(NoOwnAuthority):
            state(elsewhere, people.editor)


class TestExcludedAgencies:
    def test_entries_that_rest_on_their_reports_are_flagged_while_the_exclusion_lasts(
        self, app: Flask, people: SimpleNamespace
    ) -> None:
        register_services.import_list(
            csv_bytes(factory(NAME, agency="示例评价有限公司"), factory(OTHER, agency="另一示例评价有限公司"))
        )
        (agency,) = [item for item in register.find_agencies("示例评价") if item.name == "示例评价有限公司"]
        with at(date(2025, 8, 4)):
            document = register_services.propose_exclusion(agency, ExclusionGround.FALSIFICATION, by=people.determiner)
            assert queries.resting_on_excluded(date(2025, 8, 4)) == []
            publish(document, people)
        flagged = queries.resting_on_excluded(date(2025, 8, 5))
        assert [(entry.unit.name, exclusion.agency_id) for entry, exclusion in flagged] == [(NAME, agency.id)]
        assert queries.resting_on_excluded(date(2028, 8, 5)) == []


def test_a_withdrawn_exclusion_without_a_case_never_starts(app: Flask, people: SimpleNamespace) -> None:
    register_services.import_list(csv_bytes(factory(NAME, agency="示例评价有限公司")))
    (agency,) = register.find_agencies("示例评价")
    document = register_services.propose_exclusion(agency, ExclusionGround.POOR_QUALITY, by=people.determiner)
    act = db.session.scalars(select(PendingAct)).one()
    services.withdraw_decision(act.id, reason="复评后撤回。", version=None, by=people.determiner)
    last = db.session.scalars(select(RegisterEvent.kind).order_by(RegisterEvent.id.desc())).first()
    assert last is EventKind.EXCLUSION_DROPPED
    content_services.submit(document, by=people.editor)
    with pytest.raises(NothingToAnnounce):
        content_services.publish(document, by=people.reviewer)
