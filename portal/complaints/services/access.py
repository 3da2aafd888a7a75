"""Opening what is sealed: the identity for a reason, the files for the work on the case. Each opening is recorded."""

from __future__ import annotations

from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.handling.rules import ConsentNeeded
from portal.complaints.handling.services.consenting import opens_alone
from portal.complaints.models import CaseEvent
from portal.complaints.rules import CaseAct
from portal.filings import opening
from portal.filings.sealing import Identity
from portal.foundation.database import transaction

FILES = opening.Files("complaints", queries.case_for)


def open_identity(case_id: int, reason: str, *, by: Person) -> Identity:
    """Show who complained, to whoever works on the case, for a reason that the complainant will read.

    Raises:
        NotFound: no such case for this person.
        ConsentNeeded: the person does not work on it; see :mod:`portal.complaints.handling.services.consenting`.
        Invalid: the reason is missing.
    """
    with transaction():
        case = queries.case_for(case_id, by)
        if not opens_alone(case, by):
            raise ConsentNeeded
        event = CaseEvent(act=CaseAct.OPEN_IDENTITY)
        return opening.reveal(case, event, reason, action="complaints.identity.opened", by=by)
