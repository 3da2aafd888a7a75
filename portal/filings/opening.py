"""Opening what is sealed: the identity for a reason, a file for the work. Each opening is recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from flask import Response, stream_with_context
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.models import Person
from portal.extensions import talisman
from portal.filings import sealing
from portal.filings.models import FilingEvent, FilingEvidence, SealedFiling
from portal.filings.sealing import Identity
from portal.foundation import audit, clock
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, Invalid, NotFound
from portal.vault import current_vault
from portal.vault.scanning import ScanState
from portal.vault.store import FileMissing

log = logging.getLogger(__name__)

#: A file: its record, its name, and its content in pieces.
Read = tuple[FilingEvidence, str, Iterator[bytes]]
SHORTEST_REASON = 4
#: Decorates a view that answers with a file: whatever it is, it has no rights in the browser.
sandbox = talisman(content_security_policy={"default-src": "'none'", "sandbox": ""})


class HarmfulFile(DomainError):
    """A scan found harmful software in a file after it was taken in."""

    message = _l("A scan found harmful software in this file. The original is not handed out.")


def reveal(filing: SealedFiling, event: FilingEvent, reason: str, *, action: str, by: Person) -> Identity:
    """Show who filed, for a reason that they will read. The caller has found the filing for this person.

    Args:
        event: the feature's own line for the timeline, which is completed here.
        action: what the audit log calls it.

    Raises:
        Invalid: the reason is missing.
    """
    with transaction():
        if len(reason.strip()) < SHORTEST_REASON:
            raise Invalid({"reason": _l("Please say why the identity must be opened.")})
        event.at, event.person_id, event.authority_id, event.public = clock.now(), by.id, by.authority_id, True
        event.sealed_note = sealing.seal_note(sealing.open_filing(filing), reason)
        filing.events.append(event)
        identity = sealing.identity_of(filing)
        audit.record(action, filing.subject, by.actor)
    return identity


@dataclass(frozen=True)
class Files:
    """The files of a feature's filings, for staff.

    ``feature`` is what the audit log calls it; ``find`` gives a filing to a person who may see it, and raises for others.
    """

    feature: str
    find: Callable[[int, Person], SealedFiling]

    def read(self, filing_id: int, evidence_id: int, *, by: Person) -> Read:
        """A file to be handed out. Each time is recorded.

        Raises:
            NotFound: no such filing or file for this person, or the store has lost it.
            HarmfulFile: a scan found harmful software in it.
        """
        with transaction():
            return _read(self.find(filing_id, by), evidence_id, action=f"{self.feature}.evidence.read", by=by)

    def look_at(self, filing_id: int, evidence_id: int, *, by: Person) -> Read:
        """A file to be drawn; recorded when a person first looks at it.

        Raises:
            NotFound: as :meth:`read`.
        """
        with transaction():
            filing = self.find(filing_id, by)
            return _read(filing, evidence_id, action=f"{self.feature}.evidence.previewed", by=by, once=True)


def _read(filing: SealedFiling, evidence_id: int, *, action: str, by: Person, once: bool = False) -> Read:
    """Open a file, and record it: with ``once`` only the first time that this person does this to this file."""
    with transaction():
        evidence: FilingEvidence | None = next((item for item in filing.evidence if item.id == evidence_id), None)
        if evidence is None:
            raise NotFound
        # A picture drawn anew does no harm.
        if evidence.scan is ScanState.INFECTED and not once:
            raise HarmfulFile
        if not (once and _recorded(action, filing.subject, by.actor, evidence_id)):
            audit.record(action, filing.subject, by.actor, {"evidence": evidence_id})
    box = sealing.open_filing(filing)
    try:
        content = current_vault().read_back(box, evidence.store_key)
    except FileMissing:
        log.exception("the store has lost file %s of %s", evidence_id, filing.subject)
        raise NotFound from None
    return evidence, sealing.file_name_of(evidence, box), content


def _recorded(action: str, subject: str, actor: str, evidence_id: int) -> bool:
    known = select(AuditRecord.id).where(
        AuditRecord.subject == subject,
        AuditRecord.action == action,
        AuditRecord.actor == actor,
        AuditRecord.data["evidence"].as_integer() == evidence_id,
    )
    return db.session.scalars(known.limit(1)).first() is not None


class Kept(Protocol):
    """A file of which the vault keeps a sealed form; ``size`` in bytes of the clear one."""

    @property
    def size(self) -> int:
        """Bytes."""
        ...


def attachment(record: Kept, name: str, content: Iterator[bytes]) -> Response:
    """A file as an answer: only ever something to keep, never something that a browser shows. Its view is a :data:`sandbox`."""
    response = Response(stream_with_context(content), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Length"] = str(record.size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
