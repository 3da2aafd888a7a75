"""Two at the same moment: one counts, the other is told, and nothing is there twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.filings.taking import Content
from portal.foundation import audit
from portal.foundation.database import db
from portal.foundation.errors import DomainError, Stale
from portal.objections import queries, services
from portal.objections.models import Objection
from portal.objections.rules import ObjectionAct
from portal.vault import current_vault
from tests.objections.conftest import PNG, content


@pytest.fixture
def at_once(app) -> Callable[..., list[Any]]:
    """Do something with each of two arguments at the same moment, each in a context of its own."""

    def run(act: Callable[[Any], Any], first: Any, second: Any) -> list[Any]:
        db.session.remove()
        start = Barrier(2)

        def one(argument: Any) -> Any:
            with app.app_context():
                start.wait(20)
                try:
                    return act(argument)
                except DomainError as refused:
                    return type(refused)
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(one, (first, second)))

    return run


def test_a_double_click_is_one_objection_with_one_secret(candidates, at_once):
    token, ref = services.new_token(), candidates[0].public_id
    before = len(list(current_vault().store.keys("evidence/")))

    def send(sent: Content) -> tuple[str, str]:
        taken = services.file_objection(services.Filing(ref, sent), token)
        return taken.filing.receipt, taken.secret

    first, second = at_once(send, *(content(files=[("照片.png", io.BytesIO(PNG))]) for _ in range(2)))
    assert first == second
    assert len(db.session.scalars(select(Objection)).all()) == 1
    assert len(list(current_vault().store.keys("evidence/"))) == before + 1


def test_of_two_determiners_one_decides_and_the_other_is_told(filed, people, at_once):
    from portal.authorities import services as authorities

    other = authorities.create_account(
        "second@portal.test", "second", people.determiner.authority, {Role.DEPARTMENT_DETERMINER}, "x" * 12
    )
    objection_id, version = filed.filing.id, filed.filing.version

    def reject(person_id: int) -> None:
        person = db.session.get_one(Person, person_id)
        instruction = services.Instruction(version=version, note="样本说明")
        services.act(objection_id, ObjectionAct.REJECT, instruction, by=person)

    told = at_once(reject, people.determiner.id, other.id)
    assert sorted(told, key=str) == sorted([None, Stale], key=str)
    acts = [event.act for event in queries.objection_by_id(objection_id).events]
    assert acts.count(ObjectionAct.REJECT) == 1
    assert audit.verify() is None
