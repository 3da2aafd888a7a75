"""The files behind a statement of change: sealed on their way into the store, opened for those who examine them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from portal.content import attachments
from portal.filings import limits
from portal.foundation import sanitizing
from portal.foundation.errors import Invalid
from portal.register.changes.models import ChangeEvidence, ChangeStatement
from portal.register.services.keeping import OLD_FONT
from portal.vault import current_vault
from portal.vault.boxes import Box
from portal.vault.evidence import EvidenceRefused

FILE_NAME = "file name"
Files = Sequence[tuple[str, BinaryIO]]


def keep(statement: ChangeStatement, files: Files) -> None:
    """Seal files into the store and tie them to a statement that is not written yet. Where one is refused, none is kept.

    Raises:
        Invalid: empty, too large, too many, of a wrong type, or harmful; the field is ``file``.
    """
    statement.mark = secrets.token_hex(16)
    box = current_vault().new_box(statement.box_context)
    statement.wrapped_key = box.wrapped
    kept: list[ChangeEvidence] = []
    try:
        for name, stream in files:
            size = stream.seek(0, 2)
            if why := limits.excess([item.size for item in kept], size):
                raise Invalid({"file": why})
            kept.append(_kept(box, name, stream))
    except BaseException:
        forget(kept)
        raise
    statement.evidence = kept


def forget(kept: Iterable[ChangeEvidence]) -> None:
    """Remove the files of a statement that was not written: one that no record knows would lie there for ever."""
    for item in kept:
        current_vault().store.delete(item.key)


def name_of(item: ChangeEvidence) -> str:
    """What the sender called a file."""
    return _box_of(item).open_text(item.sealed_name, FILE_NAME) if item.sealed_name is not None else item.name


def content_of(item: ChangeEvidence) -> Iterator[bytes]:
    """The clear content of a file, in pieces.

    Raises:
        portal.vault.store.FileMissing: the store has lost it.
    """
    if item.sealed_name is None:
        return attachments.read(item.key)
    return current_vault().read_back(_box_of(item), item.key)


def _kept(box: Box, name: str, stream: BinaryIO) -> ChangeEvidence:
    if sanitizing.has_private_use(name):
        raise Invalid({"file": OLD_FONT})
    key = f"changes/{secrets.token_hex(16)}"
    try:
        taken = current_vault().take_in(stream, sanitizing.normalize(name), box, key)
    except EvidenceRefused as refused:
        raise Invalid({"file": f"{name}: {refused.message}"}) from None
    return ChangeEvidence(
        sealed_name=box.seal_text(taken.name, FILE_NAME),
        media_type=taken.media_type,
        size=taken.size,
        sha256=taken.sha256,
        key=key,
    )


def _box_of(item: ChangeEvidence) -> Box:
    statement = item.statement
    assert statement.wrapped_key is not None  # noqa: S101 - sealed names came with it
    return current_vault().open_box(statement.wrapped_key, statement.box_context)
