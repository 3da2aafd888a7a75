"""The archive of a case, for staff who handle it."""

from __future__ import annotations

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints.desk.case import case_page
from portal.complaints.desk.frame import CASE_STAFF
from portal.complaints.services.archiving import archive as pack
from portal.filings.trying import Refused, attempt


@staff(*CASE_STAFF)
def archive(person: Person, case_id: int) -> ResponseReturnValue:
    """One file with the whole case, made while it is sent."""
    reason, with_identity = request.form.get("reason", ""), request.form.get("with_identity") == "y"
    made = attempt(lambda: pack(case_id, reason, with_identity=with_identity, by=person))
    if isinstance(made, Refused):
        return case_page(person, case_id, refused=made)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "X-Content-Type-Options": "nosniff"}
    return Response(stream_with_context(made.pieces), mimetype="application/zip", headers=headers)
