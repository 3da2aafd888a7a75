"""The index on disk: Whoosh's segments with our tokens, written by one at a time, disposable as a whole."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from typing import Any

from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence
from whoosh.index import FileIndex, LockError
from whoosh.reading import IndexReader, TermNotFound
from whoosh.util.filelock import FileLock
from whoosh.writing import CLEAR, SegmentWriter

from portal.search.analysis import pinyin_names, pinyin_tokens, skeleton, text_tokens, title_tokens
from portal.search.protocol import Entry, SearchBusyError

#: Raised by one whenever analysis or layout change, so that an older index is thrown away and built anew.
FORMAT = 1
_WRITE_TIMEOUT = 20.0
_TABLE_OF_CONTENTS = re.compile(r"_MAIN_([0-9]+)\.toc")


class Tokens(FieldType):  # type: ignore[misc]
    """A field of ready-made tokens: no analysis, positions or frequencies, the smallest postings Whoosh has."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def index(self, value: Iterable[str], **_options: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Each token once, as (bytes, frequency, weight, nothing)."""
        return ((token.encode(), 1, 1.0, b"") for token in set(value))


def _schema() -> Schema:
    return Schema(key=ID(unique=True, stored=True), x=Tokens(), t=Tokens(), p=Tokens(), record=STORED(), body=STORED())


def _document(entry: Entry) -> dict[str, Any]:
    """The entry as Whoosh keeps it. The stored record holds plain values only."""
    titled = (*entry.titles, *entry.names)
    spoken = [title for title in entry.names if title]
    return {
        "key": entry.key,
        "x": [token for text in (*titled, *entry.codes, entry.body) for token in text_tokens(text)],
        "t": [token for text in (*titled, *entry.codes) for token in title_tokens(text)],
        "p": [token for name in spoken for token in pinyin_tokens(name)],
        "record": (
            entry.fingerprint(),
            tuple(dict.fromkeys(map(skeleton, titled))),
            tuple(map(skeleton, entry.codes)),
            tuple(filter(None, map(pinyin_names, spoken))),
            entry.all_facets(),
            entry.date.toordinal() if entry.date else 0,
            entry.boost,
        ),
        "body": skeleton(entry.body),
    }


class Files(FileStorage):  # type: ignore[misc]
    """A folder of segments that knows which of its files were opened through it, and closes them.

    Whoosh closes what it opened only where all goes well: a table of contents that cannot be read, a segment of which a
    file is gone, or a writer that is broken off leave theirs to the collector.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._opened: list[Any] = []
        self._parts: list[Files] = []

    def open_file(self, name: str, **options: Any) -> Any:
        """A file to read, noted down."""
        return self._noted(super().open_file(name, **options))

    def create_file(self, name: str, **options: Any) -> Any:
        """A file to write, noted down."""
        return self._noted(super().create_file(name, **options))

    def temp_storage(self, name: str | None = None) -> Files:
        """A folder of a writer's own, whose files end with this one's."""
        part = Files(super().temp_storage(name).folder)
        self._parts.append(part)
        return part

    def end(self) -> None:
        """Close what is still open. Whatever reads or writes here has come to its end."""
        for part in self._parts:
            part.end()
        for opened in self._opened:
            # What waits to be written belongs to a file that nobody will read.
            with suppress(OSError):
                opened.raw_file().close()
        self._opened.clear()

    def _noted(self, opened: Any) -> Any:
        # What was closed meanwhile is forgotten: one reader may last for days.
        self._opened = [item for item in self._opened if not item.raw_file().closed]
        self._opened.append(opened)
        return opened


class _Writer(SegmentWriter):  # type: ignore[misc]
    """A writer that brings the segment to the disk before the table of contents names it."""

    def _commit_toc(self, segments: list[Any]) -> None:
        folder = Path(self.storage.folder)
        _sync(path for path in folder.iterdir() if path.name.startswith(self.newsegment.segment_id()))
        super()._commit_toc(segments)
        _sync([*folder.glob("*.toc"), folder])


def _sync(paths: Iterable[Path]) -> None:
    """Flush files to the disk; a file that is gone by now needs no flushing."""
    for path in paths:
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


class WhooshStore:
    """The folder of the index: ``<folder>/whoosh`` with the segments, beside it the mark of its format and the lock.

    The segments hold pickled data; the folder must belong to the application alone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._segments = folder / "whoosh"
        self._mark = self._segments / "format.json"

    def _read_mark(self) -> dict[str, Any]:
        """The mark, or nothing if there is none that fits."""
        try:
            mark: Any = json.loads(self._mark.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return mark if isinstance(mark, dict) and mark.get("format") == FORMAT else {}

    def _write_mark(self, identity: str, *, complete: bool) -> None:
        fresh = self._mark.with_suffix(".new")
        fresh.write_text(json.dumps({"format": FORMAT, "identity": identity, "complete": complete}), encoding="utf-8")
        _sync([fresh])
        fresh.replace(self._mark)
        _sync([self._segments])

    def is_complete(self) -> bool:
        """Whether the index was built once from all sources."""
        return bool(self._read_mark().get("complete"))

    def generation(self) -> str:
        """The identity of the folder's content and its state; empty when there is nothing that can be read."""
        identity = self._read_mark().get("identity")
        # Each commit writes a table of contents with the next number in its name.
        tables = [match for path in self._segments.glob("*.toc") if (match := _TABLE_OF_CONTENTS.fullmatch(path.name))]
        return f"{identity}:{max(int(table[1]) for table in tables)}" if identity and tables else ""

    def index(self) -> FileIndex:
        """The index, made anew when there is none of this format."""
        if self._read_mark():
            with self._files() as files, suppress(Exception):
                return FileIndex(files)
        return self.wipe()

    @contextmanager
    def _files(self) -> Iterator[Files]:
        """The folder's files; what looking at its table of contents opened is closed again."""
        files = Files(str(self._segments))
        try:
            yield files
        finally:
            files.end()

    def reader(self) -> tuple[IndexReader, Callable[[], None]]:
        """All of the index at this moment, to read in, and how its files are closed when nobody reads any more."""
        index = self.index()
        try:
            return index.reader(), index.storage.end
        except BaseException:
            index.storage.end()
            raise

    def wipe(self) -> FileIndex:
        """Throw everything away and begin an empty, incomplete index."""
        with self._locked("wipe.lock", _WRITE_TIMEOUT):
            shutil.rmtree(self._segments, ignore_errors=True)
            self._segments.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._files() as files:
                index = FileIndex.create(files, _schema())
            self._write_mark(token_hex(8), complete=False)
            return index

    def mark_complete(self) -> None:
        """Note that everything there is has been indexed."""
        self._write_mark(self._read_mark().get("identity") or token_hex(8), complete=True)

    def write(self, entries: Iterable[Entry], deleted_keys: Collection[str] = (), *, anew: bool = False) -> int:
        """Replace entries and drop keys in one commit; with ``anew`` the entries become the whole content.

        Returns the number of entries written.

        Raises:
            SearchBusyError: if another writer does not finish in time.
        """
        documents = [_document(entry) for entry in entries]
        with self._writer() as writer:
            if not anew:
                self._drop(writer, {*deleted_keys, *(document["key"] for document in documents)})
            for document in documents:
                writer.add_document(**document)
            writer.commit(mergetype=CLEAR if anew else None)
        return len(documents)

    @staticmethod
    def _drop(writer: _Writer, keys: Collection[str]) -> None:
        """Mark the documents of ``keys`` as deleted; one reader serves all, where Whoosh would open one for each."""
        reader = writer.reader()
        try:
            for key in keys:
                with suppress(TermNotFound):
                    for number in list(reader.postings("key", key).all_ids()):
                        writer.delete_document(number)
        finally:
            reader.close()

    @contextmanager
    def _writer(self) -> Iterator[_Writer]:
        """A writer whose lock is released whatever happens; Whoosh keeps it after a failed commit."""
        index = self.index()
        try:
            writer = _Writer(index, timeout=_WRITE_TIMEOUT, compound=False)
        except LockError as error:
            raise SearchBusyError from error
        except BaseException:
            index.storage.end()
            raise
        try:
            yield writer
        except BaseException:
            with suppress(Exception):
                writer.cancel()
            raise
        finally:
            index.storage.end()
            if writer.writelock is not None and writer.writelock.fd is not None:
                writer.writelock.release()

    @contextmanager
    def exclusive(self, timeout: float) -> Iterator[None]:
        """Be the only one on this machine who brings the index up to date.

        Raises:
            SearchBusyError: if another holds the place for longer than ``timeout`` seconds.
        """
        with self._locked("update.lock", timeout):
            yield

    @contextmanager
    def _locked(self, name: str, timeout: float) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self.folder / name))
        end = monotonic() + timeout
        while not lock.acquire():
            if monotonic() >= end:
                raise SearchBusyError
            sleep(0.02)
        try:
            yield
        finally:
            lock.release()
