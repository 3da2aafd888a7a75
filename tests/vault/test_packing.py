"""Archives that prove themselves: made in pieces, checked file by file, and nothing can be changed, taken out or put in."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tracemalloc
import zipfile

import pytest

from portal.vault import packing, signing_keys
from portal.vault.packing import Entry, NotAnArchive, text
from portal.vault.signing import NotGenuine, Signing

ABOUT = {"iss": "https://portal.example", "receipt": "XZ26"}


@pytest.fixture
def keys(tmp_path):
    signing_keys.init_keys(tmp_path / "signing.json")
    return Signing(tmp_path / "signing.json")


@pytest.fixture
def packed(keys):
    entries = [text("statement.txt", "陈述 བརྗོད་པ"), Entry("evidence/001-电表.png", [b"first ", b"second"], 12)]
    return b"".join(packing.pack(entries, ABOUT, keys.sign))


def check(content, keys):
    return packing.check(io.BytesIO(content), keys.public_keys())


def changed(content, **replaced):
    """The same archive with some files replaced; None takes one out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            new = replaced.pop(name, source.read(name))
            if new is not None:
                made.writestr(name, new)
        for name, new in replaced.items():
            made.writestr(name, new)
    return target.getvalue()


def test_a_whole_archive_is_whole(packed, keys):
    found = check(packed, keys)
    assert found.is_whole
    assert found.good == ["statement.txt", "evidence/001-电表.png"]
    assert (found.about, found.kid) == (ABOUT, keys.kid)


def test_it_stays_whole_after_the_key_was_replaced(packed, keys, tmp_path):
    signing_keys.rotate_keys(tmp_path / "signing.json")
    assert check(packed, keys).is_whole


def test_the_common_tools_check_it_too(packed, tmp_path):
    (tmp_path / "case.zip").write_bytes(packed)
    with zipfile.ZipFile(tmp_path / "case.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "out")
    sums = shutil.which("sha256sum")
    if sums:
        done = subprocess.run([sums, "--check", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["files"][1] == {
        "path": "evidence/001-电表.png",
        "sha256": hashlib.sha256(b"first second").hexdigest(),
        "size": 12,
    }


@pytest.mark.parametrize(
    ("replaced", "where"),
    [
        ({"statement.txt": "其他陈述"}, ("changed", "statement.txt")),
        ({"statement.txt": None}, ("missing", "statement.txt")),
        ({"evidence/002-more.png": b"put in"}, ("foreign", "evidence/002-more.png")),
        ({"manifest.json": "{}"}, ("changed", "manifest.json")),
    ],
    ids=["changed", "taken out", "put in", "another list to read"],
)
def test_what_was_done_to_it_is_named(packed, keys, replaced, where):
    found = check(changed(packed, **replaced), keys)
    assert not found.is_whole
    assert getattr(found, where[0]) == [where[1]]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_not_whole(packed, keys):
    content = io.BytesIO(packed)
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("statement.txt", "其他陈述")
    assert not check(content.getvalue(), keys).is_whole


def test_another_list_needs_another_signature(packed, keys, tmp_path):
    signing_keys.init_keys(tmp_path / "forger.json")
    forged = Signing(tmp_path / "forger.json").sign({**ABOUT, "files": []}, packing.TYP)
    with pytest.raises(NotGenuine):
        check(changed(packed, **{"manifest.jws.txt": forged}), keys)


def test_a_long_list_is_signed_by_its_digest_and_cannot_be_changed_either(keys, monkeypatch):
    monkeypatch.setattr(packing, "LISTED_IN_FULL", 2)
    content = b"".join(packing.pack([text(f"{number}.txt", "陈述") for number in range(3)], ABOUT, keys.sign))
    found = check(content, keys)
    assert found.is_whole
    assert (found.about, found.good) == (ABOUT, ["0.txt", "1.txt", "2.txt"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        said = archive.read(packing.MANIFEST)
    with pytest.raises(NotGenuine):
        check(changed(content, **{packing.MANIFEST: said.replace(b"2.txt", b"3.txt")}), keys)


def test_a_receipt_is_no_list(packed, keys):
    with pytest.raises(NotAnArchive):
        check(changed(packed, **{"manifest.jws.txt": keys.sign({"files": []}, "portal-receipt+jws")}), keys)


@pytest.mark.parametrize("content", [b"", b"no zip at all", changed], ids=["empty", "no zip", "zip without a list"])
def test_what_is_no_archive_is_none(packed, keys, content):
    given = content(packed, **{"manifest.jws.txt": None}) if callable(content) else content
    with pytest.raises(NotAnArchive):
        check(given, keys)


def test_a_long_film_goes_through_in_constant_memory(keys):
    piece = bytes(1024 * 1024)
    size = 0
    tracemalloc.start()
    for part in packing.pack([Entry("film.mp4", (piece for _ in range(256)), 2**31)], ABOUT, keys.sign):
        size += len(part)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 256 * len(piece)
    assert most < 8 * len(piece)


def test_whoever_stops_reading_leaves_nothing_open(keys):
    pieces = packing.pack([Entry("film.mp4", iter([b"x" * 100_000] * 10), 10**6)], ABOUT, keys.sign)
    next(pieces)
    pieces.close()
