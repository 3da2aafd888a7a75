"""The server as a process: it answers, takes plain Chinese addresses and uploads, and stops when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from portal.operations import serving
from tests import running


@pytest.fixture
def start(own_data, port):
    """Start a server and wait until it answers: ``start()``, or with the code of a process that starts one."""
    started = []

    def run(code: str | None = None) -> subprocess.Popen[bytes]:
        command = [*running.COMMAND, "serve"] if code is None else [sys.executable, "-c", code]
        process = subprocess.Popen(
            command, cwd=running.ROOT, env=running.environment(own_data, port), start_new_session=True
        )
        started.append(process)
        assert running.answers(port, process)
        return process

    yield run
    for process in started:
        running.kill_all(process)


def test_the_server_answers_outlives_its_processes_and_stops_when_told(start, port):
    process = start()
    # A plain client sends Chinese letters as they are.
    with socket.create_connection(("127.0.0.1", port), timeout=running.PATIENCE) as plain:
        plain.sendall("GET /zh/search?q=玉龙铜 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    assert "玉龙铜".encode() in answer
    # Each new process dies too, and so fast that the server under the portal gives up.
    dead = set()
    for _ in range(2):
        running.until(lambda: running.serving(process) - dead, "what was killed is not replaced")
        for number in running.serving(process) - dead:
            os.kill(number, signal.SIGKILL)
            dead.add(number)
    running.until(lambda: len(running.serving(process) - dead) == serving.WORKERS, "the processes are not back")
    assert running.answers(port, process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=running.PATIENCE) == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)


SERVE_AFTER_KEEPING_FILES = """
from portal import create_app
from portal.operations import serving
from portal.settings import Settings
from portal.vault import current_vault

app = create_app()
with app.app_context():
    for number in range(8):
        current_vault().store.put_stream(f"evidence/{number}", [b"kept before the server starts"])
serving.serve(Settings())
"""


def test_files_are_taken_also_where_the_starting_process_kept_some_before(start, port):
    start(SERVE_AFTER_KEEPING_FILES)
    fields = {
        "respondent_name": "样本工厂",
        "problem_kind": "false_data",
        "statement": "这是一份样本举报，用来说明文件在服务器启动之后仍然能够收下。",
        "name": "样本",
        "id_type": "resident_id",
        "id_number": "11010519491231002X",
        "phone": "13800138000",
        "consent": "y",
    }
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    picture = '--x\r\nContent-Disposition: form-data; name="evidence"; filename="a.jpg"\r\n\r\n'
    body = "".join([*parts, picture]).encode() + b"\xff\xd8\xff\xe0" + bytes(200) + b"\r\n--x--\r\n"
    for _ in range(6):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/zh/complaints/new",
            data=body,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        with urllib.request.urlopen(request, timeout=running.PATIENCE) as answer:
            assert answer.status == 201
