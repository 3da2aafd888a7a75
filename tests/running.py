"""The portal as a process of its own, and waiting for what it does: for the thing itself, never for a number of seconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from flask import Flask

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "from portal.cli import main; main()"]
#: Seconds after which nothing comes any more, on however busy a machine.
PATIENCE = 180


def until(condition: Callable[[], T], what: str) -> T:
    """Wait until something is so; what it then is. ``what`` says what did not come about."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"{what}: not within {PATIENCE} seconds"
        threading.Event().wait(0.02)
    return found


def environment(folder: Path, port: int | None = None, **settings: str) -> dict[str, str]:
    """What a portal of a test's own is told: its data lie in ``folder``; other ``settings`` without ``PORTAL_``."""
    own = {"DATA_DIR": str(folder), "RATE_LIMITS": "0", **settings, **({"PORT": str(port)} if port else {})}
    return {**os.environ, **{f"PORTAL_{name}": value for name, value in own.items()}}


def make_passwords_cheap(app: Flask) -> None:
    """Let a digest cost little: hundreds of tests log in, and none is about how dear a guess is."""
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=8, argon2__parallelism=1)


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server answers; False where its process ended instead."""

    def answered() -> bool | None:
        if process.poll() is not None:
            return True
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
                return bool(answer.status == 200)
        except OSError:
            return None

    until(answered, "the server does not answer")
    return process.poll() is None


def serving(process: subprocess.Popen[bytes]) -> set[int]:
    """The processes of a server that answer, and not the helper that the language runs beside them."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_text()
        except OSError:
            # It ended while it was looked at.
            continue
        if int(parent) == process.pid and state != "Z" and "spawn_main" in command:
            found.add(int(folder.name))
    return found


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill a server that leads a group, with all that belongs to it; when this returns, none of them does anything more."""
    if process.poll() is None:
        others = serving(process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=PATIENCE)
        until(lambda: not any(_lives(number) for number in others), "killed processes live on")


def _lives(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
