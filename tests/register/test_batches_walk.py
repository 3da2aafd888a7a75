"""A random walk through a round: whatever is tried, in whatever order and on whatever day, the law holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask_babel import lazy_gettext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.content import services as content_services
from portal.content.models import DocumentEvent
from portal.content.rules import DocumentAct
from portal.foundation import audit, clock
from portal.foundation.clock import ZONE
from portal.foundation.database import db
from portal.foundation.errors import DomainError
from portal.register.batches import holds, queries, services
from portal.register.batches.models import Batch, Candidate
from portal.register.batches.rules import GROUNDS, BatchAct, CandidateState, Hold, HoldKind, Organ
from portal.register.models import ListEntry, PublicityWindow, RegisterEvent
from portal.register.rules import EventKind, RemovalGround
from tests.conftest import empty
from tests.register.rounds import LETTER, opened, recommended

#: What a walker may try; each is tried whether or not it is the time for it.
STEPS = (
    "recommend", "close", "reopen", "examine", "ground", "select", "reject", "take_out", "consult", "adverse",
    "open_publicity", "take_back", "submit_notice", "publish_notice", "withdraw_notice", "restore_notice", "drop",
    "hold", "sustain", "release", "draft", "take_back_draft", "submit_draft", "publish_draft", "hurry", "restart",
)  # fmt: skip
#: The way on which a round comes to its end, so that walks reach it; every walk leaves it somewhere.
WAY = (
    "recommend", "recommend", "close", "examine", "examine", "select", "select", "consult", "open_publicity",
    "submit_notice", "publish_notice", "wait", "draft", "submit_draft", "publish_draft",
)  # fmt: skip
NAMES = ("甲示例有限公司", "乙示例有限公司", "丙示例有限公司")
BEGIN = date(2025, 6, 2)

walks = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.integers(0, 3)), min_size=0, max_size=8)


class Walker:
    """Somebody who tries things in a round."""

    def __init__(self, people: SimpleNamespace) -> None:
        self.people = people
        self.day = BEGIN
        self.standing: dict[int, HoldKind] = {}
        self.promised: dict[int, tuple[date, date]] = {}
        with self.now():
            self.batch_id = opened(people.editor).id

    def now(self) -> time_machine.travel:
        return time_machine.travel(
            datetime(self.day.year, self.day.month, self.day.day, 23, 59, 59, tzinfo=ZONE), tick=False
        )

    @property
    def batch(self) -> Batch:
        return queries.batch(self.batch_id)

    def candidate(self, number: int) -> Candidate | None:
        found = self.batch.candidates
        return found[number % len(found)] if found else None

    def held(self, candidates: object) -> dict[int, list[Hold]]:
        return {
            item.id: [Hold(self.standing[item.id], lazy_gettext("Under examination"))]
            for item in candidates  # type: ignore[attr-defined]
            if item.id in self.standing
        }

    def step(self, what: str, number: int, days: int) -> None:
        """Try something some days later, and see that nothing came of it that must not."""
        self.day += timedelta(days=days)
        with self.now():
            with suppress(DomainError, AttributeError):
                self.attempt(what, number)
            db.session.rollback()
            self.look()

    def attempt(self, what: str, number: int) -> None:
        editor, reviewer, batch = self.people.editor, self.people.reviewer, self.batch
        candidate = self.candidate(number)
        day = clock.today()
        acts: dict[str, Callable[[], object]] = {
            "recommend": lambda: recommended(batch, NAMES[number], self.people.lhasa_officer),
            "close": lambda: services.close_recommendation(batch, by=editor),
            "reopen": lambda: services.reopen_recommendation(batch, note="示例", by=editor),
            "examine": lambda: self.examine(candidate),
            "ground": lambda: services.check(
                candidate,
                RemovalGround.VIOLATION,
                applies=True,
                checked_on=day,
                source="x",
                by=editor,  # type: ignore[arg-type]
            ),
            "select": lambda: services.decide(candidate, selected=True, by=editor),  # type: ignore[arg-type]
            "reject": lambda: services.decide(candidate, selected=False, reason="示例", by=editor),  # type: ignore[arg-type]
            "take_out": lambda: services.take_out(candidate, reason="示例", by=editor),  # type: ignore[arg-type]
            "consult": lambda: [
                services.consult(batch, organ, given_on=day, source=LETTER, by=editor) for organ in Organ
            ],
            "adverse": lambda: services.consult(
                batch,
                Organ.ECOLOGY,
                given_on=day,
                source=LETTER,
                against=[candidate.id],
                by=editor,  # type: ignore[union-attr]
            ),
            "open_publicity": lambda: services.open_publicity(batch, by=editor),
            "take_back": lambda: services.take_back_notice(batch, note="示例", by=editor),
            "submit_notice": lambda: content_services.submit(batch.notice, by=editor),  # type: ignore[arg-type]
            "publish_notice": lambda: content_services.publish(batch.notice, by=reviewer),  # type: ignore[arg-type]
            "withdraw_notice": lambda: content_services.withdraw(batch.notice, note="示例", by=reviewer),  # type: ignore[arg-type]
            "restore_notice": lambda: content_services.restore(batch.notice, by=reviewer),  # type: ignore[arg-type]
            "drop": lambda: services.drop(candidate, reason="示例", by=editor),  # type: ignore[arg-type]
            "hold": lambda: self.standing.update({candidate.id: HoldKind.PENDING}),  # type: ignore[union-attr]
            "sustain": lambda: self.standing.update({candidate.id: HoldKind.SUSTAINED}),  # type: ignore[union-attr]
            "release": lambda: self.standing.pop(candidate.id, None),  # type: ignore[union-attr]
            "draft": lambda: services.draft_announcement(batch, by=editor),
            "take_back_draft": lambda: services.take_back_announcement(batch, note="示例", by=editor),
            "submit_draft": lambda: content_services.submit(batch.announcement, by=editor),  # type: ignore[arg-type]
            "publish_draft": lambda: content_services.publish(batch.announcement, by=reviewer),  # type: ignore[arg-type]
            "wait": self.wait,
            "hurry": self.hurry,
            "restart": db.session.expire_all,
        }
        acts[what]()

    def hurry(self) -> None:
        """Try to be through with it now: draft, submit and publish, each whether or not the one before was refused."""
        for what in ("draft", "submit_draft", "publish_draft"):
            with suppress(DomainError, AttributeError):
                self.attempt(what, 0)
            db.session.rollback()

    def wait(self) -> None:
        self.day += timedelta(days=8)

    def examine(self, candidate: Candidate | None) -> None:
        assert candidate is not None
        for ground in GROUNDS:
            services.check(
                candidate, ground, applies=False, checked_on=clock.today(), source="x", by=self.people.editor
            )
        services.review(candidate, "示例专家", 80, by=self.people.editor)

    def look(self) -> None:
        """What must hold after every step."""
        batch = self.batch
        listed = [item for item in batch.candidates if item.state is CandidateState.LISTED]
        entries = db.session.scalars(select(ListEntry)).unique().all()
        assert {entry.id for entry in entries} == {item.entry_id for item in listed}
        for item in listed:
            assert item.publicised_on is not None
            event = db.session.scalars(select(RegisterEvent).where(RegisterEvent.entry_id == item.entry_id)).one()
            window = db.session.scalars(
                select(PublicityWindow).where(PublicityWindow.document_id == batch.notice_id)
            ).one()
            assert event.kind is EventKind.LISTED
            assert event.effective_on is not None
            assert event.effective_on > item.publicised_on
            # At least five working days passed between, and none of them was the day of the listing.
            assert sum(item.publicised_on <= day < event.effective_on for day in window.window.days) == 5
            # It was publicised in a notice that was really published.
            acts = db.session.scalars(
                select(DocumentEvent.act).where(DocumentEvent.document_id == batch.notice_id)
            ).all()
            assert DocumentAct.PUBLISH in acts
        self.windows_keep_their_promise()

    def windows_keep_their_promise(self) -> None:
        for window in db.session.scalars(select(PublicityWindow)):
            before = self.promised.get(window.document_id)
            if before is not None and before[0] == window.first:
                assert window.last >= before[1]
            self.promised[window.document_id] = (window.first, window.last)
            if window.first <= self.day <= window.last:
                batch = queries.batch_of_notice(window.document_id)
                assert batch is not None
                assert not queries.publicity_over(batch, self.day)
                told = [line.told_on for line in queries.told_lines(batch)]
                assert not [day for day in told if day is not None and window.first <= day <= window.last]


@pytest.fixture
def walkers(sqlite_app: Flask, make_person: Callable[..., Person]) -> Callable[[], Walker]:
    """A walker in an empty portal, as often as asked for."""

    def begin() -> Walker:
        empty(sqlite_app)
        people = SimpleNamespace(
            lhasa_officer=make_person(Role.PREFECTURE_OFFICER, "lhasa"),
            editor=make_person(Role.DEPARTMENT_EDITOR),
            reviewer=make_person(Role.DEPARTMENT_REVIEWER),
        )
        walker = Walker(people)
        sqlite_app.extensions["portal.register.batches.holds"] = [walker.held]
        return walker

    before = list(sqlite_app.extensions.get("portal.register.batches.holds", []))
    yield begin  # type: ignore[misc]
    sqlite_app.extensions["portal.register.batches.holds"] = before


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    # A walk is long and slow: one that fails is told as it went, not made shorter.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    detours=st.lists(walks, min_size=len(WAY), max_size=len(WAY)),
    hurries=st.lists(st.integers(0, 4), min_size=len(WAY), max_size=len(WAY)),
)
def test_a_walk_lists_only_what_was_publicised_and_closes_no_window_early(
    walkers: Callable[[], Walker], detours: list[list[tuple[str, int, int]]], hurries: list[int]
) -> None:
    walker = walkers()
    for number, (what, detour) in enumerate(zip(WAY, detours, strict=True)):
        walker.step(what, number % 2, 0)
        for step in detour[: 3 if number % 2 else 1]:
            walker.step(*step)
        # Whoever is in a hurry tries to announce after every step, some days on: most often inside of the window.
        walker.step("hurry", 0, hurries[number])
    assert audit.verify() is None


def test_the_way_without_detours_comes_to_its_end(walkers: Callable[[], Walker]) -> None:
    walker = walkers()
    for number, what in enumerate(WAY):
        walker.step(what, number % 2, 0)
        # On every day of the window somebody tries to be through with it; it ends on 9 June.
        for days in (0, *[1] * 7) if what == "publish_notice" else ():
            walker.step("hurry", 0, days)
    assert [item.state for item in walker.batch.candidates] == [CandidateState.LISTED] * 2
    assert BatchAct.ANNOUNCE in [step.act for step in walker.batch.steps]
    assert holds.holds(walker.batch.candidates[0]) == []
