"""Delivery: a message is taken in hand under a lease, handed over, and only then called delivered.

A worker that is killed in between leaves its lease behind; when that has run out, the message is delivered again.
At least once, then, and never not at all.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, func, or_, select, update

from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.outbox import ERASED, Channel, Delivery, MessageState, OutboxMessage, kinds
from portal.operations.outbox.channels import Outlet, Undelivered, outlets
from portal.settings import Settings

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
#: How long after each failed attempt the next one comes; after the last one the message is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 480))
MOST_ATTEMPTS = len(PAUSES) + 1
#: A message whose way out is not set up waits so long, as often as it takes.
CLOSED_PAUSE = timedelta(minutes=10)
#: What left or was dropped is kept so long for whoever looks into a complaint about it.
KEPT = timedelta(days=30)
NO_CHANNEL, UNKNOWN_KIND, COMPOSING, ENDED = "no_channel", "unknown_kind", "composing", "worker_ended"


def deliver_due(app: Flask, *, go_on: Callable[[], bool] = lambda: True) -> int:
    """Deliver every message that is due; how many left. Other workers may be at it as well.

    Args:
        go_on: asked before each message; a worker that shall end takes no further one in hand.
    """
    settings: Settings = app.extensions["portal.settings"]
    ways, delivered = outlets(settings), 0
    while go_on():
        with app.app_context():
            message = _claim()
            if message is None:
                return delivered
            delivered += _deliver(app, message, ways)
    return delivered


def forget_old() -> int:
    """Delete what left or was dropped a month ago; how many. What was given up stays until somebody drops it.

    An earlier release kept what travelled sealed with a message that was given up: that is erased here.
    """
    with transaction():
        given_up = update(OutboxMessage).where(
            OutboxMessage.state == MessageState.FAILED,
            OutboxMessage.sealed.is_not(None),
            OutboxMessage.sealed != ERASED,
        )
        db.session.connection().execute(given_up.values(sealed=ERASED))
        old = delete(OutboxMessage).where(
            OutboxMessage.state.in_([MessageState.DELIVERED, MessageState.DROPPED]),
            func.coalesce(OutboxMessage.delivered_at, OutboxMessage.due_at) < clock.now() - KEPT,
        )
        return int(db.session.connection().execute(old).rowcount)


def place_of(fault: Exception) -> str:
    """The type of an error and where it arose, for a log: what it says is left out, for it may quote what was opened."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} in {last.name}, {Path(last.filename).name}:{last.lineno}"


def _claim() -> OutboxMessage | None:
    """Take the message that is due longest in hand; None where none is due."""
    moment = clock.now()
    due = (
        select(OutboxMessage)
        .where(
            OutboxMessage.state == MessageState.WAITING,
            OutboxMessage.due_at <= moment,
            or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= moment),
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(1)
    )
    # Looked at first without the write lock, which a worker at rest must not take every other second.
    if db.session.scalars(due).one_or_none() is None:
        return None
    with transaction():
        message = db.session.scalars(due.with_for_update(skip_locked=True)).one_or_none()
        if message is None:
            return None
        message.leased_until = moment + LEASE
        message.attempts += 1
    db.session.refresh(message)
    db.session.expunge(message)
    # The composing reads afresh, and holds nothing while a distant server takes its time.
    db.session.rollback()
    return message


def _deliver(app: Flask, message: OutboxMessage, ways: Mapping[Channel, Outlet]) -> int:
    if message.attempts > MOST_ATTEMPTS:
        # Whoever had it in hand ended each time: it is not to end every worker for ever.
        _settle(message, MessageState.FAILED, ENDED)
        return 0
    try:
        deliveries = _compose(app, message)
        for number, delivery in enumerate(deliveries):
            if delivery.channel not in ways:
                raise Undelivered(NO_CHANNEL)
            ways[delivery.channel].deliver(delivery, f"outbox-{message.id}-{number}")
    except Undelivered as failed:
        _put_back(message, failed)
        return 0
    _settle(message, MessageState.DELIVERED if deliveries else MessageState.DROPPED, "")
    return int(bool(deliveries))


def _compose(app: Flask, message: OutboxMessage) -> Sequence[Delivery]:
    """What is to be handed over; nothing where nobody is to get it any more.

    Raises:
        Undelivered: it cannot be told.
    """
    compose = kinds(app).get(message.kind)
    if compose is None:
        raise Undelivered(UNKNOWN_KIND)
    try:
        composed = compose(message)
    except Exception as fault:  # noqa: BLE001 - one message that is at fault must not hold up the others
        log.error("message %s could not be composed: %s", message.id, place_of(fault))  # noqa: TRY400
        raise Undelivered(COMPOSING) from None
    finally:
        db.session.rollback()
    if composed is None:
        return ()
    return (composed,) if isinstance(composed, Delivery) else composed


def _put_back(message: OutboxMessage, failed: Undelivered) -> None:
    log.warning("message %s was not delivered: %s", message.id, failed.code)
    if failed.code == NO_CHANNEL:
        _settle(message, MessageState.WAITING, failed.code, due_at=clock.now() + CLOSED_PAUSE, counts=False)
    elif failed.for_good or message.attempts >= MOST_ATTEMPTS:
        _settle(message, MessageState.FAILED, failed.code)
    else:
        _settle(message, MessageState.WAITING, failed.code, due_at=clock.now() + PAUSES[message.attempts - 1])


def _settle(
    message: OutboxMessage, state: MessageState, error: str, *, due_at: datetime | None = None, counts: bool = True
) -> None:
    """Write down what became of a message, unless another worker has it in hand by now."""
    with transaction():
        query = select(OutboxMessage).where(
            OutboxMessage.id == message.id,
            OutboxMessage.state == MessageState.WAITING,
            OutboxMessage.leased_until == message.leased_until,
        )
        kept = db.session.scalars(query.with_for_update()).one_or_none()
        if kept is None:
            return
        kept.state, kept.last_error, kept.leased_until = state, error, None
        if not counts:
            kept.attempts -= 1
        if due_at is not None:
            kept.due_at = due_at
        if state is MessageState.DELIVERED:
            kept.delivered_at = clock.now()
        if state is not MessageState.WAITING:
            kept.erase()
