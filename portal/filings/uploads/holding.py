"""One writer at a time: who writes to an upload holds it, says so again and again, and loses it by silence."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from portal.filings.uploads.errors import HoldLost, UploadExpired, UploadGone, UploadHeld, WrongOffset
from portal.filings.uploads.models import Upload, UploadPart, UploadState
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.vault.parts import Part

#: How long a writer may be silent. A line that died without a word keeps nobody from going on longer than this.
SILENCE = timedelta(seconds=20)
#: How long an upload waits for its next byte.
LIFE = timedelta(hours=48)


@dataclass
class Hold:
    """One request's right to write to one upload, and what it has to know of it."""

    upload_id: int
    draft_id: int
    handle: str
    token: str
    offset: int
    length: int
    expires_at: datetime
    tail: Part | None

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here."""
        return self.offset == self.length


def take(draft_id: int, handle: str, offset: int | None = None) -> Hold:
    """Begin to write to an upload, behind the bytes that it has.

    Args:
        offset: where the client believes it to end; None where that does not matter.

    Raises:
        UploadGone, UploadExpired, UploadHeld, WrongOffset: it cannot be, and nothing has changed.
    """
    with transaction():
        upload = found(draft_id, handle, lock=True)
        now = clock.now()
        if upload.held_by and upload.held_until is not None and upload.held_until > now:
            raise UploadHeld
        if offset is not None and offset != upload.offset:
            raise WrongOffset
        hold = Hold(
            upload_id=upload.id,
            draft_id=draft_id,
            handle=handle,
            token=secrets.token_hex(16),
            offset=upload.offset,
            length=upload.length,
            expires_at=upload.expires_at,
            tail=upload.parts[-1].part if upload.parts else None,
        )
        upload.held_by, upload.held_until = hold.token, now + SILENCE
    return hold


def found(draft_id: int, handle: str, *, lock: bool = False) -> Upload:
    """An upload of a draft that can still go on, or has come to its good end.

    Raises:
        UploadGone: there is none.
        UploadExpired: its time has run out, or it was refused.
    """
    query = select(Upload).where(Upload.handle == handle, Upload.draft_id == draft_id)
    if lock:
        query = query.with_for_update(of=Upload).execution_options(populate_existing=True)
    upload = db.session.scalars(query).one_or_none()
    if upload is None:
        raise UploadGone
    if upload.expires_at <= clock.now() or upload.state is UploadState.REFUSED:
        raise UploadExpired
    return upload


def renew(hold: Hold) -> None:
    """Say that the writer is still there.

    Raises:
        HoldLost: somebody else took over.
    """
    with transaction():
        assert_held(hold)


def assert_held(hold: Hold, **values: object) -> None:
    """Inside a transaction: change the upload, if it is still held by this request.

    Raises:
        HoldLost: somebody else took over, or the upload was ended.
    """
    changed = update(Upload).where(Upload.id == hold.upload_id, Upload.held_by == hold.token)
    values = {"held_until": clock.now() + SILENCE, **values}
    result = db.session.execute(changed.values(**values), execution_options={"synchronize_session": False})
    if not result.rowcount:  # type: ignore[attr-defined]
        raise HoldLost


def let_go(hold: Hold) -> None:
    """Leave the upload to the next request; that it is gone is no error."""
    with transaction():
        held = update(Upload).where(Upload.id == hold.upload_id, Upload.held_by == hold.token)
        db.session.execute(held.values(held_by="", held_until=None), execution_options={"synchronize_session": False})


def parts_of(hold: Hold) -> list[Part]:
    """All parts of a held upload, in order."""
    query = select(UploadPart).where(UploadPart.upload_id == hold.upload_id).order_by(UploadPart.start)
    return [row.part for row in db.session.scalars(query)]
