"""Lines that are too slow are cut where others wait for their place; what arrived on them stays, and the sender goes on.

The server reads a body for as long as its sender likes, with no limit that could be set, and a thread that waits in it cannot
be called back. But the system knows of each connection how much has passed, and ends its reading side at a word: the
request then ends as on any broken line, and is answered. Where the system cannot tell, nothing is cut.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

#: Bytes that must pass, one way or the other, within so many seconds: some 550 a second.
LEAST, WITHIN = 8 * 1024, 15.0
#: Where Linux says the bytes that were acknowledged and received: two numbers in ``struct tcp_info``, from 4.1 on.
_PASSED = struct.Struct("@120xQQ")
_OPEN_FILES = Path("/proc/self/fd")


@dataclass(frozen=True)
class _Seen:
    """How much had passed on a connection when it was seen, and when that was."""

    passed: int
    at: float


_seen: dict[str, _Seen] = {}
_one_at_a_time = threading.Lock()


def cut_slow_lines(port: int, now: float | None = None) -> int:
    """End the reading of connections to ``port`` on which too little passed since an earlier look; how many.

    Called whenever somebody finds no place: who is refused asks again soon, so the looks follow each other. Connections
    that rest between two requests are cut with the slow ones, and lose nothing.

    Args:
        now: seconds of a clock that only goes forward.
    """
    moment, cut = monotonic() if now is None else now, 0
    with _one_at_a_time:
        there = set()
        for name, connection in _connections(port):
            with connection, suppress(OSError):
                passed = _passed(connection)
                before = _seen.get(name)
                if before is None or passed - before.passed >= LEAST:
                    _seen[name] = _Seen(passed, moment)
                elif moment - before.at >= WITHIN:
                    connection.shutdown(socket.SHUT_RD)
                    cut += 1
                there.add(name)
        for gone in _seen.keys() - there:
            del _seen[gone]
    return cut


def _connections(port: int) -> Iterator[tuple[str, socket.socket]]:
    """This process's connections from outside, each under a name that no other has, with a handle of its own."""
    with suppress(OSError):
        for entry in list(_OPEN_FILES.iterdir()):
            with suppress(OSError):
                name = str(entry.readlink())
                if not name.startswith("socket:"):
                    continue
                connection = socket.socket(fileno=os.dup(int(entry.name)))
                if _is_ours(connection, port):
                    yield name, connection
                else:
                    connection.close()


def _is_ours(connection: socket.socket, port: int) -> bool:
    if connection.family not in {socket.AF_INET, socket.AF_INET6} or connection.type != socket.SOCK_STREAM:
        return False
    with suppress(OSError):
        # One that only listens has no peer.
        return bool(connection.getpeername()) and connection.getsockname()[1] == port
    return False


def _passed(connection: socket.socket) -> int:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _PASSED.size)
    if len(told) < _PASSED.size:
        raise OSError("the system does not tell")
    return sum(_PASSED.unpack(told))
