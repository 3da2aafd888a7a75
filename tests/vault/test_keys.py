"""The keyset file: made once, rotated without loss, told by fingerprint only."""

from __future__ import annotations

import base64
import json
import stat

import pytest

from portal.vault import boxes, keys


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "keys" / "keyset.json"
    keys.init_keyset(path)
    return path


def test_only_its_owner_can_read_it(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_is_never_overwritten(path):
    before = path.read_bytes()
    with pytest.raises(keys.KeysetExists):
        keys.init_keyset(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_it_is_a_keyset_that_tinks_own_tools_read(path):
    key = json.loads(path.read_text())["key"][0]
    assert len(base64.b64decode(key["keyData"]["value"])) >= 32  # a key of 256 bits, in its envelope
    assert key["keyData"]["typeUrl"] == "type.googleapis.com/google.crypto.tink.AesGcmKey"


def test_after_a_rotation_old_boxes_open_and_new_ones_use_the_new_key(path):
    old = boxes.new_box(keys.load_keyset(path), b"case")
    sealed = old.seal(b"identity", "identity")
    first = path.read_bytes()
    added = keys.rotate_keyset(path)

    rotated = keys.load_keyset(path)
    assert boxes.open_box(rotated, old.wrapped, b"case").open(sealed, "identity") == b"identity"
    new = boxes.new_box(rotated, b"case")
    path.write_bytes(first)
    with pytest.raises(boxes.Unsealable):
        boxes.open_box(keys.load_keyset(path), new.wrapped, b"case")
    assert added.primary


def test_a_rewrapped_box_no_longer_needs_the_old_key(path):
    old = boxes.new_box(keys.load_keyset(path), b"case")
    sealed = old.seal(b"identity", "identity")
    keys.rotate_keyset(path)
    again = boxes.rewrap(keys.load_keyset(path), old.wrapped, b"case")

    keyset = json.loads(path.read_text())
    keyset["key"] = [key for key in keyset["key"] if key["keyId"] == keyset["primaryKeyId"]]
    path.write_text(json.dumps(keyset))
    retired = keys.load_keyset(path)
    assert boxes.open_box(retired, again, b"case").open(sealed, "identity") == b"identity"
    with pytest.raises(boxes.Unsealable):
        boxes.open_box(retired, old.wrapped, b"case")


def test_fingerprints_tell_ids_and_status_and_no_key(path):
    for _ in range(2):
        keys.rotate_keyset(path)
    listed = keys.list_keys(path)
    assert [key.primary for key in listed] == [False, False, True]
    assert len({key.key_id for key in listed}) == 3
    assert {key.status for key in listed} == {"enabled"}
    secrets_ = [key["keyData"]["value"] for key in json.loads(path.read_text())["key"]]
    assert not any(value in repr(listed) for value in secrets_)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_missing_keyset_says_what_to_do(tmp_path):
    for act in (keys.load_keyset, keys.rotate_keyset, keys.list_keys):
        with pytest.raises(keys.KeysetMissing, match="portal keys init"):
            act(tmp_path / "none.json")


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"primaryKeyId": 1, "key": []}'])
def test_a_damaged_keyset_is_refused_and_left_alone(path, text):
    path.write_text(text)
    for act in (keys.load_keyset, keys.rotate_keyset, keys.list_keys):
        with pytest.raises(keys.KeysetDamaged):
            act(path)
    assert path.read_text() == text
