"""Where something that writes leaves its bytes until they are taken: a writer becomes a source of pieces."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Sink(io.RawIOBase):
    """Bytes that were written and not yet taken. It cannot go back, so nothing that was taken is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """Whether it can be written to: always."""
        return True

    def write(self, data: Buffer, /) -> int:
        """Hold bytes until they are taken; how many."""
        self._held += data
        return memoryview(data).nbytes

    def take(self) -> bytes:
        """What was written since the last time, perhaps nothing."""
        taken = bytes(self._held)
        self._held.clear()
        return taken
