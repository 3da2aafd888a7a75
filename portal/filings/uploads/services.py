"""A file's way into a draft: announced, received in as many requests as it takes, taken in, or given up."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from obstore.exceptions import BaseError as StoreFault
from sqlalchemy import delete, select

from portal.filings import limits, taking
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.filings.taking import NotTaken
from portal.filings.uploads import holding, protocol
from portal.filings.uploads.errors import NoRoom, TooMuch, UploadHeld
from portal.filings.uploads.holding import Hold
from portal.filings.uploads.models import Upload, UploadPart, UploadState
from portal.filings.uploads.protocol import Checksum
from portal.filings.uploads.receiving import Receiver
from portal.foundation import clock, room
from portal.foundation.database import db, transaction
from portal.vault import current_vault, parts
from portal.vault.evidence import EmptyFile, TooLarge

log = logging.getLogger(__name__)

METADATA = "upload metadata"
SWEPT_AT_ONCE = 200


@dataclass(frozen=True)
class Progress:
    """How far an upload has come: all sizes in bytes."""

    handle: str
    offset: int
    length: int
    metadata: str
    expires_at: datetime


def announce(draft: FilingDraft, length: int, metadata: str) -> Progress:
    """Begin a file of ``length`` bytes in a draft.

    Args:
        metadata: what the client says of it, as an ``Upload-Metadata`` header; ``filename`` is its name.

    Raises:
        EvidenceRefused: it is empty, or larger than one file may be.
        NotTaken: with it, the draft would have more files or more bytes than it may.
        portal.filings.uploads.protocol.Malformed: the metadata is not of its form.
        portal.filings.drafts.services.DraftGone: there is no such draft any more.
    """
    name = protocol.metadata(metadata).get("filename", "")
    most = current_vault().max_evidence_bytes
    if not length:
        raise EmptyFile(name)
    if length > most:
        raise TooLarge(name, most)
    handle, now = secrets.token_hex(16), clock.now()
    with transaction():
        held = _locked(draft.id)
        waiting = _on_their_way(held)
        sizes = [*(item.size for item in held.files), *(upload.length for upload in waiting)]
        if (why := limits.excess(sizes, length)) is not None:
            raise NotTaken(name, why)
        upload = Upload(handle=handle, draft_id=held.id, length=length, created_at=now)
        upload.expires_at = now + holding.LIFE
        upload.sealed_metadata = drafts.box_of(held).seal_text(metadata, METADATA)
        db.session.add(upload)
    return Progress(handle, 0, length, metadata, upload.expires_at)


def progress(draft: FilingDraft, handle: str) -> Progress:
    """How far an upload has come. One that is whole and was not taken in, because the server stopped, is taken in now.

    Raises:
        UploadGone, UploadExpired: there is none that could go on.
        UploadHeld: it is being taken in at this moment.
        NotTaken: it was taken in just now, and it is none that can be taken.
    """
    upload = holding.found(draft.id, handle)
    if upload.is_whole and upload.state is UploadState.RECEIVING:
        hold = holding.take(draft.id, handle)
        try:
            _finish(draft, hold)
        finally:
            holding.let_go(hold)
        upload = holding.found(draft.id, handle)
    metadata = drafts.box_of(draft).open_text(upload.sealed_metadata, METADATA)
    return Progress(handle, upload.offset, upload.length, metadata, upload.expires_at)


def receive(
    draft: FilingDraft, handle: str, offset: int, body: BinaryIO, *, size: int | None = None, checksum: Checksum | None
) -> Progress:
    """Take the bytes of one request, and the whole file into the draft when they are its last.

    Every part is a transaction of its own: what has been put away stays when the line breaks or the server dies.

    Args:
        offset: where the client believes the upload to end so far.
        size: how many bytes the request says to have.

    Raises:
        UploadGone, UploadExpired, WrongOffset, UploadHeld, ChecksumMismatch, TooMuch, NoRoom: as they say.
        NotTaken: the file is whole and is none that can be taken; nothing of it is kept.
    """
    hold = holding.take(draft.id, handle, offset)
    try:
        left = hold.length - hold.offset
        if size is not None and size > left:
            raise TooMuch
        if left:
            Receiver(hold, drafts.box_of(draft), checksum).take(body, left)
            if hold.is_whole:
                _finish(draft, hold)
    finally:
        holding.let_go(hold)
    return Progress(handle, hold.offset, hold.length, "", hold.expires_at)


def give_up(draft: FilingDraft, handle: str) -> None:
    """End an upload: its parts go, and the draft's file too where it had become one.

    Raises:
        UploadGone: there is none.
    """
    upload = holding.found(draft.id, handle)
    if upload.file_id is not None:
        drafts.drop_file(draft, upload.file_id)
    _delete([upload.id])


def on_their_way(draft: FilingDraft) -> list[tuple[Upload, str]]:
    """The uploads of a draft that have not come to an end, with the names of their files, oldest first."""
    box = drafts.box_of(draft)
    return [
        (upload, protocol.metadata(box.open_text(upload.sealed_metadata, METADATA)).get("filename", ""))
        for upload in _on_their_way(draft)
    ]


def sweep() -> int:
    """End what has expired, take in what was left whole, remove parts that belong to nothing; how much there was to do.

    Safe to run again, at once, and beside requests that write.
    """
    return _end_expired() + _finish_left_over() + _remove_lost_parts()


def _finish(draft: FilingDraft, hold: Hold) -> None:
    """Take a whole upload in as a file of its draft.

    Raises:
        NotTaken: it is none that can be taken; nothing of it is kept but that it was refused.
        NoRoom: the disk is full; the parts are kept.
    """
    box = drafts.box_of(draft)
    upload = db.session.get_one(Upload, hold.upload_id)
    name = protocol.metadata(box.open_text(upload.sealed_metadata, METADATA)).get("filename", "")
    pieces = holding.parts_of(hold)
    # Sealing a large file takes a while, in which the database belongs to others.
    db.session.rollback()
    stream = parts.reader(current_vault().store, box, pieces, turned=lambda: holding.renew(hold))
    try:
        _enter(draft.id, hold, taking.seal_file(DraftFile, name, stream, box))
    except NotTaken:
        with transaction():
            _close(hold, state=UploadState.REFUSED)
        _remove(piece.key for piece in pieces)
        raise
    except (OSError, StoreFault, room.NoRoom) as fault:
        # The parts stay: whoever asks next, or the worker, tries again.
        log.exception("an upload that is whole could not be taken in")
        raise NoRoom from fault
    _remove(piece.key for piece in pieces)


def _enter(draft_id: int, hold: Hold, item: DraftFile) -> None:
    """Write the draft's file and the upload's end in one transaction; when that fails, the file leaves the store."""
    try:
        with transaction():
            # The draft is locked first, as wherever both are.
            drafts.keep_file(draft_id, item)
            _close(hold, state=UploadState.TAKEN, file_id=item.id)
    except BaseException:
        taking.forget([item])
        raise


def _close(hold: Hold, **values: object) -> None:
    holding.assert_held(hold, **values)
    db.session.execute(delete(UploadPart).where(UploadPart.upload_id == hold.upload_id))


def _end_expired() -> int:
    query = select(Upload.id).where(Upload.expires_at <= clock.now()).limit(SWEPT_AT_ONCE)
    return _delete(list(db.session.scalars(query)))


def _finish_left_over() -> int:
    now = clock.now()
    query = select(Upload).where(Upload.state == UploadState.RECEIVING, Upload.offset == Upload.length).limit(20)
    # An upload that is whole is being taken in by its own request, unless that has died.
    left = [
        (upload.draft, upload.handle)
        for upload in db.session.scalars(query)
        if upload.expires_at > now and (upload.held_until is None or upload.held_until <= now)
    ]
    for draft, handle in left:
        try:
            progress(draft, handle)
        except (NotTaken, UploadHeld, NoRoom):
            log.info("an upload that was left over was refused, is being taken in, or must wait")
    return len(left)


def _remove_lost_parts() -> int:
    """Remove sealed parts that no upload knows: of drafts that were sent or deleted, and of servers that died."""
    store = current_vault().store
    # In this order nothing is taken for lost that is being written: what lies there, who writes, what is known.
    lying = list(store.keys("uploads"))
    if not lying:
        return 0
    writing = set(db.session.scalars(select(Upload.handle).where(Upload.held_by != "")))
    known = set(db.session.scalars(select(UploadPart.store_key)))
    lost = [key for key in lying if key not in known and key.removeprefix("uploads/").partition("-")[0] not in writing]
    _remove(lost)
    return len(lost)


def _delete(ids: list[int]) -> int:
    if not ids:
        return 0
    with transaction():
        keys = list(db.session.scalars(select(UploadPart.store_key).where(UploadPart.upload_id.in_(ids))))
        db.session.execute(delete(UploadPart).where(UploadPart.upload_id.in_(ids)))
        db.session.execute(delete(Upload).where(Upload.id.in_(ids)))
    _remove(keys)
    return len(ids)


def _remove(keys: Iterable[str]) -> None:
    for key in keys:
        current_vault().store.delete(key)


def _on_their_way(draft: FilingDraft) -> list[Upload]:
    query = select(Upload).where(
        Upload.draft_id == draft.id, Upload.state == UploadState.RECEIVING, Upload.expires_at > clock.now()
    )
    return list(db.session.scalars(query.order_by(Upload.id)))


def _locked(draft_id: int) -> FilingDraft:
    query = select(FilingDraft).where(FilingDraft.id == draft_id).with_for_update(of=FilingDraft)
    draft = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise drafts.DraftGone
    return draft
