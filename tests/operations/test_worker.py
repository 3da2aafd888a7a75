"""The worker: chores in one hand at a time, and a message that outlives the worker that had it."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from portal.foundation import chores, clock
from portal.foundation.chores import ChoreRun
from portal.foundation.database import db
from portal.operations import worker
from portal.operations.outbox import queries
from portal.operations.worker import LEASE
from tests import running

HOUR = timedelta(hours=1)


@pytest.fixture
def only(app, monkeypatch):
    """Lets no chores be there but those of the test: ``only(run)``."""

    def chosen(run, name="tests.chore", every=HOUR):
        monkeypatch.setitem(app.extensions, "portal.chores", {})
        chores.add_chore(app, name, every, run)

    return chosen


def run_of(name: str = "tests.chore") -> ChoreRun:
    db.session.rollback()
    return db.session.get_one(ChoreRun, name, populate_existing=True)


def test_a_chore_is_done_at_once_and_then_as_often_as_it_asks_for(app, only):
    done = []
    only(lambda: done.append(1) or len(done))
    assert worker.work_once(app) == (0, 1)
    assert worker.work_once(app) == (0, 0)
    with clock.at(clock.now() + HOUR + timedelta(seconds=1)):
        assert worker.work_once(app) == (0, 1)
    assert (run_of().done, run_of().last_error) == (2, "")


def test_a_chore_that_fails_is_tried_again_soon_and_holds_up_no_other(app, only, caplog):
    def fails() -> int:
        raise LookupError("格桑卓玛样本")

    only(fails, name="tests.bad")
    done = []
    chores.add_chore(app, "tests.good", HOUR, lambda: done.append(1) or 1)
    assert worker.work_once(app) == (0, 1)
    assert done == [1]
    bad = run_of("tests.bad")
    assert (bad.last_error, bad.finished_at) == ("LookupError", None)
    assert bad.due_at <= clock.now() + timedelta(minutes=10)
    assert "格桑卓玛样本" not in caplog.text


def test_a_chore_in_hand_is_left_to_its_worker_until_the_lease_has_run_out(app, only):
    inside = []

    def looks() -> int:
        # Another worker comes by while this one is at it.
        with app.app_context():
            inside.append(worker.work_once(app))
        return 1

    only(looks)
    worker.work_once(app)
    assert inside == [(0, 0)]
    chore = chores.chores(app)["tests.chore"]
    with clock.at(clock.now() + 2 * HOUR):
        taken = worker._claim(chore)
        assert taken is not None
        assert worker._claim(chore) is None
    with clock.at(clock.now() + 2 * HOUR + LEASE + timedelta(seconds=1)):
        assert worker._claim(chore) is not None
    # The first one comes back and has nothing to say about it any more.
    worker._settle(chore, taken, 7, "")
    assert run_of().done == 1


def test_two_workers_enrol_a_chore_once(app, only):
    only(lambda: 1)
    chore = chores.chores(app)["tests.chore"]
    assert worker._enrol(chore, clock.now())
    assert not worker._enrol(chore, clock.now())


def test_the_worker_outlives_a_database_that_is_away_for_a_while(app, only, monkeypatch):
    stop, looked = threading.Event(), []

    def away(*_args: object) -> tuple[int, int]:
        looked.append(1)
        if len(looked) == 3:
            stop.set()
        raise ConnectionError

    monkeypatch.setattr(worker, "work_once", away)
    monkeypatch.setattr(worker, "PAUSE", 0.01)
    worker.run(app, stop)
    assert len(looked) == 3


def test_whether_a_worker_is_there_can_be_seen(app):
    assert queries.worker_is_gone()
    worker.work_once(app)
    db.session.rollback()
    assert not queries.worker_is_gone()
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert queries.worker_is_gone()


WORK = """
import sys
from datetime import timedelta
from portal import create_app
from portal.foundation import clock, outbox
from portal.foundation.database import transaction
from portal.foundation.outbox import Channel, Delivery
from portal.operations import worker

app = create_app()
outbox.add_kind(app, "tests.news", lambda message: Delivery(Channel.MAIL, "reader@example.org", "News", "news"))
if sys.argv[1] == "put":
    with app.app_context(), transaction():
        outbox.put("tests.news", "case:1")
with clock.at(clock.now() + timedelta(minutes=int(sys.argv[2]))):
    worker.work_once(app)
"""


class SlowMailbox:
    """A mail server that, while told to, holds its answer back when it has heard a mail."""

    def __init__(self) -> None:
        self.heard, self.answers = threading.Semaphore(0), threading.Event()
        self.numbers: list[str] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        text = envelope.content.decode()
        self.numbers.append(next(line for line in text.splitlines() if line.startswith("Message-ID")))
        self.heard.release()
        await asyncio.get_running_loop().run_in_executor(None, self.answers.wait)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[SlowMailbox]:
    box = SlowMailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.address = f"smtp://127.0.0.1:{port}?from=portal@example.org"  # type: ignore[attr-defined]
    yield box
    box.answers.set()
    controller.stop()


@pytest.fixture
def portal(own_data):
    """Run a command on a portal of this test's own, or, with ``wait=False``, start it."""
    environment, started = running.environment(own_data), []

    def run(*arguments, code="from portal.cli import main; main()", wait=True, **extra):
        command = [sys.executable, "-c", code, *arguments]
        if not wait:
            process = subprocess.Popen(command, cwd=running.ROOT, env={**environment, **extra})
            started.append(process)
            return process
        done = subprocess.run(
            command, cwd=running.ROOT, env={**environment, **extra}, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    for process in started:
        process.kill()
        process.wait(timeout=running.PATIENCE)


def test_a_worker_that_is_killed_in_the_middle_leaves_its_message_to_the_next(portal, mailbox):
    first = portal("put", "0", code=WORK, wait=False, PORTAL_SMTP_URL=mailbox.address)
    assert mailbox.heard.acquire(timeout=running.PATIENCE)
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=running.PATIENCE)
    assert "tests.news\tcase:1\twaiting" in portal("outbox", "list")

    mailbox.answers.set()
    portal("work", "6", code=WORK, PORTAL_SMTP_URL=mailbox.address)
    assert "tests.news\tcase:1\tdelivered" in portal("outbox", "list")
    # At least once; a mailbox can tell that it is the same.
    assert len(mailbox.numbers) == 2
    assert len(set(mailbox.numbers)) == 1


def seen(folder: Path) -> bool:
    """Whether a worker has given a sign of life."""
    with closing(sqlite3.connect(folder / "portal.sqlite3", timeout=30)) as database:
        query = "SELECT finished_at FROM chore_run WHERE name = 'worker.alive'"
        return any(row[0] for row in database.execute(query))


def test_the_worker_goes_on_until_it_is_told_to_end(portal, own_data):
    process = portal("worker", wait=False)
    running.until(lambda: seen(own_data) or process.poll() is not None, "the worker gives no sign of life")
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=running.PATIENCE) == 0


def test_the_worker_does_what_is_due_once(portal, own_data):
    assert "0 messages delivered" in portal("worker", "--once")
    assert seen(own_data)
