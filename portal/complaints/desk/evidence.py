"""The files of a case, for the staff who handle it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import services
from portal.complaints.desk.frame import CASE_STAFF
from portal.filings import opening


@opening.sandbox
@staff(*CASE_STAFF)
def evidence(person: Person, case_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of the case, only ever as an attachment."""
    return opening.attachment(*services.read_evidence(case_id, evidence_id, by=person))
