"""Where files lie: a local folder, or any S3-compatible store. It knows keys and bytes, and never what they mean.

A file appears whole or not at all. Keys are paths such as ``evidence/<case>/<file>``.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.store import LocalStore, MemoryStore, from_url

from portal.foundation.room import room_needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from obstore import ReadableFile
    from obstore.store import ObjectStore
    from typing_extensions import Buffer

PART = 8 * 1024 * 1024
"""Bytes of one part of a multipart upload: 2 GiB stay far below the 10,000 parts that S3 allows."""

READ_AHEAD = 1024 * 1024
CONCURRENT_PARTS = 2
_KEY = re.compile(r"[a-z]+(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+", re.ASCII)


class FileMissing(Exception):
    """There is no such file in the store."""


class FileStore:
    """Files by key."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def local(cls, folder: Path) -> FileStore:
        """A store in a folder, which is made if need be, for this user only."""
        folder = folder.resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(LocalStore(folder), folder)

    @classmethod
    def at(cls, url: str) -> FileStore:
        """A store by address: ``s3://bucket/prefix``, ``file:///folder`` or ``memory:///``.

        Credentials and endpoint of an S3-compatible store come from the usual ``AWS_…`` variables.

        Raises:
            ValueError: not such an address.
        """
        if url.startswith("memory:"):
            return cls(MemoryStore())
        if url.startswith("file://"):
            return cls.local(Path(url.removeprefix("file://")))
        try:
            return cls(from_url(url))
        except Exception as fault:
            raise ValueError("PORTAL_STORE_URL is not an address of a store") from fault

    def put_stream(self, key: str, content: BinaryIO | Iterable[bytes]) -> int:
        """Keep a file, replacing one of the same key; its size in bytes. Constant memory.

        Whatever ``content`` raises comes out, and then nothing has changed in the store.

        Raises:
            ValueError: not a key.
            portal.foundation.room.NoRoom: the disk is full.
        """
        # Not ``obstore.put``: it would run ``content`` inside its own loop, where reading from a store is forbidden, so
        # that no file could be copied from one store to another.
        size = 0
        # The file appears when the writer is left in peace; left by an error, it drops the parts it has written.
        with (
            room_needed(),
            obstore.open_writer(
                self._store, _checked(key), buffer_size=PART, max_concurrency=CONCURRENT_PARTS
            ) as writer,
        ):
            for piece in _pieces(content):
                writer.write(piece)
                size += len(piece)
        self._settle(key)
        return size

    def open(self, key: str) -> BinaryIO:
        """A file to read and seek in.

        Raises:
            FileMissing: there is none.
        """
        try:
            reader = obstore.open_reader(self._store, _checked(key), buffer_size=READ_AHEAD)
        except FileNotFoundError:
            raise FileMissing(key) from None
        return cast("BinaryIO", io.BufferedReader(_StoredFile(reader), 64 * 1024))

    def size(self, key: str) -> int:
        """The size of a file in bytes.

        Raises:
            FileMissing: there is none.
        """
        try:
            return obstore.head(self._store, _checked(key))["size"]
        except FileNotFoundError:
            raise FileMissing(key) from None

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        try:
            self.size(key)
        except FileMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove a file; that it is already gone is no error, so that erasing can be tried again."""
        try:
            obstore.delete(self._store, _checked(key))
        except FileNotFoundError:
            return

    def keys(self, prefix: str | None = None, *, before: datetime | None = None) -> Iterator[str]:
        """The keys below a prefix (whole path parts), or all, in order.

        Args:
            before: only of files that were written before this moment.
        """
        found = [
            meta["path"]
            for batch in obstore.list(self._store, prefix)
            for meta in batch
            if before is None or meta["last_modified"] < before
        ]
        return iter(sorted(found))

    def _settle(self, key: str) -> None:
        """On a local disk: see that the file and its name survive a power failure before anybody is told it is kept."""
        if self._folder is None:
            return
        path = self._folder / key
        for place in (path, *path.parents):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if place == self._folder:
                return


class _StoredFile(io.RawIOBase):
    """A file in the store as Python knows files."""

    def __init__(self, reader: ReadableFile) -> None:
        super().__init__()
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._reader.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._reader.seek(offset, whence)

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._reader.read(len(view))
        view[: len(data)] = memoryview(data)
        return len(data)


def _pieces(content: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    if hasattr(content, "read"):
        while piece := content.read(READ_AHEAD):
            yield piece
    else:
        yield from content


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of the store")
    return key
