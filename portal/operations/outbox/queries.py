"""What the administrators' page shows: messages by state, chores, ways out that are closed, a worker that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Flask
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select

from portal.foundation import clock
from portal.foundation.chores import ChoreRun
from portal.foundation.database import db
from portal.foundation.outbox import Channel, MessageState, OutboxMessage
from portal.operations.outbox.channels import outlets

PER_PAGE = 50
#: The worker's own sign of life among the chores, and after how long it counts as gone.
ALIVE, GONE_AFTER = "worker.alive", timedelta(minutes=5)


def messages(state: MessageState | None = None) -> Select[OutboxMessage]:
    """Messages, newest first."""
    query = select(OutboxMessage).order_by(OutboxMessage.id.desc())
    return query if state is None else query.where(OutboxMessage.state == state)


def page(state: MessageState | None) -> Pagination:
    """A page of messages."""
    return db.paginate(messages(state), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)


def counts() -> dict[MessageState, int]:
    """How many messages are in each state."""
    rows = db.session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    found = {MessageState(state): number for state, number in rows}
    return {state: found.get(state, 0) for state in MessageState}


def failed() -> int:
    """How many messages were given up."""
    query = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == MessageState.FAILED)
    return db.session.scalars(query).one()


def chore_runs() -> Sequence[ChoreRun]:
    """The chores with how they went last."""
    return db.session.scalars(select(ChoreRun).where(ChoreRun.name != ALIVE).order_by(ChoreRun.name)).all()


def last_seen() -> datetime | None:
    """When a worker gave its last sign of life; None where none ever did."""
    run = db.session.get(ChoreRun, ALIVE)
    return run.finished_at if run else None


def worker_is_gone() -> bool:
    """Whether nothing is being delivered."""
    seen = last_seen()
    return seen is None or seen < clock.now() - GONE_AFTER


def closed_ways(app: Flask) -> Sequence[Channel]:
    """The ways out that are not set up."""
    open_ways = outlets(app.extensions["portal.settings"])
    return [channel for channel in Channel if channel not in open_ways]
