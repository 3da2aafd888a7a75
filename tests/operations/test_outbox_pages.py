"""The administrators' page of the outbox: everything that waits and why, nothing of whom it is for."""

from __future__ import annotations

import pytest

from portal.foundation import clock, outbox
from portal.foundation.chores import ChoreRun
from portal.foundation.database import db, transaction
from portal.foundation.outbox import MessageState, OutboxMessage
from portal.operations.outbox import queries


@pytest.fixture
def given_up(app):
    with transaction():
        message = outbox.put("case.news", "case:7")
        message.state, message.attempts, message.last_error = MessageState.FAILED, 10, "unreachable"
    return message


def state_of(message) -> MessageState:
    db.session.rollback()
    return db.session.get_one(OutboxMessage, message.id, populate_existing=True).state


@pytest.mark.parametrize("who", ["lhasa_officer", "determiner", "editor", "auditor"])
def test_the_outbox_is_the_administrators(people, login, given_up, who):
    browser = login(getattr(people, who))
    assert browser.get("/desk/outbox/").status_code == 403
    assert browser.post(f"/desk/outbox/{given_up.id}/drop").status_code == 403
    assert state_of(given_up) is MessageState.FAILED


def test_a_stranger_is_asked_to_log_in(client, given_up):
    assert "/desk/login" in client.get("/desk/outbox/").location
    assert client.post(f"/desk/outbox/{given_up.id}/retry").status_code == 302
    assert state_of(given_up) is MessageState.FAILED


def test_what_was_given_up_is_counted_at_the_desk_and_named_on_the_page(people, login, given_up):
    page = login(people.administrator).get("/desk/outbox/?state=failed").text
    for shown in ("case.news", "case:7", "unreachable", '<span class="count">1</span>'):
        assert shown in page
    assert "case:7" not in login(people.administrator).get("/desk/outbox/?state=delivered").text


def test_a_message_is_tried_again_or_dropped_from_the_page(people, login, given_up):
    browser = login(people.administrator)
    assert browser.post(f"/desk/outbox/{given_up.id}/retry").status_code == 303
    assert state_of(given_up) is MessageState.WAITING
    assert browser.post(f"/desk/outbox/{given_up.id}/drop").status_code == 303
    assert state_of(given_up) is MessageState.DROPPED
    # Another administrator's page is out of date now.
    assert browser.post(f"/desk/outbox/{given_up.id}/retry").status_code == 422
    assert browser.post("/desk/outbox/4711/retry").status_code == 404


def test_that_no_worker_runs_is_said(people, login):
    browser = login(people.administrator)
    assert 'role="alert"' in browser.get("/desk/outbox/").text
    with transaction():
        db.session.add(ChoreRun(name=queries.ALIVE, due_at=clock.now(), finished_at=clock.now(), done=1, last_error=""))
        db.session.add(ChoreRun(name="tests.chore", due_at=clock.now(), done=0, last_error="LookupError"))
    page = browser.get("/desk/outbox/").text
    assert 'role="alert"' not in page
    assert "tests.chore" in page
    assert "LookupError" in page


def test_ways_out_that_are_not_set_up_are_named(people, login, monkeypatch):
    browser = login(people.administrator)
    assert "notice-saffron" not in browser.get("/desk/outbox/").text
    monkeypatch.setattr(queries, "outlets", lambda _settings: {})
    assert browser.get("/desk/outbox/").text.count("notice-saffron") == 2
