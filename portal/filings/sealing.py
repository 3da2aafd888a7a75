"""What of a filing is sealed, and how it is opened again: identity, statement, notes, names of files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l

from portal.filings.models import FilingEvent, FilingEvidence, SealedFiling
from portal.foundation.errors import DomainError
from portal.foundation.identifiers import IdType
from portal.vault import current_vault
from portal.vault.boxes import Box, SealedStream
from portal.vault.scanning import ScanState

IDENTITY, STATEMENT, NOTE, FILE_NAME = "identity", "statement", "note", "file name"


@dataclass(frozen=True)
class Identity:
    """Who filed. Kept sealed; opening it needs a reason and is audited."""

    name: str
    id_type: IdType
    id_number: str
    phone: str = ""
    email: str = ""
    address: str = ""
    #: Who speaks for an organisation.
    contact: str = ""


@dataclass(frozen=True)
class TimelineEntry:
    """One act as a page shows it; ``event`` is one of the feature's own."""

    event: Any
    note: str


@dataclass(frozen=True)
class FileEntry:
    """One file as a page shows it."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    from_filer: bool = True
    scan: ScanState | None = None


@dataclass(frozen=True)
class Opened:
    """What of a filing may be read on the page at hand. The identity is never among it."""

    statement: str
    timeline: Sequence[TimelineEntry]
    files: Sequence[FileEntry]


class Erased(DomainError):
    """What is asked for was erased when the time of retention ended."""

    status = 410
    message = _l("The time of retention has ended: identity, statement and files were erased.")


class ErasedBox(Box):
    """The box of an erased filing: everything in it reads as nothing, and nothing can be put into it."""

    def __init__(self) -> None:
        self.wrapped = b""

    def seal(self, data: bytes, context: str) -> bytes:  # noqa: ARG002 - the signature is the box's
        """Refuse."""
        raise Erased

    def open(self, sealed: bytes, context: str) -> bytes:  # noqa: ARG002
        """Nothing."""
        return b""

    def seal_stream(self, source: BinaryIO, context: str) -> SealedStream:  # noqa: ARG002
        """Refuse."""
        raise Erased

    def open_stream(self, source: BinaryIO, context: str) -> BinaryIO:  # noqa: ARG002
        """Refuse."""
        raise Erased


def open_filing(filing: SealedFiling) -> Box:
    """The box of a filing; that of an erased one reads as nothing.

    Raises:
        portal.vault.boxes.Unsealable: the key is not this filing's.
    """
    if filing.erased_at is not None:
        return ErasedBox()
    return current_vault().open_box(filing.wrapped_key, filing.box_context)


def seal_identity(box: Box, identity: Identity) -> bytes:
    """The identity, sealed."""
    return box.seal_text(json.dumps(asdict(identity), ensure_ascii=False), IDENTITY)


def seal_note(box: Box, note: str) -> bytes | None:
    """What was written with an act, sealed; None where nothing was."""
    text = note.strip()
    return box.seal_text(text, NOTE) if text else None


def identity_of(filing: SealedFiling) -> Identity:
    """The identity, opened. Only :func:`portal.filings.opening.reveal` calls this for a person."""
    facts = json.loads(open_filing(filing).open_text(filing.sealed_identity, IDENTITY))
    return Identity(**{**facts, "id_type": IdType(facts["id_type"])})


def statement_of(filing: SealedFiling, box: Box) -> str:
    """What was stated."""
    return box.open_text(filing.sealed_statement, STATEMENT)


def note_of(event: FilingEvent, box: Box) -> str:
    """What was written with an act; empty where nothing was."""
    return box.open_text(event.sealed_note, NOTE) if event.sealed_note is not None else ""


def file_name_of(evidence: FilingEvidence, box: Box) -> str:
    """What the sender called a file."""
    return box.open_text(evidence.sealed_name, FILE_NAME)


def opened(filing: SealedFiling, *, for_filer: bool) -> Opened:
    """A filing with its texts opened.

    Args:
        for_filer: every step shows, but only the public ones with what was written, and only the files that they sent;
            staff read all of it.
    """
    box = open_filing(filing)
    return Opened(
        statement_of(filing, box),
        [TimelineEntry(event, note_of(event, box) if event.public or not for_filer else "") for event in filing.events],
        [
            FileEntry(
                item.id, file_name_of(item, box), item.media_type, item.size, item.sha256, item.from_filer, item.scan
            )
            for item in (() if filing.erased_at else filing.evidence)
            if item.from_filer or not for_filer
        ],
    )
