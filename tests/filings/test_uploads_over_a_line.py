"""Files in pieces to the running server, by a client that is not ours (tuspy): lines that are cut, servers that are killed."""

from __future__ import annotations

import hashlib
import io
import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from tusclient.uploader import Uploader

from tests import running

MEBIBYTE = 1024 * 1024
FILM = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"
#: A gigabyte is sent where a build server asks for it; else enough for eight parts, and for five cuts between and in them.
LARGE = 1024 * MEBIBYTE if os.environ.get("PORTAL_LARGE_UPLOADS") else 64 * MEBIBYTE


class Film(io.BytesIO):
    """A film of any size that lies nowhere: its beginning, then blocks that differ."""

    BLOCK = MEBIBYTE

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size, self._position = size, 0
        self._pattern = hashlib.sha256(b"film").digest() * (self.BLOCK // 32)

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        left = self.size - self._position
        wanted = left if size is None or size < 0 else min(size, left)
        pieces = []
        while wanted:
            number, place = divmod(self._position, self.BLOCK)
            head = number.to_bytes(len(FILM)) if number else FILM
            piece = (head + self._pattern[len(head) :])[place : place + wanted]
            pieces.append(piece)
            wanted -= len(piece)
            self._position += len(piece)
        return b"".join(pieces)

    def sha256(self) -> str:
        self.seek(0)
        digest = hashlib.sha256()
        while piece := self.read(self.BLOCK):
            digest.update(piece)
        self.seek(0)
        return digest.hexdigest()


@dataclass
class Server:
    """The portal as a process of its own, whose data outlives it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, largest_file: int | None = None) -> None:
        def limit() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))

        self.process = subprocess.Popen(
            [*running.COMMAND, "serve"],
            cwd=running.ROOT,
            env=running.environment(self.folder, self.port, MAX_EVIDENCE_MB="2048"),
            start_new_session=True,
            preexec_fn=limit,  # noqa: PLW1509
        )
        assert running.answers(self.port, self.process)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        if how is signal.SIGKILL:
            running.kill_all(self.process)
        else:
            self.process.send_signal(how)
        self.process.wait(timeout=running.PATIENCE)
        self.process = None

    def files(self) -> list[tuple[int, str]]:
        """Size and digest of every draft's files."""
        with closing(sqlite3.connect(self.folder / "portal.sqlite3")) as database:
            return list(database.execute("SELECT size, sha256 FROM filing_draft_file ORDER BY id"))

    def peak(self) -> int:
        """The most memory that any of its processes has held, in bytes."""
        assert self.process is not None
        peaks = []
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                text = status.read_text()
                if os.getpgid(int(status.parent.name)) == self.process.pid:
                    peaks.append(int(re.search(r"VmHWM:\s+(\d+)", text).group(1)) * 1024)  # type: ignore[union-attr]
            except (OSError, AttributeError):
                continue
        return max(peaks)


@pytest.fixture
def server(own_data: Path, port: int) -> Iterator[Server]:
    server = Server(own_data, port)
    yield server
    server.end(signal.SIGKILL)


@pytest.fixture
def citizen(server: Server) -> Callable[[], dict[str, str]]:
    """Begin a complaint as a browser does; what its requests carry from then on."""

    def begin() -> dict[str, str]:
        browser = requests.Session()
        page = browser.get(f"{server.url}/zh/complaints/new", timeout=running.PATIENCE)
        fields = {"respondent_name": "样本工厂"}
        if token := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text):
            fields["csrf_token"] = token.group(1)
        browser.post(f"{server.url}/zh/complaints/new/whom", data=fields, timeout=running.PATIENCE)
        page = browser.get(f"{server.url}/zh/complaints/new/material", timeout=running.PATIENCE)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token, page.text
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        return {"Cookie": cookies, "X-CSRFToken": token.group(1)}

    return begin


def uploader(url: str, carried: dict[str, str], film: Film, **options: Any) -> Uploader:
    client = TusClient(f"{url}/zh/complaints/new/uploads", headers=carried)
    return client.uploader(file_stream=film, metadata={"filename": "现场录像.mp4"}, **options)


class CutLine:
    """A line to a port that breaks once after each of these numbers of bytes; short requests pass."""

    def __init__(self, to: int, after: list[int]) -> None:
        self._to, self._after, self.cuts = to, after, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=running.PATIENCE)
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._carry, args=(near,))
            self._threads.append(thread)
            thread.start()

    def _carry(self, near: socket.socket) -> None:
        most = self._after[self.cuts] if self.cuts < len(self._after) else None
        with near, socket.create_connection(("127.0.0.1", self._to)) as far:
            back = threading.Thread(target=_pump, args=(far, near, None))
            back.start()
            if _pump(near, far, most):
                self.cuts += 1
            back.join(timeout=running.PATIENCE)


def _pump(source: socket.socket, sink: socket.socket, most: int | None) -> bool:
    """Carry bytes one way until one end closes; whether the line was cut before."""
    carried = 0
    try:
        while piece := source.recv(65_536):
            sink.sendall(piece)
            carried += len(piece)
            if most is not None and carried >= most:
                break
    except OSError:
        most = None
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    return most is not None and carried >= most


def go_on(upload: Uploader) -> None:
    """Go on until the whole file is there, as a client does that has patience."""

    def arrived() -> bool:
        try:
            upload.offset = upload.get_offset()
            upload.upload()
        except (TusCommunicationError, requests.RequestException):
            return False
        return True

    running.until(arrived, "the file does not arrive")


def test_a_large_film_goes_through_a_line_that_is_cut_five_times(server, citizen):
    server.start()
    film, carried = Film(LARGE), citizen()
    before = server.peak()
    sizes = [LARGE // 16 + 3_000_001, LARGE // 8, 900_000, LARGE // 32, LARGE // 8 + 77]
    with CutLine(server.port, sizes) as line:
        upload = uploader(f"http://127.0.0.1:{line.port}", carried, film, chunk_size=max(LARGE // 4, 32 * MEBIBYTE))
        upload.set_url(upload.create_url())
        go_on(upload)
    assert line.cuts == 5
    assert server.files() == [(LARGE, film.sha256())]
    assert not [path for path in (server.folder / "files" / "uploads").glob("*") if path.is_file()]
    # Whatever the file's size: a few parts and what sealing holds of them.
    assert server.peak() - before < 160 * MEBIBYTE


def goes_on(upload: Uploader, offset: int) -> bool:
    """Send what is missing; False where another request still holds the file."""
    upload.offset = offset
    try:
        upload.upload()
    except TusCommunicationError as refused:
        assert refused.status_code == 423
        return False
    return True


def test_what_had_arrived_outlives_a_server_that_is_killed(server, citizen):
    server.start()
    film, carried = Film(20 * MEBIBYTE), citizen()
    upload = uploader(server.url, carried, film, chunk_size=5 * MEBIBYTE)
    upload.upload(stop_at=10 * MEBIBYTE)
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        head = [
            f"PATCH {upload.url.removeprefix(server.url)} HTTP/1.1",
            "Host: x",
            "Tus-Resumable: 1.0.0",
            f"Upload-Offset: {10 * MEBIBYTE}",
            "Content-Type: application/offset+octet-stream",
            f"Content-Length: {10 * MEBIBYTE}",
            *(f"{name}: {value}" for name, value in carried.items()),
        ]
        line.sendall("\r\n".join([*head, "", ""]).encode())
        film.seek(10 * MEBIBYTE)
        line.sendall(film.read(9 * MEBIBYTE))
        running.until(lambda: upload.get_offset() > 10 * MEBIBYTE, "nothing of what was sent is kept")
        # While this one sends, nobody else may.
        other = requests.patch(
            upload.url,
            data=b"x",
            headers={
                **upload.get_headers(),
                "Upload-Offset": str(10 * MEBIBYTE),
                "Content-Type": "application/offset+octet-stream",
            },
            timeout=running.PATIENCE,
        )
        assert other.status_code in {409, 423}
        server.end(signal.SIGKILL)
    server.start()
    kept = upload.get_offset()
    assert kept > 10 * MEBIBYTE
    # The server that died held the upload; after a short silence the next one may write.
    running.until(lambda: goes_on(upload, kept), "nobody may go on with what a dead server held")
    assert server.files() == [(film.size, film.sha256())]


def test_a_full_disk_is_told_and_nothing_is_lost(server, citizen):
    # No file may grow beyond this, as if the disk ended there; the database stays below.
    server.start(largest_file=4 * MEBIBYTE)
    film, carried = Film(9 * MEBIBYTE), citizen()
    upload = uploader(server.url, carried, film, chunk_size=2 * MEBIBYTE)
    upload.upload(stop_at=2 * MEBIBYTE)
    upload.chunk_size = 7 * MEBIBYTE
    with pytest.raises(TusCommunicationError) as refused:
        upload.upload()
    assert refused.value.status_code == 507
    assert "空间" in refused.value.response_content.decode()
    assert server.files() == []
    server.end()
    server.start()
    go_on(upload)
    assert server.files() == [(film.size, film.sha256())]
