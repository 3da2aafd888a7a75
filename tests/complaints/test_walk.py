"""Complaints walked at random by everybody at once: no illegal state, no lost event, no verifier who determines, no missed clock."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from portal.authorities import queries as authorities
from portal.authorities import services as accounts
from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.complaints import parts, queries, services
from portal.complaints.models import Case
from portal.complaints.rectification import services as rectification
from portal.complaints.rectification.rules import WrongOrderSecret
from portal.complaints.respondents import respondent_of
from portal.complaints.rules import (
    DECIDING,
    DETERMINING,
    ENDS,
    OPEN,
    OUTCOMES,
    REVIEWING,
    STAFF_ACTS,
    VERIFYING,
    WORKFLOW,
    AlreadyExtended,
    CaseAct,
    CaseStatus,
    DeciderCannotReview,
    Finding,
    Outcome,
    RefusalGround,
    VerifierCannotDetermine,
    reviews_asked,
)
from portal.content import services as content
from portal.content.rules import DocumentState
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError
from portal.register.changes.rules import UnderReview
from portal.register.cleaning import name_key
from portal.register.models import ListEntry, Unit
from portal.register.rules import Category, EntryStatus, ExclusionGround, Level, NothingToRemove, RemovalGround
from tests.complaints.conftest import PNG, filing

START = datetime(2026, 3, 2, 10, tzinfo=clock.ZONE)
#: The walk ends before the official calendar does, so that every clock has its date.
FURTHEST = datetime(2026, 9, 1, tzinfo=clock.ZONE)
NUMBERS = itertools.count()
#: What may refuse an act that the page offers: things that only the act itself finds out.
LATE_REFUSALS = (AlreadyExtended, UnderReview, NothingToRemove)
#: Acts after which a case is no further than before.
STANDING_STILL = frozenset({CaseAct.MESSAGE, CaseAct.ASSIGN, CaseAct.TAKE_OVER, CaseAct.REQUEST_SUPPLEMENT})
#: How far a case has come when the walk begins.
VERIFIED = (("officer_1", CaseAct.ACCEPT), ("officer_1", CaseAct.VERIFY))
REPORTED = (*VERIFIED, ("officer_2", CaseAct.REPORT))
WAYS: Sequence[Sequence[tuple[str, CaseAct]]] = (
    (),
    VERIFIED,
    REPORTED,
    (*REPORTED, ("determiner_1", CaseAct.FIND_UNSUBSTANTIATED), ("determiner_1", CaseAct.CLOSE)),
    (*REPORTED, ("determiner_1", CaseAct.ORDER_RECTIFICATION), ("determiner_2", CaseAct.PRINT_ORDER)),
    (*REPORTED, ("determiner_2", CaseAct.REMOVE)),
)


class Walk(RuleBasedStateMachine):
    """One complaint, and everybody who has to do with it."""

    world: ClassVar[SimpleNamespace]

    def __init__(self) -> None:
        super().__init__()
        self.moment = START
        self.letter: Any = None
        self.done: list[CaseAct] = [CaseAct.FILE]
        db.session.rollback()
        name = f"样本行走{next(NUMBERS)}有限公司"
        with clock.at(self.moment):
            with transaction():
                unit = Unit(
                    name=name,
                    name_key=name_key(name),
                    authority_id=self.world.lhasa.id,
                    province="西藏",
                    is_sample=True,
                )
                unit.entries.append(ListEntry(category=Category.FACTORY, level=Level.REGIONAL, year=2024))
                db.session.add(unit)
            self.unit_id = unit.id
            self.case_id = services.file_complaint(filing(respondent_of("", name)), services.new_token()).filing.id

    @initialize(data=st.data(), way=st.sampled_from(WAYS))
    def it_has_come_some_way(self, data: st.DataObject, way: Sequence[tuple[str, CaseAct]]) -> None:
        for who, act in way:
            assert self.act(who, act, data) is None

    # Who does what

    @rule(data=st.data())
    def somebody_moves_it_on(self, data: st.DataObject) -> None:
        case = self.case
        offered = [
            (who, act)
            for who in self.world.staff
            for act in parts.possible_acts(case, self.person(who))
            if act not in STANDING_STILL and self.sees(self.person(who))
        ]
        if offered:
            who, act = data.draw(st.sampled_from(offered))
            refusal = self.act(who, act, data)
            assert refusal is None or isinstance(refusal, LATE_REFUSALS), (act, refusal)

    @rule(data=st.data())
    def somebody_does_what_their_page_offers(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(self.world.staff))
        case, person = self.case, self.person(who)
        offered = [act for act in parts.possible_acts(case, person) if self.sees(person)]
        if offered:
            act = data.draw(st.sampled_from(offered))
            refusal = self.act(who, act, data)
            assert refusal is None or isinstance(refusal, LATE_REFUSALS), (act, refusal)

    @rule(data=st.data())
    def somebody_tries_anything(self, data: st.DataObject) -> None:
        who, act = data.draw(st.sampled_from(self.world.staff)), data.draw(st.sampled_from(list(STAFF_ACTS)))
        case, person = self.case, self.person(who)
        offered = act in parts.possible_acts(case, person) and self.sees(person)
        barred = act in DETERMINING and parts.done_by(case, person) & VERIFYING
        refusal = self.act(who, act, data)
        assert refusal is not None or offered
        assert refusal is not None or not barred

    @rule()
    def the_complainant_writes(self) -> None:
        before = self.case.status
        with clock.at(self.moment):
            try:
                services.add_reply(self.case_id, "补充说明", [])
            except DomainError:
                assert before in ENDS
                db.session.rollback()
            else:
                asked = before is CaseStatus.SUPPLEMENT_REQUESTED
                self.done.append(CaseAct.SUPPLEMENT if asked else CaseAct.REPLY)

    @rule()
    def the_complainant_asks_for_a_review(self) -> None:
        with clock.at(self.moment):
            offered = services.review_offered(self.case)
            try:
                services.request_review(self.case_id, "请复核。")
            except DomainError:
                assert offered is None
                db.session.rollback()
            else:
                assert offered is not None
                self.done.append(CaseAct.REQUEST_REVIEW)

    @rule()
    @precondition(lambda self: self.letter is not None)
    def the_unit_answers(self) -> None:
        number, secret = self.letter
        with clock.at(self.moment):
            try:
                order = rectification.follow(number, secret)
                rectification.answer(order.id, "已整改", [("读数.png", io.BytesIO(PNG))])
            except WrongOrderSecret:
                pytest.fail("the newest letter opens its order")
            except DomainError:
                db.session.rollback()
            else:
                self.done.append(CaseAct.ANSWER_RECTIFICATION)

    @rule(publish=st.booleans())
    def the_announcement_moves(self, *, publish: bool) -> None:
        document = self.case.document
        if document is None:
            return
        with clock.at(self.moment):
            if document.state is DocumentState.DRAFT:
                content.submit(document, by=self.person("editor"))
            elif document.state is DocumentState.SUBMITTED and publish:
                content.publish(document, by=self.person("reviewer"))
                self.done.append(CaseAct.ANNOUNCE)
            elif document.state is DocumentState.SUBMITTED:
                content.send_back(document, note="请修改", by=self.person("reviewer"))

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.moment = min(self.moment + timedelta(days=days), FURTHEST)
        with clock.at(self.moment):
            overdue = self.case.due_on is not None and self.case.status in OPEN and self.case.due_on < clock.today()
            missed = overdue and self.case.escalated_due != self.case.due_on
            told = services.escalate_overdue()
            assert services.escalate_overdue() == 0
        if missed:
            assert told >= 1
            self.done.append(CaseAct.ESCALATE)

    # What always holds

    @invariant()
    def all_of_it_holds(self) -> None:
        case = self.case
        self.no_event_is_lost_and_the_state_is_what_the_events_say(case)
        self.nobody_verifies_and_determines(case)
        self.every_clock_runs_and_no_passing_is_missed(case)
        self.what_happens_once_happens_once()
        self.the_register_says_what_was_determined(case)

    def no_event_is_lost_and_the_state_is_what_the_events_say(self, case: Case) -> None:
        told = [event.act for event in case.events]
        assert told == self.done
        status = CaseStatus.FILED
        for act in told[1:]:
            assert act in WORKFLOW.available(status), (act, status)
            status = WORKFLOW.target(act, status)
        assert case.status is status

    def nobody_verifies_and_determines(self, case: Case) -> None:
        parts_of: dict[int, set[CaseAct]] = {}
        for event in case.events:
            if event.person_id is None:
                continue
            before = parts_of.setdefault(event.person_id, set())
            if event.act in DETERMINING | REVIEWING:
                assert not before & VERIFYING
            if event.act in REVIEWING:
                assert not before & DECIDING
            before.add(event.act)

    def every_clock_runs_and_no_passing_is_missed(self, case: Case) -> None:
        assert (case.due_on is not None) == (case.status in OPEN)
        with clock.at(self.moment):
            overdue = case.due_on is not None and case.due_on < clock.today()
        if overdue:
            assert case.escalated_due == case.due_on
            assert CaseAct.ESCALATE in self.done

    def what_happens_once_happens_once(self) -> None:
        assert self.done.count(CaseAct.EXTEND) <= 1
        assert self.done.count(CaseAct.REQUEST_REVIEW) == len(reviews_asked(self.done))

    def the_register_says_what_was_determined(self, case: Case) -> None:
        entry = db.session.scalars(select(ListEntry).where(ListEntry.unit_id == self.unit_id)).one()
        announced = CaseAct.ANNOUNCE in self.done
        if announced:
            assert entry.status is EntryStatus.REMOVED
        else:
            expected = EntryStatus.PENDING_REMOVAL if case.outcome is Outcome.REMOVAL else EntryStatus.ACTIVE
            assert entry.status is expected
        decided = [act for act in self.done if act in OUTCOMES or act in {CaseAct.TAKE_BACK, CaseAct.REOPEN}]
        if case.outcome is not None:
            assert OUTCOMES[decided[-1]] is case.outcome

    # How

    @property
    def case(self) -> Case:
        db.session.rollback()
        return queries.case_by_id(self.case_id)

    def person(self, who: str) -> Person:
        return db.session.get_one(Person, self.world.ids[who])

    def sees(self, person: Person) -> bool:
        return db.session.scalars(queries.scope(person).where(Case.id == self.case_id)).unique().first() is not None

    def act(self, who: str, act: CaseAct, data: st.DataObject) -> DomainError | None:
        case = self.case
        with clock.at(self.moment):
            today = clock.today()
            later = max(today, case.due_on or today) + timedelta(days=20)
            instruction = services.Instruction(
                version=case.version,
                note="说明",
                refusal_ground=RefusalGround.NO_EVIDENCE,
                finding=data.draw(st.sampled_from(list(Finding))) if act is CaseAct.REPORT else None,
                removal_ground=RemovalGround.FALSE_MATERIAL,
                exclusion_ground=ExclusionGround.FALSIFICATION,
                rectify_by=later,
                authority="shigatse" if case.authority.code != "shigatse" else "lhasa",
                allegations=("所报数据不实",),
                measures="请更正",
                visited_on=today,
                place="厂区",
                participants="甲",
            )
            try:
                if act is CaseAct.PRINT_ORDER:
                    printed = services.print_order(self.case_id, case.version, by=self.person(who))
                    self.letter = printed.order.number, printed.secret
                else:
                    services.act(self.case_id, act, instruction, by=self.person(who))
            except DomainError as refused:
                db.session.rollback()
                if isinstance(refused, VerifierCannotDetermine | DeciderCannotReview):
                    assert act in DETERMINING | REVIEWING
                return refused
        self.done.append(act)
        return None


@pytest.fixture
def world(people: SimpleNamespace) -> SimpleNamespace:
    """Two officers of Lhasa, one of Shigatse, three determiners, and those who publish."""
    lhasa, department = authorities.authority_by_code("lhasa"), authorities.department()
    assert lhasa is not None
    more = {
        "officer_2": (lhasa, Role.PREFECTURE_OFFICER),
        "determiner_2": (department, Role.DEPARTMENT_DETERMINER),
        "determiner_3": (department, Role.DEPARTMENT_DETERMINER),
    }
    ids = {
        "officer_1": people.lhasa_officer.id,
        "shigatse": people.shigatse_officer.id,
        "determiner_1": people.determiner.id,
        "editor": people.editor.id,
        "reviewer": people.reviewer.id,
    }
    for name, (authority, role) in more.items():
        ids[name] = accounts.create_account(f"{name}@portal.test", name, authority, {role}, "x" * 12).id
    staff = [name for name in ids if name not in {"editor", "reviewer"}]
    return SimpleNamespace(lhasa=lhasa, ids=ids, staff=sorted(staff))


def walk(world: SimpleNamespace, **limits: int) -> None:
    Walk.world = world
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Walk,
        settings=settings(deadline=None, suppress_health_check=quiet, **limits),  # type: ignore[arg-type]
    )


def test_a_random_walk_never_breaks_the_procedure(app: Any, world: SimpleNamespace) -> None:
    """On both databases; PostgreSQL walks less, for each step costs more there."""
    sqlite = db.engine.dialect.name == "sqlite"
    walk(world, max_examples=20 if sqlite else 5, stateful_step_count=30)
    assert audit.verify() is None
