"""The server as a process: it answers, takes plain Chinese addresses and uploads, and stops when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, process: subprocess.Popen[str]) -> bool:
    """Whether the server answers before half a minute is over."""
    for _ in range(300):
        if process.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            threading.Event().wait(0.1)
    return False


def test_the_server_answers_and_stops_when_told(tmp_path, port):
    environment = {**os.environ, "PORTAL_DATA_DIR": str(tmp_path), "PORTAL_PORT": str(port), "PORTAL_RATE_LIMITS": "0"}
    command = [sys.executable, "-c", "from portal.cli import main; main()"]
    subprocess.run([*command, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    process = subprocess.Popen([*command, "serve"], cwd=ROOT, env=environment, text=True)
    try:
        assert answers(port, process)
        # A plain client sends Chinese letters as they are.
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            plain.sendall("GET /zh/search?q=玉龙铜 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: plain.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert "玉龙铜".encode() in answer
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)
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


def test_files_are_taken_also_where_the_starting_process_kept_some_before(tmp_path, port):
    environment = {**os.environ, "PORTAL_DATA_DIR": str(tmp_path), "PORTAL_PORT": str(port), "PORTAL_RATE_LIMITS": "0"}
    command = [sys.executable, "-c", "from portal.cli import main; main()"]
    subprocess.run([*command, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    process = subprocess.Popen([sys.executable, "-c", SERVE_AFTER_KEEPING_FILES], cwd=ROOT, env=environment, text=True)
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
    try:
        assert answers(port, process)
        for _ in range(6):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/zh/complaints/new",
                data=body,
                headers={"Content-Type": "multipart/form-data; boundary=x"},
            )
            with urllib.request.urlopen(request, timeout=20) as answer:
                assert answer.status == 201
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)
