"""Large files of a draft, in pieces over a line that may break (tus 1.0)."""

from __future__ import annotations

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from portal.complaints.public.frame import blueprint
from portal.extensions import limiter
from portal.filings.drafts import holding
from portal.filings.uploads import answering


@blueprint.route("/new/uploads", methods=answering.COLLECTION)
@limiter.limit("300 per hour", methods=["POST"])
def uploads() -> ResponseReturnValue:
    """Announce a file of the draft that this browser writes on."""
    return answering.collection(holding.held, lambda handle: url_for("complaints.upload", handle=handle))


@blueprint.route("/new/uploads/<handle>", methods=answering.RESOURCE)
def upload(handle: str) -> ResponseReturnValue:
    """How far a file is, its bytes, or its end."""
    return answering.resource(holding.held, handle)


@blueprint.after_request
def sign_uploads(response: Response) -> Response:
    """Every answer of the protocol says its version, also where the request was refused before it came to a view."""
    spoken = request.endpoint in {"complaints.uploads", "complaints.upload"}
    return answering.sign(response) if spoken else response
