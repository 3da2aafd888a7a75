"""The bytes of one request on their way into sealed parts. A line that breaks loses nothing that had arrived."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO

from obstore.exceptions import BaseError as StoreFault
from sqlalchemy import delete
from werkzeug.exceptions import ClientDisconnected

from portal.filings.uploads import holding
from portal.filings.uploads.errors import ChecksumMismatch, NoRoom
from portal.filings.uploads.holding import Hold
from portal.filings.uploads.models import UploadPart
from portal.filings.uploads.protocol import Checksum
from portal.foundation import clock, room
from portal.foundation.database import db, transaction
from portal.vault import current_vault, parts
from portal.vault.boxes import Box
from portal.vault.parts import Part

log = logging.getLogger(__name__)

#: Bytes that are read from the line at once.
SIP = 32 * 1024
#: A part that is smaller grows with the next bytes, so that many small requests do not make many parts.
SMALLEST = 1024 * 1024
#: On a slow line, what arrived is put away this often.
PATIENCE = timedelta(seconds=5)


class Receiver:
    """Seals the bytes of one request into the parts of one upload."""

    def __init__(self, hold: Hold, box: Box, checksum: Checksum | None) -> None:
        self._hold, self._box, self._checksum = hold, box, checksum
        self._counted = checksum.start() if checksum else None
        #: What arrived since the last part was closed, and the smaller part that it replaces.
        self._open = bytearray()
        self._start = hold.offset
        self._replaces: Part | None = None
        self._unwritten = 0
        self._wrote_at = clock.now()
        #: With a checksum, parts count only when all bytes are there.
        self._waiting: list[tuple[Part, Part | None]] = []

    def take(self, body: BinaryIO, most: int) -> int:
        """Read until the end of the request, or until the line breaks, but at most ``most`` bytes.

        Returns:
            How many bytes were read.

        Raises:
            ChecksumMismatch: they are not what was sent; the upload is as it was.
            NoRoom: the disk is full; what was put away before is kept.
            HoldLost: another request took over.
        """
        taken = 0
        try:
            for sip in _sips(body, most):
                taken += len(sip)
                self._add(sip)
            self._close(all_of_it=True)
            if self._checksum is not None and not self._checksum.fits(self._counted):  # type: ignore[arg-type]
                raise ChecksumMismatch
            self._count_waiting()
        except BaseException:
            _remove([part for part, _ in self._waiting])
            raise
        return taken

    def _add(self, sip: bytes) -> None:
        if self._counted is not None:
            self._counted.update(sip)
        if not self._open and self._replaces is None:
            self._grow_the_last()
        while sip:
            room = parts.LARGEST - len(self._open)
            self._open += sip[:room]
            self._unwritten += min(room, len(sip))
            sip = sip[room:]
            if len(self._open) == parts.LARGEST:
                self._close(all_of_it=True)
        if clock.now() - self._wrote_at > PATIENCE:
            self._close(all_of_it=False)

    def _grow_the_last(self) -> None:
        """Go on in the last part where it is small."""
        last = self._hold.tail
        if last is not None and last.size < SMALLEST and last.end == self._start:
            self._open += parts.get(current_vault().store, self._box, last)
            self._start, self._replaces = last.start, last

    def _close(self, *, all_of_it: bool) -> None:
        """Put away what is in hand; a small part stays open where more may come."""
        if not self._unwritten:
            return
        key = f"uploads/{self._hold.handle}-{secrets.token_hex(8)}"
        try:
            part = parts.put(current_vault().store, self._box, key, self._start, bytes(self._open))
        except (OSError, StoreFault, room.NoRoom) as fault:
            log.exception("no part could be put away")
            raise NoRoom from fault
        self._waiting.append((part, self._replaces))
        self._unwritten, self._wrote_at = 0, clock.now()
        if self._checksum is None:
            self._count_waiting()
        else:
            holding.renew(self._hold)
        if all_of_it or part.size >= SMALLEST:
            self._open.clear()
            self._start, self._replaces = part.end, None
        else:
            self._replaces = part

    def _count_waiting(self) -> None:
        """Make the parts that were put away count; from here on they survive everything."""
        if not self._waiting:
            return
        replaced = [old.key for _, old in self._waiting if old is not None]
        new = [part for part, _ in self._waiting if part.key not in replaced]
        end, expires_at = new[-1].end, clock.now() + holding.LIFE
        with transaction():
            holding.assert_held(self._hold, offset=end, expires_at=expires_at)
            if replaced:
                db.session.execute(delete(UploadPart).where(UploadPart.store_key.in_(replaced)))
            for part in new:
                row = UploadPart(upload_id=self._hold.upload_id, start=part.start, size=part.size, store_key=part.key)
                db.session.add(row)
        self._waiting.clear()
        self._hold.offset, self._hold.expires_at, self._hold.tail = end, expires_at, new[-1]
        for key in replaced:
            current_vault().store.delete(key)


def _sips(body: BinaryIO, most: int) -> Iterator[bytes]:
    left = most
    while left:
        try:
            sip = body.read(min(SIP, left))
        except (OSError, ClientDisconnected):
            # What arrived before the line broke is as good as any other.
            return
        if not sip:
            return
        left -= len(sip)
        yield sip


def _remove(unused: list[Part]) -> None:
    for part in unused:
        current_vault().store.delete(part.key)
