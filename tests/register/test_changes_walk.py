"""Removals and changes walked at random: nothing holds before its announcement, and the ledger can tell it all again."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.content import services as content_services
from portal.content.models import Document
from portal.content.rules import DocumentState
from portal.foundation import audit
from portal.foundation.database import db
from portal.foundation.errors import DomainError
from portal.register.changes import services
from portal.register.changes.models import ChangeStatement
from portal.register.changes.rules import ChangeAct, ChangeKind, ChangeState
from portal.register.models import ListEntry, PendingAct, RegisterEvent, Unit
from portal.register.rules import EntryStatus, EventKind, PendingState
from portal.register.services.rebuilding import rebuild
from tests.register.test_changes import Listed, confirm, fresh, publish, remove, state

STEPS = 25
NAMES = ("拉萨甲示例有限公司", "拉萨乙示例有限公司", "拉萨丙示例有限公司")
#: Acts of the ledger that change what stands on a list.
EFFECTS = {EventKind.REMOVED, EventKind.RENAMED, EventKind.MOVED, EventKind.CHANGED}


@pytest.mark.parametrize("seed", range(5))
def test_a_random_walk_keeps_every_promise(app: Flask, people: SimpleNamespace, listed: Listed, seed: int) -> None:
    chance = random.Random(seed)
    units = [listed(name) for name in NAMES]
    done = 0
    for number in range(STEPS):
        step = chance.choice(STEPS_OF)
        try:
            step(chance, fresh(chance.choice(units)), people, number)
        except DomainError:
            db.session.rollback()
        else:
            done += 1
        holds()
    assert done > STEPS // 5
    assert rebuild(check=True) == []
    assert audit.verify() is None


def holds() -> None:
    """What is true after every step."""
    db.session.expire_all()
    acts = db.session.scalars(select(PendingAct)).all()
    waiting = {act.entry_id for act in acts if act.state is PendingState.PENDING}
    for entry in db.session.scalars(select(ListEntry)):
        assert (entry.status is EntryStatus.PENDING_REMOVAL) is (entry.id in waiting)
    for event in db.session.scalars(select(RegisterEvent).where(RegisterEvent.kind.in_(EFFECTS))):
        document = db.session.get(Document, event.document_id)
        assert document is not None
        assert document.state is DocumentState.PUBLISHED
    for act in acts:
        if act.state is PendingState.EFFECTIVE:
            assert act.document is not None
            assert act.document.state is DocumentState.PUBLISHED
    for statement in db.session.scalars(select(ChangeStatement)):
        in_draft = statement.state in {ChangeState.DRAFTED, ChangeState.EFFECTIVE}
        assert in_draft is (statement.document_id is not None)


def _remove(_chance: random.Random, unit: Unit, people: SimpleNamespace, _number: int) -> None:
    remove(unit, people.determiner)


def _state(chance: random.Random, unit: Unit, people: SimpleNamespace, number: int) -> None:
    kind = chance.choice((ChangeKind.RENAMED, ChangeKind.SCOPE))
    new = {"new_name": f"拉萨新名{number}示例有限公司"} if kind is ChangeKind.RENAMED else {}
    state(unit, people.lhasa_officer, kind, **new)


def _confirm(chance: random.Random, unit: Unit, people: SimpleNamespace, _number: int) -> None:
    for statement in _statements(ChangeState.STATED, unit):
        confirm(statement, people.lhasa_officer, qualifies=chance.random() < 0.7)


def _withdraw(chance: random.Random, unit: Unit, people: SimpleNamespace, _number: int) -> None:
    acts = db.session.scalars(select(PendingAct).where(PendingAct.unit_id == unit.id)).all()
    statements = db.session.scalars(select(ChangeStatement).where(ChangeStatement.unit_id == unit.id)).all()
    if acts and chance.random() < 0.5:
        services.withdraw_decision(chance.choice(acts).id, reason="证据不足。", version=None, by=people.determiner)
    elif statements:
        number = chance.choice(statements).id
        services.act(number, ChangeAct.WITHDRAW, note="撤回说明。", version=None, by=people.determiner)


def _announce(_chance: random.Random, _unit: Unit, people: SimpleNamespace, _number: int) -> None:
    query = select(PendingAct.id).where(PendingAct.state == PendingState.PENDING, PendingAct.document_id.is_(None))
    statements = [item.id for item in _statements(ChangeState.CONFIRMED)]
    services.announce(db.session.scalars(query).all(), statements, by=people.determiner)


def _take_back(chance: random.Random, _unit: Unit, people: SimpleNamespace, _number: int) -> None:
    if documents := db.session.scalars(select(Document)).all():
        services.take_back(chance.choice(documents), reason="另行公告。", by=people.determiner)


def _publish(chance: random.Random, _unit: Unit, people: SimpleNamespace, _number: int) -> None:
    if documents := db.session.scalars(select(Document)).all():
        document = chance.choice(documents)
        if document.state is DocumentState.SUBMITTED:
            content_services.send_back(document, note="请再核对。", by=people.reviewer)
        publish(document, people)


STEPS_OF: tuple[Callable[[random.Random, Unit, SimpleNamespace, int], None], ...] = (
    _remove, _state, _state, _confirm, _confirm, _withdraw, _announce, _announce, _take_back, _publish, _publish,
)  # fmt: skip


def _statements(state_: ChangeState, unit: Unit | None = None) -> list[ChangeStatement]:
    query = select(ChangeStatement).where(ChangeStatement.state == state_)
    if unit is not None:
        query = query.where(ChangeStatement.unit_id == unit.id)
    return list(db.session.scalars(query).unique())
