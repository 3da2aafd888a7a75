"""What of a case is sealed, and how it is opened again: identity, statement, notes, names of files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from portal.complaints.models import Case, CaseEvent, Evidence
from portal.foundation.identifiers import IdType
from portal.vault import current_vault
from portal.vault.boxes import Box

IDENTITY, STATEMENT, NOTE, FILE_NAME = "identity", "statement", "note", "file name"


@dataclass(frozen=True)
class Identity:
    """Who complains. Kept sealed; opening it needs a reason and is audited."""

    name: str
    id_type: IdType
    id_number: str
    phone: str = ""
    email: str = ""
    address: str = ""


def open_case(case: Case) -> Box:
    """The case's box.

    Raises:
        portal.vault.boxes.Unsealable: the key was erased, or it is not this case's.
    """
    return current_vault().open_box(case.wrapped_key, case.box_context)


def seal_identity(box: Box, identity: Identity) -> bytes:
    """The identity, sealed."""
    return box.seal_text(json.dumps(asdict(identity), ensure_ascii=False), IDENTITY)


def identity_of(case: Case) -> Identity:
    """The identity, opened. Only :func:`portal.complaints.services.open_identity` calls this for a person."""
    facts = json.loads(open_case(case).open_text(case.sealed_identity, IDENTITY))
    return Identity(**{**facts, "id_type": IdType(facts["id_type"])})


def statement_of(case: Case, box: Box) -> str:
    """What the complainant wrote."""
    return box.open_text(case.sealed_statement, STATEMENT)


def note_of(event: CaseEvent, box: Box) -> str:
    """What was written with an act; empty where nothing was."""
    return box.open_text(event.sealed_note, NOTE) if event.sealed_note is not None else ""


def file_name_of(evidence: Evidence, box: Box) -> str:
    """What the complainant called a file."""
    return box.open_text(evidence.sealed_name, FILE_NAME)
