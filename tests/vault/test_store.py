"""The file store: whole files or none, in a folder and elsewhere alike."""

from __future__ import annotations

import io
import os
import stat

import pytest

from portal.vault.store import PART, FileMissing, FileStore


def test_a_file_comes_back(store):
    assert store.put_stream("evidence/1", [b"one ", b"two"]) == 7
    assert store.size("evidence/1") == 7
    with store.open("evidence/1") as file:
        assert file.read() == b"one two"


def test_a_file_object_and_an_empty_file_are_taken_too(store):
    assert store.put_stream("attachments/a/b.pdf", io.BytesIO(b"%PDF")) == 4
    assert store.put_stream("attachments/a/c.pdf", []) == 0
    assert store.open("attachments/a/c.pdf").read() == b""


def test_many_parts_stay_in_order(store):
    content = os.urandom(1024 * 1024)
    rounds = 2 * PART // len(content) + 1
    store.put_stream("evidence/big", (content for _ in range(rounds)))
    with store.open("evidence/big") as file:
        assert all(file.read(len(content)) == content for _ in range(rounds))
        assert file.read() == b""


def test_reading_can_start_anywhere(store):
    store.put_stream("evidence/1", [b"0123456789"])
    with store.open("evidence/1") as file:
        assert file.seek(4) == 4
        assert file.read(3) == b"456"
        file.seek(-2, os.SEEK_END)
        assert file.read() == b"89"


def test_a_file_replaces_one_of_the_same_key(store):
    store.put_stream("evidence/1", [b"long content"])
    store.put_stream("evidence/1", [b"short"])
    assert store.open("evidence/1").read() == b"short"


@pytest.mark.parametrize("size", [10, 2 * PART])
def test_what_breaks_half_way_leaves_nothing(store, folder, size):
    def breaking():
        yield bytes(size)
        raise RuntimeError("line cut")

    store.put_stream("evidence/old", [b"old"])
    for key in ("evidence/new", "evidence/old"):
        with pytest.raises(RuntimeError, match="line cut"):
            store.put_stream(key, breaking())
    assert list(store.keys()) == ["evidence/old"]
    assert store.open("evidence/old").read() == b"old"
    if folder.exists():
        assert [path.name for path in folder.rglob("*") if path.is_file()] == ["old"]


def test_while_it_is_written_nobody_sees_it(store):
    def watching():
        for _ in range(3):
            yield bytes(PART)
            assert not store.exists("evidence/1")

    store.put_stream("evidence/1", watching())
    assert store.exists("evidence/1")


def test_a_file_can_be_copied_within_the_store(store):
    store.put_stream("evidence/1", [bytes(2 * PART)])
    assert store.put_stream("evidence/2", store.open("evidence/1")) == 2 * PART


def test_deleting_is_possible_twice(store):
    store.put_stream("evidence/1", [b"x"])
    store.delete("evidence/1")
    store.delete("evidence/1")
    assert not store.exists("evidence/1")


def test_what_is_not_there_is_missing(store):
    for act in (store.open, store.size):
        with pytest.raises(FileMissing):
            act("evidence/none")


def test_keys_are_listed_by_prefix(store):
    for key in ("evidence/b", "evidence/a", "attachments/c"):
        store.put_stream(key, [b"x"])
    assert list(store.keys("evidence")) == ["evidence/a", "evidence/b"]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "evidence",
        "/evidence/1",
        "../x/1",
        "evidence/../../x",
        "evidence/a b",
        "evidence//1",
        "evidence/.hidden",
        "evidence/1\n",
        "证据/1",
    ],
)
def test_a_key_cannot_leave_the_store(store, key):
    with pytest.raises(ValueError, match="key"):
        store.put_stream(key, [b"x"])
    with pytest.raises(ValueError, match="key"):
        store.open(key)


def test_the_folder_is_for_its_owner_only(folder):
    FileStore.local(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_can_be_named_by_address(folder):
    FileStore.at(f"file://{folder}").put_stream("evidence/1", [b"x"])
    assert (folder / "evidence" / "1").read_bytes() == b"x"


def test_a_bucket_can_be_named_by_address(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    FileStore.at("s3://bucket/prefix")


@pytest.mark.parametrize("url", ["nonsense", "gopher://x/y", ""])
def test_a_wrong_address_says_which_setting_it_is(url):
    with pytest.raises(ValueError, match="PORTAL_STORE_URL"):
        FileStore.at(url)
