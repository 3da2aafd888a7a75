"""A file that arrives in pieces: each piece is sealed by itself, and all of them are read as one file.

A piece is as large as fits in memory twice; so reading may begin anywhere, which a sealed stream does not allow.
"""

from __future__ import annotations

import io
import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, cast

from portal.vault.boxes import CHUNK, Unsealable

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from portal.vault.boxes import Box
    from portal.vault.store import FileStore

LARGEST = 8 * 1024 * 1024
"""The most clear bytes that one part may have."""


@dataclass(frozen=True)
class Part:
    """A stretch of a file: where it begins, how long it is (clear bytes), and where its sealed form lies."""

    start: int
    size: int
    key: str

    @property
    def end(self) -> int:
        """The position behind it."""
        return self.start + self.size


def put(store: FileStore, box: Box, key: str, start: int, data: bytes) -> Part:
    """Seal a stretch of a file into the store. It opens only with this box, at this key and at this place of the file.

    Raises:
        ValueError: it is empty or larger than :data:`LARGEST`.
        OSError: the disk is full; the store is as it was.
    """
    if not 0 < len(data) <= LARGEST:
        raise ValueError("a part is never empty, and never larger than memory should hold")
    store.put_stream(key, [box.seal(data, _context(key, start))])
    return Part(start, len(data), key)


def get(store: FileStore, box: Box, part: Part) -> bytes:
    """The clear bytes of a part.

    Raises:
        portal.vault.store.FileMissing: it is gone.
        portal.vault.boxes.Unsealable: another box's or another place's, changed or cut off.
    """
    with store.open(part.key) as sealed:
        data = box.open(sealed.read(), _context(part.key, part.start))
    if len(data) != part.size:
        raise Unsealable
    return data


def reader(store: FileStore, box: Box, parts: Sequence[Part], *, turned: Callable[[], None] = lambda: None) -> BinaryIO:
    """One seekable file made of parts. One part at a time is in memory.

    Args:
        parts: in their order, without gap.
        turned: called whenever the next part is fetched, for whoever must show that the work goes on.

    Raises:
        ValueError: there is a gap.
        portal.vault.store.FileMissing, portal.vault.boxes.Unsealable: while reading, as :func:`get`.
    """
    return cast("BinaryIO", io.BufferedReader(_Joined(store, box, parts, turned), CHUNK))


class _Joined(io.RawIOBase):
    def __init__(self, store: FileStore, box: Box, parts: Sequence[Part], turned: Callable[[], None]) -> None:
        super().__init__()
        self._starts = [0, *accumulate(part.size for part in parts)]
        self._size = self._starts.pop()
        if [part.start for part in parts] != self._starts:
            raise ValueError("the parts do not follow each other")
        self._store, self._box, self._parts, self._turned = store, box, parts, turned
        self._position = 0
        self._open: tuple[int, memoryview] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("no such position")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Buffer, /) -> int:
        if self._position >= self._size:
            return 0
        view = memoryview(buffer).cast("B")
        number = bisect_right(self._starts, self._position) - 1
        place = self._position - self._starts[number]
        piece = self._clear(number)[place : place + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _clear(self, number: int) -> memoryview:
        if self._open is None or self._open[0] != number:
            self._open = None
            self._turned()
            self._open = number, memoryview(get(self._store, self._box, self._parts[number]))
        return self._open[1]


def _context(key: str, start: int) -> str:
    return f"part {key} {start}"
