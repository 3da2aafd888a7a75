"""Opening what is sealed: the identity for a reason, a file for the work on the case. Each opening is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from portal.authorities.models import Person
from portal.complaints import queries, sealing
from portal.complaints.models import CaseEvent, Evidence
from portal.complaints.rules import CaseAct
from portal.complaints.sealing import Identity
from portal.foundation import audit, clock
from portal.foundation.database import transaction
from portal.foundation.errors import Invalid, NotFound
from portal.vault import current_vault

SHORTEST_REASON = 4


def open_identity(case_id: int, reason: str, *, by: Person) -> Identity:
    """Show who complained, to staff of the case, for a reason that the complainant will read.

    Raises:
        NotFound: no such case for this person.
        Invalid: the reason is missing.
    """
    with transaction():
        case = queries.case_for(case_id, by)
        if len(reason.strip()) < SHORTEST_REASON:
            raise Invalid({"reason": _l("Please say why the identity must be opened.")})
        box = sealing.open_case(case)
        case.events.append(
            CaseEvent(
                act=CaseAct.OPEN_IDENTITY,
                at=clock.now(),
                person_id=by.id,
                authority_id=by.authority_id,
                public=True,
                sealed_note=box.seal_text(reason.strip(), sealing.NOTE),
            )
        )
        identity = sealing.identity_of(case)
        audit.record("complaints.identity.opened", case.subject, by.actor)
    return identity


def read_evidence(case_id: int, evidence_id: int, *, by: Person) -> tuple[Evidence, str, Iterator[bytes]]:
    """A file of a case: its record, its name, and its content in pieces.

    Raises:
        NotFound: no such case or file for this person.
    """
    with transaction():
        case = queries.case_for(case_id, by)
        evidence = next((item for item in case.evidence if item.id == evidence_id), None)
        if evidence is None:
            raise NotFound
        audit.record("complaints.evidence.read", case.subject, by.actor, {"evidence": evidence_id})
    box = sealing.open_case(case)
    return evidence, sealing.file_name_of(evidence, box), current_vault().read_back(box, evidence.store_key)
