"""Keeping what is being written: begin, save, find again, forget. Sending it is the Intake's work."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select

from portal.authorities.models import Person
from portal.authorities.services import SYSTEM
from portal.filings import sealing, taking
from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.filings.limits import excess
from portal.filings.models import SealedFiling
from portal.filings.rules import Assurance, Channel, DraftKind
from portal.filings.sealing import Identity
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, Invalid
from portal.foundation.identifiers import InvalidIdentifier, new_receipt, normalize_resume_code, resume_code_from
from portal.foundation.languages import Language
from portal.vault import current_vault
from portal.vault.boxes import Box

log = logging.getLogger(__name__)

#: How long a draft that nobody touches is kept.
LIFE = {DraftKind.COMPLAINT: timedelta(days=14), DraftKind.REPLY: timedelta(days=3)}
TOKEN, FIELDS, PROOF, DETAILS = "draft token", "draft fields", "draft proof", "hidden details"


class DraftGone(DomainError):
    """There is no such draft any more, or never was; which of the two is not said."""

    status = 404
    message = _l("This draft does not exist any more. It was sent, deleted, or its time has run out.")


# Beginning and finding


def start(
    model: type[SealedFiling],
    language: Language,
    *,
    channel: Channel = Channel.ONLINE,
    by: Person | None = None,
) -> FilingDraft:
    """Begin a filing of a kind. Its box is the one that the filing will have.

    Args:
        model: the feature's table of filings.
        channel: how it comes in; letters and calls are entered by staff.
        by: the member of staff who enters it.
    """
    receipt = new_receipt(clock.today().year)
    box = current_vault().new_box(f"{model.BOX} {receipt}")
    draft = FilingDraft(kind=DraftKind.COMPLAINT, box=model.BOX, receipt=receipt, channel=channel)
    draft.person_id = by.id if by else None
    return _begin(draft, box, language)


def start_reply(filing: SealedFiling, language: Language, *, by: Person | None = None) -> FilingDraft:
    """Begin a message with files to a filing, in the filing's own box."""
    draft = FilingDraft(kind=DraftKind.REPLY, box=filing.BOX, receipt=filing.receipt)
    draft.person_id = by.id if by else None
    return _begin(draft, sealing.open_filing(filing), language)


def by_handle(handle: str) -> FilingDraft:
    """The draft that a session holds.

    Raises:
        DraftGone: sent, deleted or expired.
    """
    return _alive(select(FilingDraft).where(FilingDraft.handle == handle))


def resume(code: str) -> FilingDraft:
    """The draft of a resume code.

    Raises:
        DraftGone: there is none; a typing error is told no otherwise.
    """
    try:
        digest = _code_digest(normalize_resume_code(code))
    except InvalidIdentifier:
        raise DraftGone from None
    return _alive(select(FilingDraft).where(FilingDraft.resume_digest == digest))


# Reading


def box_of(draft: FilingDraft) -> Box:
    """The box of a draft, which is that of the filing it becomes.

    Raises:
        portal.vault.boxes.Unsealable: the key was erased.
    """
    return current_vault().open_box(draft.wrapped_key, draft.box_context)


def token_of(draft: FilingDraft) -> str:
    """The draft's one-time token."""
    return box_of(draft).open_text(draft.sealed_token, TOKEN)


def resume_code(draft: FilingDraft) -> str:
    """The code under which the draft is found again. It is kept nowhere and computed from the sealed token."""
    return resume_code_from(current_vault().derive("resume codes"), token_of(draft))


def fields_of(draft: FilingDraft) -> dict[str, str]:
    """What was typed so far, by field."""
    found: dict[str, str] = json.loads(box_of(draft).open_text(draft.sealed_fields, FIELDS))
    return found


def file_name(item: DraftFile) -> str:
    """What the sender called a file."""
    return sealing.file_name_of(item, box_of(item.draft))


def assurance_of(draft: FilingDraft, identity: Identity) -> Assurance:
    """How sure an identity is: what was proven counts only for the very words that were proven."""
    if draft.sealed_proof is None:
        return Assurance.DECLARED
    proven: dict[str, str] = json.loads(box_of(draft).open_text(draft.sealed_proof, PROOF))
    holds = all(str(getattr(identity, name, "")) == value for name, value in proven.items())
    return draft.assurance if holds else Assurance.DECLARED


# Writing


def save_step(draft: FilingDraft, step: str, fields: Mapping[str, str]) -> FilingDraft:
    """Keep what was typed in a step, beside what was typed before; ``step`` is where to go on.

    Raises:
        DraftGone: it was sent or deleted meanwhile.
    """
    with transaction():
        kept = _held(_number(draft))
        box = box_of(kept)
        typed = {**json.loads(box.open_text(kept.sealed_fields, FIELDS)), **fields}
        kept.sealed_fields = box.seal_text(json.dumps(typed, ensure_ascii=False), FIELDS)
        kept.step, kept.expires_at = step, clock.now() + LIFE[kept.kind]
    return kept


def prove(draft: FilingDraft, assurance: Assurance, proven: Mapping[str, str]) -> FilingDraft:
    """Keep that fields of the identity were proven.

    Args:
        proven: names and values of :class:`portal.filings.sealing.Identity` fields, such as ``{"phone": "+86…"}``. They
            do not take the place of a stronger proof that still holds.
    """
    with transaction():
        kept = _held(_number(draft))
        if _proves_more(kept, assurance):
            return kept
        kept.assurance = assurance
        kept.sealed_proof = box_of(kept).seal_text(json.dumps(dict(proven), ensure_ascii=False), PROOF)
    return kept


def _proves_more(draft: FilingDraft, assurance: Assurance) -> bool:
    """Whether a stronger proof than this holds for what is typed now."""
    order = list(Assurance)
    if draft.sealed_proof is None or order.index(draft.assurance) <= order.index(assurance):
        return False
    typed = fields_of(draft)
    proven: dict[str, str] = json.loads(box_of(draft).open_text(draft.sealed_proof, PROOF))
    return all(typed.get(name, "") == value for name, value in proven.items())


def add_file(draft: FilingDraft, name: str, stream: BinaryIO) -> DraftFile:
    """Take a file into a draft; what was taken before stays, whatever becomes of this one.

    Raises:
        portal.filings.taking.NotTaken: it is empty, too large, of a wrong type, one too many, or too much with the others.
        DraftGone: the draft was sent or deleted meanwhile.
    """
    size = stream.seek(0, os.SEEK_END)
    if (why := excess([item.size for item in draft.files], size)) is not None:
        raise taking.NotTaken(name, why)
    item = taking.seal_file(DraftFile, name, stream, box_of(draft))
    return keep_file(_number(draft), item)


def keep_file(draft_id: int, item: DraftFile) -> DraftFile:
    """Enter a file that lies sealed in the store already; when it cannot be entered, it is removed from there.

    Raises:
        portal.filings.taking.NotTaken: one file too many, or too much with the others.
        DraftGone: the draft was sent or deleted meanwhile.
    """
    try:
        with transaction():
            kept = _held(draft_id)
            if (why := excess([other.size for other in kept.files], item.size)) is not None:
                raise taking.NotTaken(sealing.file_name_of(item, box_of(kept)), why)
            kept.files.append(item)
            kept.expires_at = clock.now() + LIFE[kept.kind]
    except BaseException:
        taking.forget([item])
        raise
    return item


def drop_file(draft: FilingDraft, file_id: int) -> None:
    """Remove a file from a draft; that it is gone already is no error."""
    with transaction():
        kept = _held(_number(draft))
        dropped = [item for item in kept.files if item.id == file_id]
        for item in dropped:
            kept.files.remove(item)
    taking.forget(dropped)


def discard(draft: FilingDraft) -> None:
    """Forget a draft: its key, what was typed, its files."""
    _shred([_number(draft)], "discarded", "complainant")


def shred_expired() -> int:
    """Forget every draft whose time has run out; how many there were. Safe to run again and by several at once."""
    query = select(FilingDraft.id).where(FilingDraft.expires_at <= clock.now()).limit(500)
    return _shred(list(db.session.scalars(query)), "expired", SYSTEM)


def take_out(draft: FilingDraft) -> list[DraftFile]:
    """Remove a draft's record inside the transaction that makes it a filing, and give its files, which stay in the store.

    Raises:
        DraftGone: another request was first.
    """
    kept = _held(_number(draft))
    files = list(kept.files)
    db.session.delete(kept)
    # The files' rows must be gone before others claim the same places in the store.
    db.session.flush()
    return files


def require_files(files: Sequence[DraftFile]) -> None:
    """Refuse to send a draft without any file.

    Raises:
        Invalid: there is none.
    """
    if not files:
        raise Invalid({"evidence": _l("Please choose at least one file as supporting material.")})


def _begin(draft: FilingDraft, box: Box, language: Language) -> FilingDraft:
    token = secrets.token_urlsafe(24)
    draft.language, draft.handle = language, secrets.token_urlsafe(24)
    draft.wrapped_key = box.wrapped
    draft.sealed_token, draft.sealed_fields = box.seal_text(token, TOKEN), box.seal_text("{}", FIELDS)
    draft.resume_digest = _code_digest(resume_code_from(current_vault().derive("resume codes"), token))
    draft.created_at = clock.now()
    draft.expires_at = draft.created_at + LIFE[draft.kind]
    with transaction():
        db.session.add(draft)
    return draft


def _alive(query: object) -> FilingDraft:
    draft: FilingDraft | None = db.session.scalars(query).one_or_none()  # type: ignore[call-overload]
    if draft is None or draft.expires_at <= clock.now():
        raise DraftGone
    return draft


def _number(draft: FilingDraft) -> int:
    """The row of a draft, without asking the database for it: another request may have sent it just now."""
    number: int = inspect(draft).identity[0]  # type: ignore[index]
    return number


def _held(draft_id: int) -> FilingDraft:
    """A draft under a lock, inside a transaction."""
    query = select(FilingDraft).where(FilingDraft.id == draft_id).with_for_update(of=FilingDraft)
    draft = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise DraftGone
    return draft


def _shred(ids: Sequence[int], what: str, actor: str) -> int:
    gone: list[DraftFile] = []
    number = 0
    for draft_id in ids:
        with transaction():
            try:
                draft = _held(draft_id)
            except DraftGone:
                continue
            gone = list(draft.files)
            db.session.delete(draft)
            audit.record(f"filings.draft.{what}", f"draft:{draft_id}", actor, {"files": len(gone)})
        number += 1
        # The key went with the row: what is left of a file when this fails opens no more, and is swept up later.
        taking.forget(gone)
    return number


def _code_digest(code: str) -> str:
    return hmac.digest(current_vault().derive("resume digests"), code.encode(), hashlib.sha256).hex()
