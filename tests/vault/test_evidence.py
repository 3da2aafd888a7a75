"""Evidence: measured, recognised by content, sealed; and what is refused leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.vault import boxes, evidence, keys, primitives
from portal.vault.evidence import EmptyFile, TooLarge, WrongType
from portal.vault.spool import SealedSpool
from portal.vault.store import FileMissing, FileStore

MEBIBYTE = 1024 * 1024
PDF = b"%PDF-1.7\n%\xe2\xe3\n" + bytes(30)
NOTE = "排放数据与实际不符。བདེན་པ་མ་རེད།".encode()
FILM = b"\0\0\0\x14ftypisom" + bytes(4) + b"avc1" + bytes(60)
KEY = "evidence/XZ26/1"


def take(content: bytes, name: str, box, store, limit: int = MEBIBYTE) -> evidence.TakenIn:
    return evidence.take_in(io.BytesIO(content), name, box, store, KEY, limit)


class TestWhatIsTaken:
    def test_it_is_measured_and_comes_back_unchanged(self, box, store):
        taken = take(PDF, "报告.pdf", box, store)
        assert taken == evidence.TakenIn(KEY, "报告.pdf", "application/pdf", len(PDF), hashlib.sha256(PDF).hexdigest())
        assert b"".join(evidence.read_back(box, store, KEY)) == PDF

    def test_it_is_read_from_its_beginning_wherever_it_stands(self, box, store):
        stream = io.BytesIO(PDF)
        stream.seek(20)
        taken = evidence.take_in(stream, "a.pdf", box, store, KEY, MEBIBYTE)
        assert taken.size == len(PDF)
        assert not stream.closed

    def test_nothing_clear_is_in_the_store(self, box, folder):
        take(NOTE, "note.txt", box, FileStore.local(folder))
        kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert kept
        assert NOTE[:12] not in kept

    def test_exactly_the_limit_is_allowed(self, box, store):
        assert take(b"a" * MEBIBYTE, "a.txt", box, store).size == MEBIBYTE

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="<#{%"), min_size=1))
    def test_any_text_of_any_script_is_taken_and_returned(self, text):
        box, store = boxes.new_box(keys.KeysetMasterKey(primitives.new_keyset()), b"x"), FileStore.at("memory:///")
        content = b"- " + text.encode()
        take(content, "a.txt", box, store)
        assert b"".join(evidence.read_back(box, store, KEY)) == content

    def test_an_upload_that_went_to_disk_is_taken_too(self, box, store):
        content = FILM + bytes(2 * MEBIBYTE)
        with SealedSpool() as spool:
            spool.write(content)
            taken = evidence.take_in(spool, "film.mp4", box, store, KEY, 3 * MEBIBYTE)
        assert taken.sha256 == hashlib.sha256(content).hexdigest()

    def test_memory_does_not_grow_with_the_file(self, box, folder):
        store = FileStore.local(folder)

        def peak(size: int) -> int:
            with SealedSpool() as spool:
                spool.write(FILM)
                for _ in range(size // MEBIBYTE):
                    spool.write(bytes(MEBIBYTE))
                tracemalloc.start()
                evidence.take_in(spool, "film.mp4", box, store, KEY, 2 * size)
                for _ in evidence.read_back(box, store, KEY):
                    pass
                result = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
            return result

        # A few parts of an upload are in hand at once, how many varies; the rest of the file makes no difference.
        small, large = peak(32 * MEBIBYTE), peak(96 * MEBIBYTE)
        assert large - small < (96 - 32) * MEBIBYTE / 4
        assert large < 96 * MEBIBYTE / 3


class TestWhatIsRefused:
    @pytest.mark.parametrize("content", [b"MZ\x90\0" + bytes(90), b"<!doctype html><p>", b"text\0text"])
    def test_programs_pages_and_broken_files(self, content, box, store):
        with pytest.raises(WrongType):
            take(content, "a.txt", box, store)
        assert list(store.keys()) == []

    def test_an_empty_file(self, box, store):
        with pytest.raises(EmptyFile):
            take(b"", "empty.txt", box, store)
        assert list(store.keys()) == []

    def test_one_byte_too_many_and_the_limit_is_named(self, box, store):
        with pytest.raises(TooLarge) as refused:
            take(b"a" * (MEBIBYTE + 1), "a.txt", box, store)
        assert refused.value.max_bytes == MEBIBYTE
        assert list(store.keys()) == []

    def test_a_file_that_grows_while_it_is_read(self, box, store):
        class Growing(io.BytesIO):
            def seek(self, offset, whence=0):
                return 10 if whence == io.SEEK_END else super().seek(offset, whence)

        with pytest.raises(TooLarge):
            evidence.take_in(Growing(b"a" * 3 * MEBIBYTE), "a.txt", box, store, KEY, MEBIBYTE)
        assert list(store.keys()) == []


class TestReadingBack:
    def test_another_box_opens_nothing(self, master, box, store):
        take(NOTE, "note.txt", box, store)
        with pytest.raises(boxes.Unsealable):
            evidence.read_back(boxes.new_box(master, b"XZ26"), store, KEY)

    def test_a_file_moved_to_another_key_does_not_open(self, box, store):
        take(NOTE, "note.txt", box, store)
        store.put_stream("evidence/XZ26/2", store.open(KEY))
        with pytest.raises(boxes.Unsealable):
            evidence.read_back(box, store, "evidence/XZ26/2")

    def test_a_file_cut_in_the_store_is_noticed(self, box, store):
        take(NOTE, "note.txt", box, store)
        sealed = store.open(KEY).read()
        store.put_stream(KEY, [sealed[:-1]])
        with pytest.raises(boxes.Unsealable):
            list(evidence.read_back(box, store, KEY))

    def test_an_erased_file_is_missing(self, box, store):
        with pytest.raises(FileMissing):
            evidence.read_back(box, store, KEY)
