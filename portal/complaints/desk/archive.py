"""The archive of a case, for staff who handle it."""

from __future__ import annotations

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.desk.case import case_page
from portal.complaints.desk.frame import CASE_STAFF
from portal.complaints.services.archiving import archive as pack
from portal.foundation.errors import DomainError, Invalid, NotFound


@staff(*CASE_STAFF)
def archive(person: Person, case_id: int) -> ResponseReturnValue:
    """One file with the whole case, made while it is sent."""
    reason, with_identity = request.form.get("reason", ""), request.form.get("with_identity") == "y"
    try:
        made = pack(case_id, reason, with_identity=with_identity, by=person)
    except NotFound:
        raise
    except Invalid as refused:
        said = " ".join(map(str, refused.fields.values()))
        return case_page(person, queries.case_for(case_id, person), error=said, code=422)
    except DomainError as refused:
        return case_page(person, queries.case_for(case_id, person), error=refused.message, code=refused.status)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "X-Content-Type-Options": "nosniff"}
    return Response(stream_with_context(made.pieces), mimetype="application/zip", headers=headers)
