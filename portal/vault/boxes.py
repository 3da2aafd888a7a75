"""One box per case: a data key of its own, under which everything of the case is sealed.

The box's key is kept only wrapped by the master key, beside the case. Whoever deletes the wrapped key has shredded the
case: its identity, statement and files no longer open, in backups neither.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from portal.vault.primitives import Sealer, StreamFault, StreamSealer, Unsealable, new_keyset, new_stream_keyset
from portal.vault.sink import Sink

if TYPE_CHECKING:
    from collections.abc import Generator

    from typing_extensions import Buffer

    from portal.vault.keys import MasterKey

__all__ = ["Box", "SealedStream", "Unsealable", "new_box", "open_box", "rewrap"]

CHUNK = 256 * 1024
"""Clear bytes that are in hand at once while a file is sealed or opened."""

_MAGIC = b"PVS1"
_LENGTH_BYTES = 2
_BOX, _DATA, _STREAM = b"portal box\0", b"portal data\0", b"portal stream\0"


class Box:
    """The open box of one case. ``wrapped`` is what to keep of it."""

    def __init__(self, keyset: bytes, wrapped: bytes) -> None:
        self._sealer = Sealer(keyset)
        self.wrapped = wrapped

    def seal(self, data: bytes, context: str) -> bytes:
        """``data`` sealed for one place, named by ``context`` (such as ``"identity"``): opening names it too."""
        return self._sealer.seal(data, _DATA + context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed.

        Raises:
            Unsealable: from another box or place, or changed.
        """
        return self._sealer.open(sealed, _DATA + context.encode())

    def seal_text(self, text: str, context: str) -> bytes:
        """As :meth:`seal`, for text."""
        return self.seal(text.encode(), context)

    def open_text(self, sealed: bytes, context: str) -> str:
        """As :meth:`open`, for text.

        Raises:
            Unsealable: from another box or place, or changed.
        """
        return self.open(sealed, context).decode()

    def seal_stream(self, source: BinaryIO, context: str) -> SealedStream:
        """The sealed form of a file of up to 2 GiB, read from ``source`` as it is consumed, in constant memory.

        The file has a key of its own, which its header carries wrapped by the box.
        """
        keyset = new_stream_keyset()
        place = _STREAM + context.encode()
        wrapped = self._sealer.seal(keyset, place)
        header = _MAGIC + len(wrapped).to_bytes(_LENGTH_BYTES) + wrapped
        return SealedStream(source, StreamSealer(keyset), header, place)

    def open_stream(self, source: BinaryIO, context: str) -> BinaryIO:
        """The clear file behind a sealed one; closing it closes ``source``.

        Bytes come out only after their segment (1 MiB) has been authenticated. Whoever needs the whole file to be
        authentic before acting on it reads to the end first: only there a cut shows.

        Raises:
            Unsealable: here or while reading: from another box or place, changed, or cut off.
        """
        magic = _read_exactly(source, len(_MAGIC))
        length = int.from_bytes(_read_exactly(source, _LENGTH_BYTES))
        if magic != _MAGIC:
            raise Unsealable
        place = _STREAM + context.encode()
        keyset = self._sealer.open(_read_exactly(source, length), place)
        return cast("BinaryIO", io.BufferedReader(_OpenedStream(StreamSealer(keyset), source, place), CHUNK))


def new_box(master: MasterKey, context: bytes) -> Box:
    """A box with a new data key, for the case that ``context`` names for ever (such as its receipt number)."""
    keyset = new_keyset()
    return Box(keyset, master.wrap(keyset, _BOX + context))


def open_box(master: MasterKey, wrapped: bytes, context: bytes) -> Box:
    """The box of a case, from its wrapped key.

    Raises:
        Unsealable: the master key does not know it, it belongs to another case, or it is changed.
    """
    return Box(master.unwrap(wrapped, _BOX + context), wrapped)


def rewrap(master: MasterKey, wrapped: bytes, context: bytes) -> bytes:
    """The same box wrapped by the present primary key, so that an old master key can be retired.

    Raises:
        Unsealable: as :func:`open_box`.
    """
    return master.wrap(master.unwrap(wrapped, _BOX + context), _BOX + context)


class SealedStream(Iterator[bytes]):
    """The sealed bytes of a file, in pieces. It can be consumed once; what its source raises comes out of it."""

    def __init__(self, source: BinaryIO, sealer: StreamSealer, header: bytes, place: bytes) -> None:
        self._pieces = self._produce(source, sealer, header, place)

    def __next__(self) -> bytes:
        """The next piece, never empty."""
        return next(self._pieces)

    def close(self) -> None:
        """Give up before the end."""
        self._pieces.close()

    @staticmethod
    def _produce(source: BinaryIO, sealer: StreamSealer, header: bytes, place: bytes) -> Generator[bytes]:
        yield header
        sink = Sink()
        writer = sealer.writer(cast("BinaryIO", sink), place)
        try:
            while chunk := source.read(CHUNK):
                writer.write(chunk)
                if piece := sink.take():
                    yield piece
        finally:
            # Also when the source fails: what the closing writes then goes nowhere, for nobody asks for more.
            writer.close()
        if piece := sink.take():
            yield piece


class _OpenedStream(io.RawIOBase):
    """Clear bytes of a sealed file, with the errors of this house."""

    def __init__(self, sealer: StreamSealer, source: BinaryIO, place: bytes) -> None:
        super().__init__()
        self._source = _Watched(source)
        try:
            self._inner = sealer.reader(cast("BinaryIO", self._source), place)
        except StreamFault:
            raise Unsealable from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._inner.read(len(view))
        except StreamFault:
            # A store that fails has not been tampered with; its own error says more.
            if self._source.failure is not None:
                raise self._source.failure from None
            raise Unsealable from None
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            self._source.close()
        super().close()


class _Watched(io.RawIOBase):
    """A source that remembers its own failure, which Tink would turn into one of its kind."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._inner = source
        self.failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        try:
            return bytes(self._inner.read(size))
        except Exception as failure:
            self.failure = failure
            raise

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


def _read_exactly(source: BinaryIO, size: int) -> bytes:
    """``size`` bytes.

    Raises:
        Unsealable: the source ends before.
    """
    data = b""
    while len(data) < size:
        piece = source.read(size - len(data))
        if not piece:
            raise Unsealable
        data += piece
    return data
