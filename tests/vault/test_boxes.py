"""A case's box: what goes in comes out, and only there, and only whole."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.vault import boxes, keys, primitives
from portal.vault.boxes import Unsealable

MASTER = keys.KeysetMasterKey(primitives.new_keyset())
BOX = boxes.new_box(MASTER, b"XZ26")
MEBIBYTE = 1024 * 1024


def sealed_file(data: bytes, context: str = "evidence/1") -> bytes:
    return b"".join(BOX.seal_stream(io.BytesIO(data), context))


def opened_file(sealed: bytes, context: str = "evidence/1") -> bytes:
    with BOX.open_stream(io.BytesIO(sealed), context) as clear:
        return clear.read()


class Pattern(io.RawIOBase):
    """A file of any length that takes no memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        size = min(self.left, size if size >= 0 else self.left)
        self.left -= size
        return b"\xa5" * size


class TestShortThings:
    @given(st.binary(max_size=2000), st.text(max_size=20))
    def test_what_goes_in_comes_out(self, data, context):
        assert BOX.open(BOX.seal(data, context), context) == data

    @given(st.text())
    def test_text_in_any_script(self, text):
        assert BOX.open_text(BOX.seal_text(text, "statement"), "statement") == text

    def test_the_same_thing_never_looks_the_same(self):
        assert BOX.seal(b"same", "a") != BOX.seal(b"same", "a")

    @given(st.text(max_size=20), st.text(max_size=20))
    def test_it_opens_only_at_its_own_place(self, one, other):
        if one != other:
            with pytest.raises(Unsealable):
                BOX.open(BOX.seal(b"data", one), other)

    @given(st.binary(min_size=1, max_size=60), st.data())
    def test_any_changed_byte_is_noticed(self, data, draw):
        sealed = bytearray(BOX.seal(data, "a"))
        sealed[draw.draw(st.integers(0, len(sealed) - 1))] ^= draw.draw(st.integers(1, 255))
        with pytest.raises(Unsealable):
            BOX.open(bytes(sealed), "a")

    @given(st.binary(max_size=100))
    def test_anything_else_does_not_open(self, junk):
        with pytest.raises(Unsealable):
            BOX.open(junk, "a")


class TestBoxes:
    def test_a_wrapped_box_opens_again(self):
        sealed = BOX.seal(b"identity", "identity")
        assert boxes.open_box(MASTER, BOX.wrapped, b"XZ26").open(sealed, "identity") == b"identity"

    def test_it_opens_for_its_own_case_only(self):
        with pytest.raises(Unsealable):
            boxes.open_box(MASTER, BOX.wrapped, b"XZ27")

    def test_another_portals_master_key_does_not_open_it(self):
        with pytest.raises(Unsealable):
            boxes.open_box(keys.KeysetMasterKey(primitives.new_keyset()), BOX.wrapped, b"XZ26")

    def test_a_changed_wrapping_does_not_open(self):
        wrapped = bytearray(BOX.wrapped)
        wrapped[-1] ^= 1
        with pytest.raises(Unsealable):
            boxes.open_box(MASTER, bytes(wrapped), b"XZ26")

    def test_one_case_cannot_open_what_is_anothers(self):
        other = boxes.new_box(MASTER, b"XZ26")
        with pytest.raises(Unsealable):
            other.open(BOX.seal(b"data", "a"), "a")
        with pytest.raises(Unsealable):
            other.open_stream(io.BytesIO(sealed_file(b"data")), "evidence/1")

    def test_the_key_shows_in_no_wrapping_and_no_repr(self):
        keyset = MASTER.unwrap(BOX.wrapped, b"portal box\0XZ26")
        assert keyset not in BOX.wrapped
        assert "0x" in repr(BOX)


class TestFiles:
    @given(st.binary(max_size=5000))
    def test_what_goes_in_comes_out(self, data):
        assert opened_file(sealed_file(data)) == data

    @pytest.mark.parametrize("size", [0, 1, boxes.CHUNK, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 3 * MEBIBYTE + 17])
    def test_sizes_around_the_borders(self, size):
        data = bytes(range(256)) * (size // 256) + bytes(size % 256)
        assert opened_file(sealed_file(data)) == data

    def test_nothing_clear_is_in_it(self):
        assert b"Lhasa" not in sealed_file(b"Lhasa" * 1000)

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_any_changed_byte_is_noticed(self, draw):
        sealed = bytearray(sealed_file(b"evidence" * 50))
        sealed[draw.draw(st.integers(0, len(sealed) - 1))] ^= draw.draw(st.integers(1, 255))
        with pytest.raises(Unsealable):
            opened_file(bytes(sealed))

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_a_cut_is_noticed_wherever_it_falls(self, draw):
        sealed = sealed_file(b"evidence" * 50)
        with pytest.raises(Unsealable):
            opened_file(sealed[: draw.draw(st.integers(0, len(sealed) - 1))])

    def test_a_cut_between_segments_is_noticed(self):
        sealed = sealed_file(bytes(3 * MEBIBYTE))
        header = len(sealed_file(b"")) - 56  # the stream's own header (40) and its empty last segment (16)
        for segments in (1, 2):
            with pytest.raises(Unsealable):
                opened_file(sealed[: header + segments * MEBIBYTE])

    def test_it_opens_only_at_its_own_place(self):
        with pytest.raises(Unsealable):
            opened_file(sealed_file(b"data", "evidence/1"), "evidence/2")

    def test_a_short_thing_is_no_file_and_a_file_no_short_thing(self):
        with pytest.raises(Unsealable):
            opened_file(BOX.seal(b"data", "evidence/1"))
        with pytest.raises(Unsealable):
            BOX.open(sealed_file(b"data"), "evidence/1")

    def test_a_failing_source_is_not_taken_for_tampering(self):
        class Broken(io.BytesIO):
            def read(self, size=-1):
                if self.tell() > MEBIBYTE:
                    raise ConnectionError("store")
                return super().read(size)

        with (
            BOX.open_stream(Broken(sealed_file(bytes(3 * MEBIBYTE))), "evidence/1") as clear,
            pytest.raises(ConnectionError),
        ):
            clear.read()

    def test_closing_the_clear_file_closes_the_sealed_one(self):
        source = io.BytesIO(sealed_file(b"data"))
        BOX.open_stream(source, "evidence/1").close()
        assert source.closed

    def test_memory_does_not_grow_with_the_file(self):
        def peak(size: int) -> int:
            tracemalloc.start()
            read = sum(len(piece) for piece in BOX.seal_stream(Pattern(size), "evidence/1"))
            result = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert read > size
            return result

        small, large = peak(4 * MEBIBYTE), peak(64 * MEBIBYTE)
        assert large < 2 * small
        assert large < 64 * MEBIBYTE / 8
