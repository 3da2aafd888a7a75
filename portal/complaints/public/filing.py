"""Filing in one piece: a complete form, sent at once, by a browser or a plain client."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.complaints import onepage, services
from portal.complaints.forms import ComplaintForm
from portal.complaints.models import Case
from portal.complaints.public.frame import blueprint
from portal.complaints.public.guide import first_page
from portal.complaints.services.filing import INTAKE
from portal.extensions import csrf, limiter
from portal.filings import proofs
from portal.filings.following import receipt_page
from portal.filings.taking import Taken
from portal.filings.trying import Refused, attempt


@blueprint.route("/new", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("30 per hour", methods=["POST"])
def new() -> ResponseReturnValue:
    """The guided form's first step, or with ``all`` everything on one page; a complete POST files, without session or script."""
    if request.method == "GET" and "all" not in request.args:
        return first_page()
    form = onepage.sent(ComplaintForm)
    if request.method == "GET":
        return onepage.page("complaints/new.html", form)
    filed = attempt(lambda: _file(form), form)
    if isinstance(filed, Refused):
        return onepage.page("complaints/new.html", form, filed.status)
    return receipt_page("complaints/receipt.html", filed)


def _file(form: ComplaintForm) -> Taken[Case]:
    if INTAKE.token_in(form.filing_token.data or "") is None:
        form.filing_token.data = services.new_token()
    proofs.require(form.filing_token.data or "", request.form)
    return services.file_complaint(form.filing, form.filing_token.data or "")
