"""The worker: delivers the outbox and does the chores. Any number may run; each thing is in one worker's hands at a time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from threading import Event

from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from portal.foundation import clock
from portal.foundation.chores import Chore, ChoreRun, add_chore, chores
from portal.foundation.database import db, transaction
from portal.operations.outbox import delivering, queries

log = logging.getLogger(__name__)

#: Seconds between two looks at what is due.
PAUSE = 2.0
#: A chore that was in hand for so long is taken up by another worker.
LEASE = timedelta(minutes=15)


def install(app: Flask) -> None:
    """Add the worker's own chores."""
    add_chore(app, queries.ALIVE, timedelta(minutes=1), lambda: 1)
    add_chore(app, "outbox.forget", timedelta(days=1), delivering.forget_old)


def run(app: Flask, stop: Event) -> None:
    """Work until told to stop; what is in hand then is brought to its end."""
    while not stop.is_set():
        try:
            work_once(app, stop)
        except Exception as fault:  # noqa: BLE001 - the database may be away for a while; the worker stays
            log.error("the worker met %s", delivering.place_of(fault))  # noqa: TRY400 - no message of an error in a log
        stop.wait(PAUSE)


def work_once(app: Flask, stop: Event | None = None) -> tuple[int, int]:
    """Do everything that is due now; how many messages left, how many chores were done."""

    def go_on() -> bool:
        return stop is None or not stop.is_set()

    delivered = delivering.deliver_due(app, go_on=go_on)
    with app.app_context():
        due = _due(app)
    done = sum(_do(app, chore) for chore in due if go_on())
    # A chore may have put messages.
    return delivered + delivering.deliver_due(app, go_on=go_on), done


def _due(app: Flask) -> list[Chore]:
    """The chores whose time has come, and those that were never done. Looked at without the write lock."""
    moment = clock.now()
    waits = select(ChoreRun.name).where(or_(ChoreRun.due_at > moment, ChoreRun.leased_until > moment))
    waiting = set(db.session.scalars(waits))
    return [chore for name, chore in sorted(chores(app).items()) if name not in waiting]


def _do(app: Flask, chore: Chore) -> bool:
    """Do a chore where it is due; whether it came to its end."""
    with app.app_context():
        lease = _claim(chore)
    if lease is None:
        return False
    number, error = 0, ""
    with app.app_context():
        try:
            number = chore.run()
        except Exception as fault:  # noqa: BLE001 - one chore that is at fault must not hold up the others
            error = type(fault).__name__
            log.error("the chore %s met %s", chore.name, delivering.place_of(fault))  # noqa: TRY400
            db.session.rollback()
    with app.app_context():
        _settle(chore, lease, number, error)
    return not error


def _claim(chore: Chore) -> datetime | None:
    """Take a chore in hand where it is due: the end of the lease, or None."""
    moment = clock.now()
    if db.session.get(ChoreRun, chore.name) is None and not _enrol(chore, moment):
        return None
    with transaction():
        query = select(ChoreRun).where(
            ChoreRun.name == chore.name,
            ChoreRun.due_at <= moment,
            or_(ChoreRun.leased_until.is_(None), ChoreRun.leased_until <= moment),
        )
        run = db.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
        if run is None:
            return None
        run.leased_until = moment + LEASE
    return moment + LEASE


def _enrol(chore: Chore, moment: datetime) -> bool:
    """Write a chore down that was never done; False where another worker did at the same moment."""
    try:
        with transaction():
            db.session.add(ChoreRun(name=chore.name, due_at=moment, done=0, last_error=""))
    except IntegrityError:
        return False
    return True


def _settle(chore: Chore, lease: datetime, number: int, error: str) -> None:
    with transaction():
        query = select(ChoreRun).where(ChoreRun.name == chore.name, ChoreRun.leased_until == lease)
        run = db.session.scalars(query.with_for_update()).one_or_none()
        if run is None:
            return
        moment = clock.now()
        # What failed is tried again soon, but not at once: an error seldom goes away within seconds.
        again = min(chore.every, timedelta(minutes=10)) if error else chore.every
        run.leased_until, run.due_at, run.last_error = None, moment + again, error
        if not error:
            run.finished_at, run.done = moment, number
