"""Hidden details of a draft's files: found, shown to the sender alone, and left out where the sender wants it so."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.filings import sealing, taking
from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.filings.drafts.services import DETAILS, DraftGone, box_of
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, NotFound
from portal.vault import current_vault, metadata
from portal.vault.boxes import Box
from portal.vault.children import Fault
from portal.vault.metadata import DetailKind, HiddenDetail, NotParsed
from portal.vault.store import FileMissing

log = logging.getLogger(__name__)


class CannotClean(DomainError):
    """The file cannot be copied without its hidden details; it stays as it was."""

    message = _l("This file cannot be cleaned. You can send it as it is, or remove it.")


@dataclass(frozen=True)
class Hidden:
    """What hides in one file. ``looked``: it was looked through; ``cleaned``: it is the copy that was made without."""

    looked: bool
    cleaned: bool
    details: Sequence[HiddenDetail] = ()


def look_through(draft: FilingDraft) -> Mapping[int, Hidden]:
    """What hides in each file of a draft, by the file's number. Files that came since the last look are looked through."""
    box = box_of(draft)
    found: dict[int, Hidden] = {}
    for item in list(draft.files):
        if item.sealed_details is None:
            _look(item.id, item.store_key, item.media_type, box)
            db.session.refresh(item)
        if item.sealed_details is not None:
            found[item.id] = _opened(item.sealed_details, box)
    return found


def keep(draft: FilingDraft, file_id: int) -> None:
    """The sender wants a file as it is, with what it carries: its digest is that of the original.

    Raises:
        NotFound: the draft has no such file.
    """
    with transaction():
        _of(_held(draft.id), file_id).as_it_is = True


def clean(draft: FilingDraft, file_id: int) -> DraftFile:
    """Put a copy without hidden details in the place of a file.

    Raises:
        NotFound: the draft has no such file.
        CannotClean: it is of a type that cannot be cleaned, damaged, protected or signed; it stays.
        portal.filings.taking.NotTaken: the copy is none that can be taken; the file stays.
    """
    box, old = box_of(draft), _of(draft, file_id)
    name, key, media_type = sealing.file_name_of(old, box), old.store_key, old.media_type
    try:
        with closing(cast("Generator[bytes]", current_vault().read_back(box, key))) as content:
            copy = metadata.clean(content, media_type)
    except (NotParsed, ValueError, FileMissing) as fault:
        raise CannotClean from fault
    new = taking.seal_file(DraftFile, name, copy, box)
    new.sealed_details, new.as_it_is = _sealed(Hidden(looked=True, cleaned=True), box), False
    try:
        with transaction():
            held = _held(draft.id)
            old = _of(held, file_id)
            held.files[held.files.index(old)] = new
    except BaseException:
        taking.forget([new])
        raise
    current_vault().store.delete(key)
    return new


def _look(file_id: int, key: str, media_type: str, box: Box) -> None:
    hidden = Hidden(looked=metadata.can_inspect(media_type), cleaned=False)
    # Reading a stranger's file takes a while, in which the database belongs to others.
    db.session.rollback()
    if hidden.looked:
        try:
            with closing(cast("Generator[bytes]", current_vault().read_back(box, key))) as content:
                hidden = Hidden(looked=True, cleaned=False, details=metadata.inspect(content, media_type))
        except NotParsed as fault:
            if fault.fault is Fault.BUSY:
                return
            hidden = Hidden(looked=False, cleaned=False)
        except FileMissing:
            log.exception("the store has lost a file of a draft")
            return
    with transaction():
        item = db.session.get(DraftFile, file_id)
        if item is not None and item.sealed_details is None:
            item.sealed_details = _sealed(hidden, box)


def _sealed(hidden: Hidden, box: Box) -> bytes:
    details = [{"kind": detail.kind, "value": detail.value} for detail in hidden.details]
    said = {"looked": hidden.looked, "cleaned": hidden.cleaned, "details": details}
    return box.seal_text(json.dumps(said, ensure_ascii=False), DETAILS)


def _opened(sealed: bytes, box: Box) -> Hidden:
    said = json.loads(box.open_text(sealed, DETAILS))
    details = [HiddenDetail(DetailKind(item["kind"]), item["value"]) for item in said["details"]]
    return Hidden(said["looked"], said["cleaned"], details)


def _held(draft_id: int) -> FilingDraft:
    query = select(FilingDraft).where(FilingDraft.id == draft_id).with_for_update(of=FilingDraft)
    draft = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise DraftGone
    return draft


def _of(draft: FilingDraft, file_id: int) -> DraftFile:
    found = next((item for item in draft.files if item.id == file_id), None)
    if found is None:
        raise NotFound
    return found
