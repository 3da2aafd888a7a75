"""Strangers' files are read in a child process that has nothing to lose: no keys, no files, no network, little time.

A child is a fresh interpreter that loads :mod:`portal.vault.parsers` and nothing of the portal, gives up what it does not
need (:mod:`portal.vault.parsers.confinement`), and only then reads the file from a pipe. Nothing touches a disk.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MEBIBYTE = 1024 * 1024
_CHUNK = 256 * 1024
_CHILD = Path(__file__).parent / "parsers" / "child.py"
_HEAD_LIMIT = _MEBIBYTE
#: A page of pictures asks for many at once; the machine also has other things to do.
_AT_ONCE = threading.BoundedSemaphore(max(2, (os.cpu_count() or 2)))
_QUEUE_SECONDS = 30


class Fault(StrEnum):
    """Why a child did not do its work."""

    DAMAGED = "damaged"
    PROTECTED = "protected"
    SIGNED = "signed"
    NO_SUCH_PAGE = "no_such_page"
    TOO_MUCH = "too_much"
    TOO_SLOW = "too_slow"
    CRASHED = "crashed"
    BUSY = "busy"


class NotParsed(Exception):
    """A file could not be read as what it claims to be; ``fault`` says why. Nothing of its content is in the error."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.value)


@dataclass(frozen=True)
class Limits:
    """What one piece of work may use: ``memory``, ``taken`` and ``made`` in bytes, ``seconds`` by the clock and the CPU."""

    memory: int = 1024 * _MEBIBYTE
    seconds: int = 20
    taken: int = 64 * _MEBIBYTE
    made: int = 64 * _MEBIBYTE


@dataclass(frozen=True)
class Answer:
    """What a child made: ``facts`` as JSON, ``content`` in bytes, and which measures ``held`` while it worked."""

    facts: Any
    content: bytes
    held: frozenset[str]


ORDINARY = Limits()


def run(
    work: str, source: BinaryIO | Iterable[bytes], arguments: Mapping[str, Any] | None = None, limits: Limits = ORDINARY
) -> Answer:
    """Let a child do ``work`` (``"module.function"`` of :mod:`portal.vault.parsers`) on a file.

    Args:
        source: the clear file, read from where it stands to its end.
        arguments: what else the function is told, as JSON.
        limits: what the child may use.

    Raises:
        NotParsed: damaged, protected, too large, too slow, or the child broke down.
    """
    if not _AT_ONCE.acquire(timeout=_QUEUE_SECONDS):
        raise NotParsed(Fault.BUSY)
    try:
        return _run(work, source, dict(arguments or {}), limits)
    finally:
        _AT_ONCE.release()


def _run(work: str, source: BinaryIO | Iterable[bytes], arguments: dict[str, Any], limits: Limits) -> Answer:
    order = {"work": work, "arguments": arguments, "memory": limits.memory, "seconds": limits.seconds}
    # Isolated: no variables, no folders of the user, no compiled files written; errors may quote content and go nowhere.
    command = [sys.executable, "-I", "-B", "-X", "utf8", str(_CHILD)]
    with subprocess.Popen(  # noqa: S603 - the interpreter at work and a file of this package
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    ) as child:
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        watch = threading.Timer(limits.seconds, stop)
        watch.start()
        try:
            _hand_over(child, json.dumps(order).encode() + b"\n", source, limits.taken)
            told, content = _read_answer(cast("BinaryIO", child.stdout), limits.made)
        except _BrokeDown:
            raise NotParsed(Fault.TOO_SLOW if late.is_set() else Fault.CRASHED) from None
        finally:
            watch.cancel()
            child.kill()
    if "fault" in told:
        raise NotParsed(_fault(told["fault"]))
    return Answer(told.get("facts"), content, frozenset(told.get("held", ())))


class _BrokeDown(Exception):
    """The child ended without an answer."""


def _hand_over(child: subprocess.Popen[bytes], order: bytes, source: BinaryIO | Iterable[bytes], most: int) -> None:
    """Send the order and the file.

    Raises:
        NotParsed: there is more of it than the child may take.
    """
    pipe = cast("BinaryIO", child.stdin)
    taken = 0
    # A child that ended early closes the pipe; what it answered says more.
    try:
        with contextlib.suppress(BrokenPipeError):
            pipe.write(order)
            for piece in _pieces(source):
                taken += len(piece)
                if taken > most:
                    raise NotParsed(Fault.TOO_MUCH)
                pipe.write(piece)
    finally:
        with contextlib.suppress(BrokenPipeError):
            pipe.close()


def _read_answer(pipe: BinaryIO, most: int) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(_exactly(pipe, 4))
    if length > _HEAD_LIMIT:
        raise _BrokeDown
    try:
        told = json.loads(_exactly(pipe, length))
    except ValueError:
        raise _BrokeDown from None
    content = pipe.read(most + 1)
    if len(content) > most:
        raise NotParsed(Fault.TOO_MUCH)
    if not isinstance(told, dict):
        raise _BrokeDown
    return told, content


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise _BrokeDown
    return data


def _fault(told: object) -> Fault:
    try:
        return Fault(str(told))
    except ValueError:
        return Fault.CRASHED


def _pieces(source: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    if hasattr(source, "read"):
        while piece := source.read(_CHUNK):
            yield piece
    else:
        yield from source
