"""A file in sealed parts, read as one."""

from __future__ import annotations

import io
import os
import random
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vault import boxes, filetypes, keys, parts, primitives
from portal.vault.parts import Part
from portal.vault.store import FileMissing, FileStore

MASTER = keys.KeysetMasterKey(primitives.new_keyset())


def cut(store, box, content: bytes, *sizes: int) -> list[Part]:
    """Put a content away in parts of these sizes, the last one taking the rest."""
    found, start = [], 0
    for number, size in enumerate((*sizes, len(content))):
        piece = content[start : start + size]
        if piece:
            found.append(parts.put(store, box, f"uploads/{number}", start, piece))
            start += len(piece)
    return found


@given(
    st.binary(min_size=1, max_size=400),
    st.lists(st.integers(1, 90), max_size=6),
    st.lists(st.tuples(st.integers(0, 450), st.integers(0, 200)), max_size=12),
)
def test_reads_as_the_file_that_it_was_wherever_one_looks(content, sizes, looks):
    store, box = FileStore.at("memory:///"), boxes.new_box(MASTER, b"one")
    whole, joined = io.BytesIO(content), parts.reader(store, box, cut(store, box, content, *sizes))
    assert joined.seek(0, os.SEEK_END) == len(content)
    for position, length in looks:
        assert joined.seek(position) == whole.seek(position)
        assert joined.read(length) == whole.read(length)
    joined.seek(0)
    assert joined.read() == content


def test_an_archive_in_parts_is_recognised_as_one(store, box):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("照片.bin", random.Random(1).randbytes(5000))
    pieces = cut(store, box, packed.getvalue(), 700, 700, 3000)
    assert filetypes.identify(parts.reader(store, box, pieces), "a.zip") is filetypes.ZIP


def test_nothing_of_it_lies_in_clear(box, folder):
    store = FileStore.local(folder)
    cut(store, box, b"what happened there" * 9, 50)
    assert not [path for path in folder.rglob("*") if path.is_file() and b"what happened" in path.read_bytes()]


@pytest.mark.parametrize("wrong", ["box", "place", "key", "size"])
def test_a_part_opens_only_where_it_belongs(store, box, master, wrong):
    part = parts.put(store, box, "uploads/a", 8, b"eight and on")
    store.put_stream("uploads/b", [store.open("uploads/a").read()])
    other = boxes.new_box(master, b"other")
    asked = {
        "box": (other, part),
        "place": (box, Part(0, part.size, part.key)),
        "key": (box, Part(8, part.size, "uploads/b")),
        "size": (box, Part(8, part.size + 1, part.key)),
    }
    with pytest.raises(boxes.Unsealable):
        parts.get(store, *asked[wrong])
    assert parts.get(store, box, part) == b"eight and on"


def test_a_gap_is_noticed_before_anything_is_read(store, box):
    first, _second, third = cut(store, box, b"x" * 30, 10, 10)
    with pytest.raises(ValueError, match="follow"):
        parts.reader(store, box, [first, third])


def test_a_part_that_is_gone_is_told(store, box):
    pieces = cut(store, box, b"x" * 30, 10)
    store.delete(pieces[1].key)
    with pytest.raises(FileMissing):
        parts.reader(store, box, pieces).read()


@pytest.mark.parametrize("size", [0, parts.LARGEST + 1])
def test_no_part_is_empty_or_larger_than_memory_should_hold(store, box, size):
    with pytest.raises(ValueError, match="part"):
        parts.put(store, box, "uploads/a", 0, bytes(size))


def test_tells_whenever_it_goes_on_to_another_part(store, box):
    turns = []
    joined = parts.reader(store, box, cut(store, box, b"x" * 30, 10, 10), turned=lambda: turns.append(1))
    assert joined.read() == b"x" * 30
    assert len(turns) == 3
