"""The upload buffer of a request, sealed: what a citizen sends never lies on disk in clear, not for a second.

Werkzeug parses a form before any page sees it, and writes large parts into temporary files in clear. This buffer takes
their place in the request class, so that no page can forget it.
"""

from __future__ import annotations

import io
import os
import tempfile
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from flask import Request

from portal.vault.primitives import Sealer, new_keyset

if TYPE_CHECKING:
    from typing_extensions import Buffer

IN_MEMORY = 512 * 1024
"""Bytes of one upload that stay in memory before the disk is used."""

FRAME = 64 * 1024
"""Clear bytes of one sealed frame on disk."""


class SealedSpool(io.BufferedIOBase):
    """A binary file to write and read anywhere in: in memory while small, sealed frames in an unnamed file beyond.

    The key exists only in this object's memory; closing forgets it and frees the disk. Not for several threads at once.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        super().__init__()
        self._in_memory = in_memory
        self._position = 0
        self._size = 0
        # Below the limit the hot frame is the whole content; beyond it is one frame of the file.
        self._hot = bytearray()
        self._hot_number = 0
        self._dirty = False
        self._file: BinaryIO | None = None
        self._sealer: Sealer | None = None
        self._sealed_frame = 0

    # What file objects promise

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position in clear bytes."""
        self._check_open()
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a position in clear bytes; beyond the end is allowed, and zeros fill the gap when something is written.

        Raises:
            ValueError: a position before the beginning, or no such ``whence``.
        """
        self._check_open()
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}.get(whence)
        if start is None or start + offset < 0:
            raise ValueError("no such position")
        self._position = start + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to ``size`` bytes from the position on, or all."""
        self._check_open()
        left = max(0, self._size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted:
            part = self._hot_bytes(wanted)
            parts.append(part)
            wanted -= len(part)
            self._position += len(part)
        return b"".join(parts)

    def read1(self, size: int = -1, /) -> bytes:
        """As :meth:`read`, but at most one frame."""
        return self.read(FRAME if size < 0 else min(size, FRAME))

    def readinto(self, buffer: Buffer, /) -> int:
        """Read into ``buffer``; the number of bytes read."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def peek(self, _size: int = 0, /) -> bytes:
        """Some bytes from the position on, without moving it; lines are found by it."""
        self._check_open()
        left = self._size - self._position
        return self._hot_bytes(min(left, FRAME)) if left > 0 else b""

    def write(self, data: Buffer, /) -> int:
        """Write at the position; the number of bytes written.

        Raises:
            OSError: the disk is full.
        """
        self._check_open()
        view = memoryview(data).cast("B")
        if view and self._position > self._size:
            self._fill_gap()
        self._write(view)
        return len(view)

    def truncate(self, _size: int | None = None, /) -> int:
        """Not offered: an upload only grows."""
        raise io.UnsupportedOperation("truncate")

    def close(self) -> None:
        """Forget the content and the key."""
        if not self.closed:
            self._hot = bytearray()
            self._sealer = None
            if self._file is not None:
                self._file.close()
        super().close()

    # Frames

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the spool is closed")

    def _fill_gap(self) -> None:
        end, self._position = self._position, self._size
        while self._position < end:
            self._write(memoryview(bytes(min(FRAME, end - self._position))))

    def _write(self, view: memoryview) -> None:
        if self._file is None and self._position + len(view) > self._in_memory:
            self._spill()
        while view:
            place = self._enter(self._position)
            # In memory there is one frame without end.
            room = len(view) if self._file is None else FRAME - place
            part = view[:room]
            self._hot[place : place + len(part)] = part
            self._dirty = True
            self._position += len(part)
            self._size = max(self._size, self._position)
            view = view[len(part) :]

    def _hot_bytes(self, wanted: int) -> bytes:
        place = self._enter(self._position)
        return bytes(memoryview(self._hot)[place : place + wanted])

    def _enter(self, position: int) -> int:
        """Make the frame of ``position`` the hot one; the place within it."""
        if self._file is None:
            return position
        number, place = divmod(position, FRAME)
        if number != self._hot_number:
            self._put_away()
            self._hot = self._fetch(number)
            self._hot_number = number
        return place

    def _spill(self) -> None:
        """Leave memory: everything held goes into sealed frames."""
        held = self._hot
        self._sealer = Sealer(new_keyset())
        self._sealed_frame = len(self._sealer.seal(bytes(FRAME), b""))
        # Without a buffer, so that nothing waits elsewhere; without a name, so that a crash leaves nothing behind.
        self._file = cast("BinaryIO", tempfile.TemporaryFile(buffering=0))  # noqa: SIM115 - closed with the spool
        for number in range(max(1, -(-len(held) // FRAME))):
            self._hot, self._hot_number, self._dirty = held[number * FRAME : (number + 1) * FRAME], number, True
            self._put_away()

    def _put_away(self) -> None:
        if not self._dirty or self._file is None or self._sealer is None:
            return
        # Every frame is as long as any other, so that its place follows from its number.
        frame = bytes(self._hot).ljust(FRAME, b"\0")
        sealed = memoryview(self._sealer.seal(frame, self._hot_number.to_bytes(8)))
        self._file.seek(self._hot_number * self._sealed_frame)
        while sealed:
            sealed = sealed[self._file.write(sealed) :]
        self._dirty = False

    def _fetch(self, number: int) -> bytearray:
        length = min(FRAME, max(0, self._size - number * FRAME))
        if not length or self._file is None or self._sealer is None:
            return bytearray()
        self._file.seek(number * self._sealed_frame)
        sealed = bytearray()
        while len(sealed) < self._sealed_frame and (piece := self._file.read(self._sealed_frame - len(sealed))):
            sealed += piece
        return bytearray(self._sealer.open(bytes(sealed), number.to_bytes(8))[:length])


class SealingRequest(Request):
    """The portal's request: its uploads wait in sealed spools."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - the signature is Werkzeug's
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return cast("IO[bytes]", SealedSpool())
