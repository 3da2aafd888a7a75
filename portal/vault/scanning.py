"""An optional scan for harmful software by a clamd nearby, over its INSTREAM command.

A scanner that does not answer refuses nothing: the file is marked as not scanned, and scanned later.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

CONNECT_SECONDS = 3
ANSWER_SECONDS = 120
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


class ScanState(StrEnum):
    """What a scan said of a file. A file without a state was not scanned yet."""

    CLEAN = "clean"
    INFECTED = "infected"
    #: Larger than the scanner takes.
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Scanner:
    """A clamd at ``host:port``, or at the path of its socket. What is sent to a host is not encrypted: it should be this one."""

    address: str

    def scan(self, content: BinaryIO | Iterable[bytes]) -> ScanState | None:
        """Scan a file, read from where it stands to its end, in constant memory; None where the scanner gives no verdict."""
        pieces = _pieces(content)
        try:
            with self._connected() as line:
                # A scanner that has heard enough closes; its answer is there all the same.
                with suppress(BrokenPipeError, ConnectionResetError):
                    _send(line, pieces)
                return _verdict(_answer(line))
        except OSError:
            return None

    def answers(self) -> bool:
        """Whether the scanner is there."""
        try:
            with self._connected() as line:
                line.sendall(b"zPING\0")
                return _answer(line) == b"PONG"
        except OSError:
            return False

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                line.settimeout(CONNECT_SECONDS)
                line.connect(self.address)
            except OSError:
                line.close()
                raise
        else:
            host, _, port = self.address.rpartition(":")
            line = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
        line.settimeout(ANSWER_SECONDS)
        return line


def _send(line: socket.socket, pieces: Iterator[bytes]) -> None:
    line.sendall(b"zINSTREAM\0")
    for piece in pieces:
        line.sendall(len(piece).to_bytes(4) + piece)
    line.sendall(bytes(4))


def _answer(line: socket.socket) -> bytes:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER and (piece := line.recv(_LONGEST_ANSWER)):
        said += piece
    return said.partition(b"\0")[0].strip()


def _verdict(said: bytes) -> ScanState | None:
    if said.endswith(b" FOUND"):
        return ScanState.INFECTED
    if said == b"stream: OK":
        return ScanState.CLEAN
    return ScanState.SKIPPED if b"size limit exceeded" in said else None


def _pieces(content: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    if hasattr(content, "read"):
        while piece := content.read(_CHUNK):
            yield piece
    else:
        # An empty piece would say that the file has ended.
        yield from filter(None, content)
