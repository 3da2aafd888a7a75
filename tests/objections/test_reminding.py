"""The dates of objections press on the department; whoever objected is told of what the department writes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.filings import reminding
from portal.filings.reminding import Pressing
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.outbox import Channel, OutboxMessage, kinds
from portal.objections.rules import ObjectionAct
from tests.objections.conftest import file_against


def test_an_objection_presses_on_the_determiner_when_its_date_comes_near_and_when_it_has_passed(filed, people):
    due = filed.filing.due_on
    assert due is not None
    assert reminding.pressing(people.determiner, due - timedelta(days=15)) == Pressing()
    assert reminding.pressing(people.determiner, due - timedelta(days=1)) == Pressing(near=1)
    assert reminding.pressing(people.determiner, due + timedelta(days=1)) == Pressing(overdue=1)
    assert reminding.pressing(people.lhasa_officer, due) == Pressing()


def test_a_decided_objection_presses_no_more(filed, people, do):
    due = filed.filing.due_on
    do(filed.filing, ObjectionAct.REJECT)
    assert reminding.pressing(people.determiner, due) == Pressing()


def test_whoever_objected_and_asked_for_it_is_told(app, candidates, do):
    objection = file_against(candidates[0], notify=True).filing
    assert db.session.scalars(select(OutboxMessage)).all() == []
    do(objection, ObjectionAct.MESSAGE)
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.kind, message.subject, message.due_at <= clock.now()) == (
        "objection.news",
        f"objection:{objection.id}",
        True,
    )
    delivery = kinds(app)[message.kind](message)
    assert delivery.channel in set(Channel)
    assert objection.candidate_name not in delivery.body
    assert objection.receipt not in delivery.body


def test_whoever_objected_and_did_not_ask_is_not(filed, do):
    do(filed.filing, ObjectionAct.MESSAGE)
    assert db.session.scalars(select(OutboxMessage)).all() == []
