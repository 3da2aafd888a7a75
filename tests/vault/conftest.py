"""A master key, a box and a store, for every test of the vault."""

from __future__ import annotations

import pytest

from portal.vault import boxes, keys, primitives
from portal.vault.store import FileStore


@pytest.fixture
def master():
    return keys.KeysetMasterKey(primitives.new_keyset())


@pytest.fixture
def box(master):
    return boxes.new_box(master, b"XZ26")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files"


@pytest.fixture(params=["folder", "memory"])
def store(request, folder):
    return FileStore.local(folder) if request.param == "folder" else FileStore.at("memory:///")
