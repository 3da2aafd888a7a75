"""The files of a case, for the staff who handle it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import services
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.services import access
from portal.filings import looking, opening
from portal.vault.previews import Size


@opening.sandbox
@staff(*CASE_STAFF)
def evidence(person: Person, case_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of the case, only ever as an attachment."""
    return opening.attachment(*services.read_evidence(case_id, evidence_id, by=person))


@staff(*CASE_STAFF)
def look(person: Person, case_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of the case as the portal draws it, page by page."""
    queue = queue_name()
    row: dict[str, Any] = {"case_id": case_id, "evidence_id": evidence_id}
    return looking.page(
        access.look_at_evidence(case_id, evidence_id, by=person),
        back=url_for(f"{queue}.case", case_id=case_id),
        original=url_for(f"{queue}.evidence", **row),
        drawn=lambda number: url_for(f"{queue}.preview", **row, page=number),
    )


@opening.sandbox
@staff(*CASE_STAFF)
def preview(person: Person, case_id: int, evidence_id: int, page: int) -> ResponseReturnValue:
    """One page of a file as a picture."""
    return looking.picture(access.look_at_evidence(case_id, evidence_id, by=person), page, Size.PAGE)


@opening.sandbox
@staff(*CASE_STAFF)
def thumbnail(person: Person, case_id: int, evidence_id: int) -> ResponseReturnValue:
    """The first page of a file as a small picture."""
    return looking.picture(access.look_at_evidence(case_id, evidence_id, by=person), 1, Size.THUMBNAIL)
