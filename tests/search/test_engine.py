"""The index on disk: follows its entries, survives interruption, serves many threads."""

from __future__ import annotations

import gc
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from portal.search import whoosh_engine, whoosh_store
from portal.search.protocol import Entry, SearchBusyError
from portal.search.whoosh_engine import WhooshIndex

UNIT = Entry(
    key="unit:u1",
    kind="unit",
    names=("样例高原新材料有限公司", "样例雪域建材厂"),
    codes=("91540000MA6T1234X5",),
    body="绿色工厂",
    facets={"level": ("national",)},
)
NOTICE = Entry(
    key="document:n1",
    kind="document",
    subtype="notice",
    titles=("关于绿色工厂的公示",),
    codes=("藏经信发〔2024〕12号",),
    date=date(2024, 5, 1),
)


def keys(index: WhooshIndex, query: str) -> list[str]:
    return [hit.key for hit in index.search(query).hits]


@pytest.mark.parametrize(
    "query", ["91540000MA6T1234X5", "91540000ma6t1234x5", "MA6T1234X5", "34X5", "91540000", "样例雪域建材", "雪域"]
)
def test_a_unit_is_found_by_its_code_or_part_of_it_and_by_a_former_name(index: WhooshIndex, query: str) -> None:
    index.rebuild([UNIT, NOTICE])
    assert keys(index, query) == ["unit:u1"]


def test_a_document_is_found_by_its_number(index: WhooshIndex) -> None:
    index.rebuild([UNIT, NOTICE])
    assert keys(index, "藏经信发[2024]12号") == ["document:n1"]


def test_a_changed_entry_replaces_the_old_one_and_a_deleted_one_is_gone(index: WhooshIndex) -> None:
    index.rebuild([UNIT, NOTICE])
    index.replace([replace(NOTICE, titles=("关于水泥企业的公告",))], deleted_keys=["unit:u1", "unit:unknown"])
    assert keys(index, "水泥") == ["document:n1"]
    assert keys(index, "公示") == []
    assert keys(index, "高原新材料") == []
    assert index.search("").total == 1


def test_rebuilding_replaces_everything(index: WhooshIndex) -> None:
    index.rebuild([UNIT])
    index.rebuild([NOTICE])
    assert set(index.fingerprints()) == {"document:n1"}


def test_the_fingerprint_tells_every_change_of_an_entry(index: WhooshIndex) -> None:
    index.rebuild([UNIT])
    assert index.fingerprints() == {"unit:u1": UNIT.fingerprint()}
    for changed in (
        replace(UNIT, body="x"),
        replace(UNIT, facets={}),
        replace(UNIT, boost=1.0),
        replace(UNIT, date=date(2024, 1, 1)),
    ):
        assert changed.fingerprint() != UNIT.fingerprint()


def test_the_generation_moves_with_every_commit(index: WhooshIndex) -> None:
    seen = []
    for act in (
        index.clear,
        lambda: index.rebuild([UNIT]),
        lambda: index.replace([NOTICE]),
        lambda: index.replace([], ["unit:u1"]),
        index.clear,
    ):
        act()
        seen.append(index.generation())
    assert len(set(seen)) == len(seen)


def test_another_process_sees_the_change_with_its_next_search(index: WhooshIndex, tmp_path: Path) -> None:
    other = WhooshIndex(tmp_path / "search")
    index.rebuild([UNIT])
    assert keys(other, "高原") == ["unit:u1"]
    index.replace([], ["unit:u1"])
    assert keys(other, "高原") == []
    index.clear()
    index.rebuild([NOTICE])
    assert keys(other, "公示") == ["document:n1"]


def test_an_index_is_complete_once_it_was_rebuilt(index: WhooshIndex) -> None:
    assert not index.is_complete()
    assert index.search("绿色").total == 0
    index.replace([UNIT])
    assert not index.is_complete()
    index.rebuild([UNIT])
    assert index.is_complete()
    index.clear()
    assert not index.is_complete()


def test_an_index_of_an_older_format_is_thrown_away(
    index: WhooshIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.rebuild([UNIT])
    monkeypatch.setattr(whoosh_store, "FORMAT", whoosh_store.FORMAT + 1)
    newer = WhooshIndex(tmp_path / "search")
    assert not newer.is_complete()
    assert newer.search("高原").total == 0
    newer.rebuild([UNIT])
    assert keys(newer, "高原") == ["unit:u1"]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every file that is opened through the index's folder, in order."""
    found: list[Any] = []
    note = whoosh_store.Files._noted

    def noted(files: whoosh_store.Files, file: Any) -> Any:
        found.append(file.raw_file())
        return note(files, file)

    monkeypatch.setattr(whoosh_store.Files, "_noted", noted)
    return found


@pytest.mark.parametrize("pattern", ["*.toc", "MAIN_*", "format.json"])
@pytest.mark.parametrize("damage", [b"", b"not what it was"])
def test_a_damaged_index_is_begun_anew(
    index: WhooshIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opened: list[Any],
    pattern: str,
    damage: bytes,
) -> None:
    # A kept log record would keep the index with its traceback.
    monkeypatch.setattr(whoosh_engine.logger, "disabled", True)
    index.rebuild([UNIT])
    for path in (tmp_path / "search" / "whoosh").glob(pattern):
        path.write_bytes(damage)
    again = WhooshIndex(tmp_path / "search")
    assert again.search("高原").total == 0
    assert not again.is_complete()
    again.rebuild([UNIT])
    assert keys(again, "高原") == ["unit:u1"]
    del again
    gc.collect()
    assert opened
    assert all(file.closed for file in opened)


def test_a_segment_of_which_a_file_is_gone_leaves_the_others_closed(
    index: WhooshIndex, tmp_path: Path, opened: list[Any]
) -> None:
    index.rebuild([UNIT])
    for path in (tmp_path / "search" / "whoosh").glob("*.pst"):
        path.unlink()
    opened.clear()
    with pytest.raises(FileNotFoundError):
        whoosh_store.WhooshStore(tmp_path / "search").reader()
    assert [Path(file.name).suffix for file in opened].count(".trm") > 0
    assert all(file.closed for file in opened)


@pytest.mark.parametrize("step", ["_commit_toc", "_flush_segment", "add_document"])
def test_a_failed_commit_changes_nothing_and_leaves_the_index_free(
    index: WhooshIndex, monkeypatch: pytest.MonkeyPatch, opened: list[Any], step: str
) -> None:
    index.rebuild([UNIT])

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(whoosh_store._Writer, step, fail)
        with pytest.raises(OSError, match="disk full"):
            index.replace([NOTICE], ["unit:u1"])
    assert all(file.closed for file in opened)
    assert keys(index, "高原") == ["unit:u1"]
    assert keys(index, "公示") == []
    index.replace([NOTICE])
    assert keys(index, "公示") == ["document:n1"]


def test_a_writer_killed_in_its_commit_leaves_the_old_state_and_no_lock(index: WhooshIndex, tmp_path: Path) -> None:
    index.rebuild([UNIT])
    killed = """
import os, sys
from pathlib import Path
from portal.search import whoosh_engine, whoosh_store
from portal.search.protocol import Entry
from portal.search.whoosh_engine import WhooshIndex
whoosh_store._Writer._commit_toc = lambda *_: os._exit(9)
index = WhooshIndex(Path(sys.argv[1]))
with index.exclusive(1):
    index.replace([Entry(key="unit:u2", kind="unit", names=("never seen",))], ["unit:u1"])
"""
    ended = subprocess.run([sys.executable, "-c", killed, str(tmp_path / "search")], check=False, timeout=60)
    assert ended.returncode == 9
    with index.exclusive(0):
        assert keys(index, "高原") == ["unit:u1"]
        index.replace([NOTICE])
    assert keys(index, "公示") == ["document:n1"]
    assert keys(index, "never seen") == []


def test_only_one_updates_at_a_time(index: WhooshIndex, tmp_path: Path) -> None:
    other = WhooshIndex(tmp_path / "search")
    with index.exclusive(1), pytest.raises(SearchBusyError), other.exclusive(0.05):
        pass
    with other.exclusive(0.05):
        pass


def test_threads_search_rightly_while_the_index_is_written(index: WhooshIndex) -> None:
    lasting = [replace(UNIT, key=f"unit:{n}", names=(f"样例第{n}水泥有限公司",), codes=()) for n in range(40)]
    index.rebuild(lasting)
    done = Event()

    def write() -> None:
        try:
            for turn in range(12):
                index.replace([replace(NOTICE, key=f"document:{turn % 3}", titles=(f"公示第{turn}号",))])
        finally:
            done.set()

    def read() -> int:
        count = 0
        while not done.is_set() or count == 0:
            assert index.search("水泥").total == 40
            assert set(index.search("样例 水泥", per_page=100).facets["kind"]) == {"unit"}
            count += 1
        return count

    with ThreadPoolExecutor(5) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        pool.submit(write).result(timeout=60)
        assert all(reader.result(timeout=60) > 0 for reader in readers)
    assert index.search("公示").total == 3
