"""A scan for harmful software, by a scanner on a real socket."""

from __future__ import annotations

import io
import socket
import threading

import pytest

from portal.vault import evidence
from portal.vault.scanning import Scanner, ScanState
from tests.vault.clamd import HARM, clamd

TEXT = "样本文字\n".encode() * 30_000


@pytest.fixture(params=["host", "path"])
def scanner_server(request, tmp_path):
    with clamd(str(tmp_path / "s") if request.param == "path" else "") as server:
        yield server


def test_a_file_is_sent_whole_and_found_clean(scanner_server):
    assert Scanner(scanner_server.address).scan(io.BytesIO(TEXT)) is ScanState.CLEAN
    assert scanner_server.scanned == [TEXT]


def test_harm_is_found(scanner_server):
    assert Scanner(scanner_server.address).scan(iter([b"a", b"", HARM])) is ScanState.INFECTED


def test_what_is_larger_than_the_scanner_takes_is_skipped():
    with clamd(limit=200_000) as server:
        assert Scanner(server.address).scan(io.BytesIO(bytes(900_000))) in {ScanState.SKIPPED, None}
        # Whether the answer arrives before the line breaks is the network's affair; a short rest always lets it through.
        assert Scanner(server.address).scan(io.BytesIO(bytes(200_100))) is ScanState.SKIPPED


def test_a_scanner_that_fails_or_is_not_there_gives_no_verdict():
    with clamd() as server:
        server.broken = True
        assert Scanner(server.address).answers()
        assert Scanner(server.address).scan(io.BytesIO(TEXT)) is None
    for address in (server.address, "/nowhere/clamd.sock", "localhost:1"):
        assert Scanner(address).scan(io.BytesIO(TEXT)) is None
        assert not Scanner(address).answers()


def test_a_scanner_that_hangs_up_gives_no_verdict():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        hang_up = threading.Thread(target=lambda: [listening.accept()[0].close()])
        hang_up.start()
        assert Scanner(f"127.0.0.1:{listening.getsockname()[1]}").scan(io.BytesIO(TEXT)) is None
        hang_up.join()


def test_the_error_of_a_source_is_not_taken_for_the_scanners(scanner_server):
    def source():
        yield b"a"
        raise ValueError("source")

    with pytest.raises(ValueError, match="source"):
        Scanner(scanner_server.address).scan(source())


def take_in(box, store, content, scanner):
    return evidence.take_in(io.BytesIO(content), "a.txt", box, store, "evidence/a", 10**7, scanner)


def test_evidence_is_scanned_before_it_is_kept(box, store, scanner_server):
    scanner = Scanner(scanner_server.address)
    assert take_in(box, store, TEXT, scanner).scan is ScanState.CLEAN
    store.delete("evidence/a")
    with pytest.raises(evidence.Harmful):
        take_in(box, store, TEXT + HARM, scanner)
    assert list(store.keys()) == []


def test_evidence_is_taken_unscanned_where_no_scanner_answers(box, store):
    taken = take_in(box, store, TEXT, Scanner("localhost:1"))
    assert taken.scan is None
    assert b"".join(evidence.read_back(box, store, "evidence/a")) == TEXT
