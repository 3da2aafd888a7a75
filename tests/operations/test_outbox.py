"""The outbox: nothing leaves without its act, everything leaves at least once, and what cannot leave is seen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal.foundation import audit, clock, outbox
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, NotFound
from portal.foundation.outbox import Channel, Delivery, MessageState, OutboxMessage
from portal.operations.outbox import delivering, services
from portal.operations.outbox.channels import Undelivered

KIND = "tests.news"
MAIL = Delivery(Channel.MAIL, "reader@example.org", "News", "There is something new.")


@pytest.fixture
def composing(app) -> Iterator[SimpleNamespace]:
    """A kind of message; ``what`` is what its composing gives, or raises."""
    state = SimpleNamespace(what=MAIL, seen=[])

    def compose(message: OutboxMessage) -> object:
        state.seen.append((message.subject, message.facts, message.sealed))
        if isinstance(state.what, Exception):
            raise state.what
        return state.what

    outbox.add_kind(app, KIND, compose)
    yield state
    outbox.kinds(app).pop(KIND)


@pytest.fixture
def sent(monkeypatch) -> SimpleNamespace:
    """What went out; ``fault`` makes the way out fail."""
    way = SimpleNamespace(out=[], fault=None)

    def deliver(delivery: Delivery, reference: str) -> None:
        if way.fault is not None:
            raise way.fault
        way.out.append((delivery, reference))

    way.deliver = deliver
    monkeypatch.setattr(delivering, "outlets", lambda _settings: {Channel.MAIL: way})
    return way


def put(**options: object) -> OutboxMessage:
    with transaction():
        return outbox.put(KIND, "case:1", {"act": "accept"}, **options)


def again(message: OutboxMessage) -> OutboxMessage:
    db.session.rollback()
    return db.session.get_one(OutboxMessage, message.id, populate_existing=True)


def test_a_message_is_delivered_once_and_then_called_so(app, composing, sent):
    message = put(sealed=b"sealed")
    assert delivering.deliver_due(app) == 1
    assert sent.out == [(MAIL, f"outbox-{message.id}-0")]
    assert composing.seen == [("case:1", {"act": "accept"}, b"sealed")]
    found = again(message)
    assert (found.state, found.attempts, found.last_error) == (MessageState.DELIVERED, 1, "")
    assert found.delivered_at is not None
    assert delivering.deliver_due(app) == 0
    assert len(sent.out) == 1


def test_what_travelled_sealed_is_erased_when_it_has_left(app, composing, sent):
    message = put(sealed=b"a code")
    delivering.deliver_due(app)
    assert again(message).sealed == outbox.ERASED


@pytest.mark.parametrize("fault", [Undelivered("refused", for_good=True), Undelivered("unreachable")])
def test_what_travelled_sealed_is_erased_when_it_is_given_up_and_nobody_tries_that_again(app, composing, sent, fault):
    sent.fault = fault
    message, moment = put(sealed=b"a code"), clock.now()
    while again(message).state is MessageState.WAITING:
        assert again(message).sealed == b"a code"
        with clock.at(moment):
            delivering.deliver_due(app)
        moment = again(message).due_at
    assert (again(message).state, again(message).sealed) == (MessageState.FAILED, outbox.ERASED)
    with pytest.raises(services.ContentErased):
        services.retry(message.id, actor="staff:1")
    said = app.test_cli_runner().invoke(args=["outbox", "retry", str(message.id)])
    assert said.exit_code == 1
    assert "erased" in said.output
    services.drop(message.id, actor="staff:1")


def test_what_an_earlier_release_kept_of_a_given_up_message_is_erased(app):
    message, without = put(sealed=b"a code"), put()
    with transaction():
        for kept in (message, without):
            again_kept = db.session.get_one(OutboxMessage, kept.id)
            again_kept.state = MessageState.FAILED
    delivering.forget_old()
    assert (again(message).sealed, again(without).sealed) == (outbox.ERASED, None)


def test_an_act_that_fails_leaves_no_message(app, composing, sent):
    with pytest.raises(RuntimeError), transaction():
        outbox.put(KIND, "case:1")
        raise RuntimeError
    assert delivering.deliver_due(app) == 0


def test_facts_that_json_cannot_carry_fail_at_the_act(app):
    with pytest.raises(TypeError), transaction():
        outbox.put(KIND, "case:1", {"day": clock.today()})


def test_a_message_waits_for_its_time(app, composing, sent):
    put(due_at=clock.now() + timedelta(hours=1))
    assert delivering.deliver_due(app) == 0
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        assert delivering.deliver_due(app) == 1


def test_nothing_to_deliver_any_more_is_dropped(app, composing, sent):
    composing.what = None
    message = put(sealed=b"x")
    assert delivering.deliver_due(app) == 0
    found = again(message)
    assert (found.state, found.sealed) == (MessageState.DROPPED, outbox.ERASED)
    assert sent.out == []


def test_several_deliveries_of_one_message_have_references_of_their_own(app, composing, sent):
    composing.what = [MAIL, MAIL]
    message = put()
    assert delivering.deliver_due(app) == 1
    assert [reference for _, reference in sent.out] == [f"outbox-{message.id}-0", f"outbox-{message.id}-1"]


def test_a_failed_attempt_is_repeated_with_growing_pauses_and_given_up_at_last(app, composing, sent):
    sent.fault = Undelivered("unreachable")
    message, moment, pauses = put(), clock.now(), []
    for _ in range(delivering.MOST_ATTEMPTS):
        with clock.at(moment):
            delivering.deliver_due(app)
        found = again(message)
        pauses.append(found.due_at - moment)
        moment = found.due_at
    assert tuple(pauses[:-1]) == delivering.PAUSES
    assert (found.state, found.attempts, found.last_error) == (MessageState.FAILED, 10, "unreachable")
    with clock.at(moment + timedelta(days=9)):
        assert delivering.deliver_due(app) == 0


def test_a_refusal_for_good_is_not_repeated(app, composing, sent):
    sent.fault = Undelivered("refused", for_good=True)
    message = put()
    delivering.deliver_due(app)
    found = again(message)
    assert (found.state, found.attempts) == (MessageState.FAILED, 1)


def test_a_way_out_that_is_not_set_up_costs_no_attempt(app, composing, sent):
    composing.what = Delivery(Channel.SMS, "13800138000", "", "news")
    message = put()
    for hours in range(30):
        with clock.at(clock.now() + timedelta(hours=hours)):
            delivering.deliver_due(app)
    found = again(message)
    assert (found.state, found.attempts, found.last_error) == (MessageState.WAITING, 0, "no_channel")


def test_an_error_while_composing_is_a_code_and_never_in_a_log_what_it_says(app, composing, sent, caplog):
    composing.what = ValueError("格桑卓玛样本")
    message = put()
    other = put()
    delivering.deliver_due(app)
    assert again(message).last_error == "composing"
    assert again(other).attempts == 1
    assert "格桑卓玛样本" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_kind_that_this_release_does_not_know_waits_for_one_that_does(app, sent):
    with transaction():
        message = outbox.put("later.kind", "case:1")
    delivering.deliver_due(app)
    found = again(message)
    assert (found.state, found.last_error) == (MessageState.WAITING, "unknown_kind")


def test_a_message_in_hand_is_left_to_its_worker_until_the_lease_has_run_out(app, composing, sent):
    message = put()
    taken = delivering._claim()
    assert taken is not None
    assert delivering.deliver_due(app) == 0
    with clock.at(clock.now() + delivering.LEASE + timedelta(seconds=1)):
        assert delivering.deliver_due(app) == 1
    # The first worker comes back and has nothing to say about it any more.
    delivering._settle(taken, MessageState.FAILED, "late")
    found = again(message)
    assert (found.state, found.attempts) == (MessageState.DELIVERED, 2)


def test_a_message_over_which_every_worker_ends_is_given_up(app, composing, sent):
    message, moment = put(), clock.now()
    for _ in range(delivering.MOST_ATTEMPTS):
        with clock.at(moment):
            assert delivering._claim() is not None
        moment += delivering.LEASE + timedelta(seconds=1)
    with clock.at(moment):
        assert delivering.deliver_due(app) == 0
    found = again(message)
    assert (found.state, found.last_error) == (MessageState.FAILED, "worker_ended")
    assert sent.out == []


def test_whoever_shall_end_takes_no_further_message_in_hand(app, composing, sent):
    for _ in range(3):
        put()
    answers = iter([True, False])
    assert delivering.deliver_due(app, go_on=lambda: next(answers)) == 1


def test_a_failed_message_is_tried_again_on_demand(app, composing, sent):
    sent.fault = Undelivered("refused", for_good=True)
    message = put()
    delivering.deliver_due(app)
    sent.fault = None
    services.retry(message.id, actor="staff:1")
    assert delivering.deliver_due(app) == 1
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert record is not None
    assert (record.action, record.subject, record.actor) == (
        "operations.outbox.retried", f"message:{message.id}", "staff:1",
    )  # fmt: skip
    assert audit.verify() is None


def test_a_dropped_message_does_not_leave_and_cannot_be_taken_up_again(app, composing, sent):
    message = put(sealed=b"x")
    services.drop(message.id, actor="staff:1")
    assert again(message).sealed == outbox.ERASED
    assert delivering.deliver_due(app) == 0
    with pytest.raises(DomainError):
        services.retry(message.id, actor="staff:1")


def test_a_message_that_is_not_there_is_not_found(app):
    with pytest.raises(NotFound):
        services.drop(4711, actor="staff:1")


def test_what_left_is_forgotten_after_a_month_and_what_failed_stays(app, composing, sent):
    put()
    delivering.deliver_due(app)
    sent.fault = Undelivered("refused", for_good=True)
    stays = put().id
    delivering.deliver_due(app)
    assert delivering.forget_old() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert delivering.forget_old() == 1
    db.session.rollback()
    assert db.session.scalars(select(OutboxMessage.id)).all() == [stays]


def test_two_workers_at_once_deliver_each_message_once(app, composing, sent):
    expected = {put().id for _ in range(20)}
    done = []
    workers = [threading.Thread(target=lambda: done.append(delivering.deliver_due(app))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert sum(done) == 20
    assert sorted(reference for _, reference in sent.out) == sorted(f"outbox-{number}-0" for number in expected)
