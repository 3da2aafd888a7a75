"""The upload buffer: a file like any other, except that the disk never sees clear text."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import pytest
from flask import Flask, request
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from portal.vault.primitives import Unsealable
from portal.vault.spool import FRAME, IN_MEMORY, SealedSpool, SealingRequest

MARK = b"the mill behind Lhasa "


#: What other tests of the same process left open before this one began: their databases and indexes.
OLDER: set[tuple[int, int]] = set()


@pytest.fixture(autouse=True)
def _remember_what_is_open() -> None:
    OLDER.clear()
    OLDER.update(identity(link) for link in open_temporary_files())


def identity(link: Path) -> tuple[int, int]:
    status = link.stat()
    return status.st_dev, status.st_ino


def open_temporary_files() -> list[Path]:
    """The files without a name that this process holds open on a disk since the test began."""
    links = Path("/proc/self/fd")
    found = []
    for link in links.iterdir():
        try:
            if link.readlink().name.endswith("(deleted)") and link.stat().st_size and identity(link) not in OLDER:
                found.append(link)
        except FileNotFoundError:
            continue
    return found


def on_disk() -> bytes:
    return b"".join(link.read_bytes() for link in open_temporary_files())


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class TestItIsAFile:
    STEPS = st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.binary(max_size=300)),
            st.tuples(st.just("fill"), st.integers(0, 2 * FRAME)),
            st.tuples(st.just("read"), st.integers(-1, FRAME + 1)),
            st.tuples(st.just("seek"), st.integers(0, 3 * FRAME)),
            st.tuples(st.just("end"), st.integers(-5, 5)),
            st.tuples(st.just("line"), st.just(0)),
        ),
        max_size=12,
    )

    @settings(max_examples=150, deadline=None)
    @given(STEPS, st.sampled_from([0, 100, FRAME, IN_MEMORY]))
    def test_it_behaves_as_a_file_in_memory_does(self, steps, in_memory):
        with SealedSpool(in_memory) as spool:
            model = io.BytesIO()
            for step, value in steps:
                for file, answers in ((spool, ours := []), (model, theirs := [])):
                    answers.append(self.act(file, step, value))
                    answers.append(file.tell())
                assert ours == theirs
            for file in (spool, model):
                file.seek(0)
            assert spool.read() == model.read()

    @staticmethod
    def act(file, step, value):
        if step == "write":
            return file.write(value)
        if step == "fill":
            return file.write(b"\n.." * (value // 3))
        if step == "read":
            return file.read(value)
        if step == "seek":
            return file.seek(value)
        if step == "end":
            return file.seek(max(0, file.seek(0, os.SEEK_END) + value))
        return file.readline()

    @pytest.mark.parametrize("in_memory", [0, IN_MEMORY])
    def test_it_can_be_read_by_line_into_a_buffer_and_in_a_loop(self, in_memory):
        spool = SealedSpool(in_memory)
        spool.write(b"one\ntwo\nthree")
        spool.seek(0)
        assert list(spool) == [b"one\n", b"two\n", b"three"]
        spool.seek(1)
        buffer = bytearray(5)
        assert spool.readinto(buffer) == 5
        assert buffer == b"ne\ntw"
        assert spool.readable()
        assert spool.writable()
        assert spool.seekable()

    def test_no_position_before_the_beginning(self):
        with pytest.raises(ValueError, match="position"):
            SealedSpool().seek(-1)

    def test_closed_it_gives_nothing_more(self):
        spool = SealedSpool(0)
        spool.write(MARK)
        spool.close()
        spool.close()
        for act in (spool.read, spool.tell, lambda: spool.write(b"x"), lambda: spool.seek(0)):
            with pytest.raises(ValueError, match="closed"):
                act()


class TestTheDiskSeesNothing:
    def test_a_small_upload_needs_no_disk(self):
        spool = SealedSpool()
        spool.write(bytes(IN_MEMORY))
        assert not open_temporary_files()

    def test_a_large_one_lies_there_sealed_and_without_a_name(self, temporary_folder):
        spool = SealedSpool()
        spool.write(MARK * 100_000)
        assert len(on_disk()) >= len(MARK) * 100_000 - FRAME
        assert MARK not in on_disk()
        assert not list(temporary_folder.iterdir())
        spool.close()
        assert not open_temporary_files()

    def test_two_equal_frames_look_different(self):
        spool = SealedSpool(0)
        spool.write(bytes(4 * FRAME))
        frames = {on_disk()[start : start + 1000] for start in range(0, 3 * FRAME, FRAME)}
        assert len(frames) == 3

    def test_a_changed_frame_is_noticed(self):
        spool = SealedSpool(0)
        spool.write(MARK * 20_000)
        link = open_temporary_files()[0]
        with link.open("r+b") as file:
            file.seek(50)
            file.write(b"changed")
        spool.seek(0)
        with pytest.raises(Unsealable):
            spool.read()

    def test_swapped_frames_are_noticed(self):
        spool = SealedSpool(0)
        spool.write(MARK * 20_000)
        sealed = spool._sealed_frame
        with open_temporary_files()[0].open("r+b") as file:
            first, second = file.read(sealed), file.read(sealed)
            file.seek(0)
            file.write(second + first)
        spool.seek(0)
        with pytest.raises(Unsealable):
            spool.read()


class TestTheRequest:
    @pytest.fixture
    def app(self):
        app = Flask(__name__)
        app.request_class = SealingRequest

        @app.post("/")
        def take() -> dict[str, object]:
            files = request.files.getlist("evidence")
            seen = on_disk()
            return {
                "bytes_on_disk": len(seen),
                "clear_on_disk": MARK in seen,
                "names": [file.filename for file in files],
                "sound": [file.read() == MARK * 150_000 for file in files],
                "text": request.form["statement"],
            }

        return app

    def upload(self, app):
        files = [FileStorage(io.BytesIO(MARK * 150_000), name) for name in ("a.txt", "照片.txt")]
        # The test client would spool a large body in clear itself: it gets one that is encoded already, in memory.
        data = MultiDict([("statement", "འདི་"), *(("evidence", file) for file in files)])
        boundary, body = encode_multipart(data)
        return app.test_client().post(
            "/",
            input_stream=io.BytesIO(body),
            content_length=len(body),
            content_type=f"multipart/form-data; boundary={boundary}",
        )

    def test_three_megabytes_in_flight_leave_no_clear_text_on_disk(self, app, temporary_folder):
        answer = self.upload(app).get_json()
        assert answer["bytes_on_disk"] > 6_000_000
        assert not answer["clear_on_disk"]
        assert not list(temporary_folder.iterdir())

    def test_the_page_gets_the_files_unchanged(self, app):
        answer = self.upload(app).get_json()
        assert answer["sound"] == [True, True]
        assert answer["names"] == ["a.txt", "照片.txt"]
        assert answer["text"] == "འདི་"

    def test_after_the_request_nothing_is_left(self, app):
        with self.upload(app):
            pass
        assert not open_temporary_files()

    def test_the_stock_request_would_have_failed_this_test(self, app):
        app.request_class = Flask.request_class
        assert self.upload(app).get_json()["clear_on_disk"]
