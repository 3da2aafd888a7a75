"""The index follows the database: through the queue, after the commit, and after a crash."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.foundation.database import db, prepare_engine, transaction
from portal.search import (
    SearchChange,
    apply_pending,
    check_index,
    drift,
    index_of,
    install,
    mark_changed,
    rebuild_index,
    register_source,
)
from portal.search.protocol import Entry
from portal.search.queue import reindex


@dataclass
class Shelf:
    """A source whose entries a test puts and takes away."""

    kind: str = "unit"
    titles: dict[str, str] = field(default_factory=dict)

    def entries(self, keys: Collection[str] | None = None) -> Iterable[Entry]:
        return [
            Entry(key=key, kind=self.kind, names=(title,))
            for key, title in self.titles.items()
            if keys is None or key in keys
        ]

    def put(self, key: str, title: str) -> None:
        """One use case that makes or renames a thing."""
        with transaction():
            self.titles[key] = title
            mark_changed(key)

    def withdraw(self, key: str) -> None:
        """One use case that takes a thing from the public."""
        with transaction():
            del self.titles[key]
            mark_changed(key)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def searching(tmp_path: Path, shelf: Shelf) -> Iterator[Flask]:
    """A bare application with search and nothing else."""
    app = Flask("searching")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    app.extensions["portal.settings"] = SimpleNamespace(data_dir=tmp_path)
    db.init_app(app)
    install(app)
    register_source(app, shelf)
    with app.app_context():
        prepare_engine(db.engine)
        SearchChange.__table__.create(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def found(searching: Flask) -> Callable[[str], list[str]]:
    return lambda query: [hit.key for hit in index_of(searching).search(query).hits]


def interrupted(*_arguments: object) -> None:
    raise KeyboardInterrupt


def waiting() -> int:
    count = db.session.scalar(select(func.count()).select_from(SearchChange)) or 0
    db.session.rollback()
    return count


def test_the_index_follows_what_is_published_renamed_and_withdrawn(
    shelf: Shelf, found: Callable[[str], list[str]]
) -> None:
    shelf.put("unit:u1", "样例高原建材")
    assert found("高原") == ["unit:u1"]
    shelf.put("unit:u1", "样例雪域建材")
    assert found("高原") == []
    assert found("雪域") == ["unit:u1"]
    shelf.withdraw("unit:u1")
    assert found("雪域") == []
    assert waiting() == 0


def test_what_is_rolled_back_is_not_queued(shelf: Shelf, searching: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(db.session(), "commit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            shelf.put("unit:u1", "样例高原建材")
    assert waiting() == 0
    assert index_of(searching).search("").total == 0


def test_a_failing_index_never_breaks_the_use_case_and_catches_up_later(
    searching: Flask,
    shelf: Shelf,
    found: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf.put("unit:u1", "样例高原建材")

    def fail(*_arguments: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(index_of(searching), "replace", fail)
        shelf.put("unit:u2", "样例雪域建材")
    assert "could not follow" in caplog.text
    assert waiting() == 1
    assert found("雪域") == []
    shelf.put("unit:u3", "样例河谷建材")
    assert found("雪域") == ["unit:u2"]
    assert waiting() == 0


def test_a_change_applied_but_not_yet_forgotten_is_applied_again_without_harm(
    searching: Flask, shelf: Shelf, found: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("unit:u1", "样例高原建材")

    with monkeypatch.context() as patch:
        patch.setattr("portal.search.queue._forget", interrupted)
        with pytest.raises(KeyboardInterrupt):
            shelf.put("unit:u2", "样例雪域建材")
    assert waiting() == 1
    assert apply_pending(searching) == 1
    assert found("雪域") == ["unit:u2"]
    assert index_of(searching).search("").total == 2


def test_while_another_process_updates_the_change_waits_in_the_queue(
    searching: Flask, shelf: Shelf, found: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("unit:u1", "样例高原建材")
    monkeypatch.setattr("portal.search.apply_pending", lambda app: apply_pending(app, wait=0))
    with index_of(searching).exclusive(1):
        shelf.put("unit:u2", "样例雪域建材")
        assert waiting() == 1
        assert found("雪域") == []
    assert apply_pending(searching) == 1
    assert found("雪域") == ["unit:u2"]


def test_the_first_change_builds_an_index_that_was_lost(
    searching: Flask, shelf: Shelf, found: Callable[[str], list[str]]
) -> None:
    shelf.put("unit:u1", "样例高原建材")
    index_of(searching).clear()
    assert found("高原") == []
    assert apply_pending(searching) == 1
    assert found("高原") == ["unit:u1"]
    assert apply_pending(searching) == 0


def test_many_changes_are_applied_in_turns(searching: Flask, shelf: Shelf) -> None:
    shelf.put("unit:u0", "样例高原建材")
    with transaction():
        for number in range(1, 1201):
            shelf.titles[f"unit:u{number}"] = f"样例第{number}厂"
            mark_changed(f"unit:u{number}")
    assert index_of(searching).search("").total == 1201
    assert waiting() == 0


def test_drift_names_what_is_missing_stale_and_surplus(
    searching: Flask, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in ("unit:kept", "unit:renamed", "unit:gone"):
        shelf.put(key, "样例高原建材")
    assert drift(searching).is_clean
    assert check_index(searching)
    del shelf.titles["unit:gone"]
    shelf.titles |= {"unit:renamed": "样例雪域建材", "unit:new": "样例河谷建材"}
    found = drift(searching)
    assert (found.missing, found.stale, found.surplus) == (["unit:new"], ["unit:renamed"], ["unit:gone"])
    assert not check_index(searching)
    assert "stale unit:renamed" in capsys.readouterr().out
    rebuild_index(searching)
    assert capsys.readouterr().out == "3 entries indexed\n"
    assert drift(searching).is_clean


def test_a_rebuild_empties_the_queue(searching: Flask, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("portal.search.apply_pending", lambda _app: 0)
        shelf.put("unit:u1", "样例高原建材")
    assert waiting() == 1
    assert reindex(searching) == 1
    assert waiting() == 0


def test_a_kind_has_one_source_and_unknown_kinds_are_dropped(searching: Flask, shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="unit"):
        register_source(searching, Shelf())
    shelf.put("unit:u1", "样例高原建材")
    with transaction():
        mark_changed("nothing:1")
    assert waiting() == 0
    assert index_of(searching).search("").total == 1
