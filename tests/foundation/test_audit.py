"""The audit log: every change of the past shows."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.foundation import audit
from portal.foundation.database import db, transaction


def act(number: int) -> None:
    with transaction():
        audit.record("tests.thing.done", f"thing:{number}", "system", {"number": number})


def tamper(statement: str, record_id: int) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement), {"id": record_id})
    db.session.rollback()


def test_an_untouched_chain_holds(app):
    for number in range(5):
        act(number)
    assert audit.verify() is None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_record SET actor = 'staff:9' WHERE id = :id", "DELETE FROM audit_record WHERE id = :id"],
)
def test_a_changed_or_deleted_record_is_named(app, statement):
    first = audit.count()
    for number in range(5):
        act(number)
    tamper(statement, first + 3)
    broken = audit.verify()
    assert broken is not None
    assert broken.record_id == first + 3


def test_the_last_record_cannot_be_cut_off_unnoticed(app):
    for number in range(3):
        act(number)
    last = audit.count()
    tamper("DELETE FROM audit_record WHERE id = :id", last)
    assert audit.verify() is not None


def test_a_refused_act_leaves_no_record(app):
    before = audit.count()
    with pytest.raises(RuntimeError), transaction():
        audit.record("tests.thing.done", "thing:1", "system")
        raise RuntimeError
    assert audit.count() == before
    assert audit.verify() is None


def test_a_use_case_inside_another_joins_its_transaction(app):
    before = audit.count()
    with pytest.raises(RuntimeError), transaction():
        act(1)
        raise RuntimeError
    assert audit.count() == before
