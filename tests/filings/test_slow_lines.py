"""Five lines that bring nothing must not keep all others waiting: they are cut, and only where somebody waits."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from portal.filings.uploads.slowness import LEAST, WITHIN, cut_slow_lines

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much has passed on a connection")


class Line:
    """A connection to a port of this process: ``near`` is the server's end."""

    def __init__(self, listener: socket.socket, ends: ExitStack) -> None:
        self.far = ends.enter_context(socket.create_connection(listener.getsockname()))
        self.near = ends.enter_context(listener.accept()[0])
        self.near.settimeout(30)

    def bring(self, number: int) -> None:
        self.far.sendall(bytes(number))
        left = number
        while left:
            left -= len(self.near.recv(left))

    @property
    def is_cut(self) -> bool:
        self.near.setblocking(False)
        try:
            return self.near.recv(1) == b""
        except BlockingIOError:
            return False


@pytest.fixture
def lines() -> Iterator[tuple[int, list[Line]]]:
    """A port with three lines to it."""
    with ExitStack() as ends:
        listener = ends.enter_context(socket.create_server(("127.0.0.1", 0)))
        yield listener.getsockname()[1], [Line(listener, ends) for _ in range(3)]


def test_a_line_that_brings_too_little_is_cut_and_can_still_be_answered(lines):
    port, (silent, trickling, good) = lines
    assert cut_slow_lines(port, now=0) == 0
    trickling.bring(LEAST - 1)
    good.bring(LEAST)
    assert cut_slow_lines(port, now=WITHIN) == 2
    assert (silent.is_cut, trickling.is_cut, good.is_cut) == (True, True, False)
    silent.near.sendall(b"so far")
    assert silent.far.recv(10) == b"so far"


def test_nobody_is_cut_before_the_time_is_over(lines):
    port, (silent, _, _) = lines
    cut_slow_lines(port, now=0)
    assert cut_slow_lines(port, now=WITHIN - 0.1) == 0
    assert not silent.is_cut


def test_whoever_brings_enough_has_the_time_anew(lines):
    port, (good, *_others) = lines
    for look in range(5):
        cut_slow_lines(port, now=look * WITHIN)
        good.bring(LEAST)
    assert not good.is_cut


def test_a_slow_reader_of_a_page_is_no_slow_line(lines):
    port, (reading, *_others) = lines
    cut_slow_lines(port, now=0)
    reading.near.sendall(bytes(LEAST))
    left = LEAST
    while left:
        left -= len(reading.far.recv(left))
    cut_slow_lines(port, now=WITHIN)
    assert not reading.is_cut


def test_connections_to_others_are_left_alone(lines):
    port, (silent, _, _) = lines
    cut_slow_lines(port + 1, now=0)
    assert cut_slow_lines(port + 1, now=WITHIN) == 0
    assert not silent.is_cut
