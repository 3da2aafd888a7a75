"""What was acknowledged exists, whole, whenever the processes that serve are killed.

The real server takes complaints from several clients while its processes are killed one after the other, at moments that
nobody chooses. ``PORTAL_KILLS`` says how many; the default keeps the suite quick.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

import pytest

from portal import create_app
from portal.complaints import services
from portal.complaints.models import Case
from portal.filings import sealing
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.operations import keeping
from portal.settings import Environment, Settings
from portal.vault import current_vault
from tests import running

KILLS = int(os.environ.get("PORTAL_KILLS", "5"))
CLIENTS = 4
#: Bytes of evidence: enough that a filing takes a while, so that many are cut off within.
SIZE = 300_000


@dataclass
class Sent:
    """One form, and every answer that it got: it is sent until there is one, and now and then once more."""

    token: str
    statement: str
    evidence: bytes
    answers: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Clients:
    """People who file at the same time, until they are told to stop."""

    port: int
    tokens: list[str]
    sent: list[Sent] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    strange: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def file_on(self) -> None:
        while not self.stop.is_set():
            with self.lock:
                if not self.tokens:
                    return
                form = Sent(
                    self.tokens.pop(),
                    f"第{len(self.sent)}份举报，服务随时可能中断，内容必须完整保存。",
                    b"\xff\xd8\xff\xe0" + os.urandom(SIZE),
                )
                self.sent.append(form)
            times = 2 if random.random() < 0.3 else 1
            while len(form.answers) < times and not self.stop.is_set():
                answer = self.post(form)
                if answer is None:
                    self.stop.wait(0.1)
                else:
                    form.answers.append(answer)

    def taken(self) -> int:
        """How many answers there were."""
        return sum(len(form.answers) for form in list(self.sent))

    def post(self, form: Sent) -> tuple[str, str] | None:
        """Receipt number and secret; None where the line or the server went away."""
        fields = {
            "respondent_name": "样本工厂",
            "problem_kind": "false_data",
            "statement": form.statement,
            "name": "样本",
            "id_type": "resident_id",
            "id_number": "11010519491231002X",
            "phone": "13800138000",
            "consent": "y",
            "filing_token": form.token,
        }
        edge = "edge-of-a-part"
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        file = f'--{edge}\r\nContent-Disposition: form-data; name="evidence"; filename="a.jpg"\r\n\r\n'
        body = "".join([*parts, file]).encode() + form.evidence + f"\r\n--{edge}--\r\n".encode()
        address = f"http://127.0.0.1:{self.port}/zh/complaints/new"
        request = urllib.request.Request(
            address, data=body, headers={"Content-Type": f"multipart/form-data; boundary={edge}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=running.PATIENCE) as answer:
                page = answer.read().decode()
        except urllib.error.HTTPError as refused:
            self.strange.append(refused.code)
            return None
        except (OSError, ValueError, HTTPException):
            # Also in the middle of the answer.
            return None
        receipt, secret = (re.search(rf'data-{what}="([^"]+)"', page) for what in ("receipt", "secret"))
        return (receipt[1], secret[1]) if receipt and secret else None


@pytest.fixture
def server(own_data, port):
    """A server of its own in a group of processes of its own."""
    process = subprocess.Popen(
        [*running.COMMAND, "serve"],
        cwd=running.ROOT,
        env=running.environment(own_data, port, ENV="test"),
        start_new_session=True,
    )
    try:
        assert running.answers(port, process)
        yield process
    finally:
        running.kill_all(process)


def make_reader(folder: Path):
    return create_app(Settings(env=Environment.TEST, data_dir=folder, rate_limits=False))


def test_every_acknowledged_complaint_exists_whole(own_data, port, server):
    app = make_reader(own_data)
    with app.app_context():
        clients = Clients(port, [services.new_token() for _ in range(400 * KILLS)])
    threads = [threading.Thread(target=clients.file_on, daemon=True) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        os.kill(victim_of(server, clients), signal.SIGKILL)
    # The last time everything goes at once, the process that would start the others again among it.
    victim_of(server, clients)
    assert server.poll() is None, "the portal stayed away"
    running.kill_all(server)
    clients.stop.set()
    for thread in threads:
        thread.join(timeout=running.PATIENCE)
        assert not thread.is_alive()
    assert not clients.strange, clients.strange
    with app.app_context():
        assert_whole(clients)
        db.session.remove()
        db.engine.dispose()


def victim_of(server: subprocess.Popen[bytes], clients: Clients) -> int:
    """Any of the processes that serve, at any moment after something more has been taken."""
    taken = clients.taken()
    running.until(lambda: clients.taken() > taken or server.poll() is not None, "nothing is taken any more")
    threading.Event().wait(random.uniform(0, 0.6))
    running.until(lambda: running.serving(server), "no process serves any more")
    return random.choice(sorted(running.serving(server)))


def assert_whole(clients: Clients) -> None:
    acknowledged = [form for form in clients.sent if form.answers]
    # Something was taken before each time that a process was killed.
    assert len(acknowledged) > KILLS
    for form in acknowledged:
        assert len(set(form.answers)) == 1, "a form sent again gave another receipt"
        receipt, secret = form.answers[0]
        case = services.follow(receipt, secret)
        assert sealing.opened(case, for_filer=True).statement == form.statement
        assert [digest_of(case, item) for item in case.evidence] == [hashlib.sha256(form.evidence).hexdigest()]
    cases = db.session.query(Case).all()
    # Also what nobody was told of is there whole, or not at all.
    assert len({case.filing_digest for case in cases}) == len(cases) <= len(clients.sent)
    for case in cases:
        assert all(digest_of(case, item) == item.sha256 for item in case.evidence)
        assert len(case.evidence) == 1
        assert case.events
    assert audit.verify() is None
    named = {item.store_key for case in cases for item in case.evidence}
    with clock.at(clock.now() + timedelta(days=2)):
        keeping.sweep_files()
    assert set(current_vault().store.keys("evidence")) == named


def digest_of(case: Case, item) -> str:
    digest = hashlib.sha256()
    for piece in current_vault().read_back(sealing.open_filing(case), item.store_key):
        digest.update(piece)
    return digest.hexdigest()
