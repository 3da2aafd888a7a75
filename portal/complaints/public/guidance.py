"""The page that says who may complain, about what, to whom, and what happens then."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.authorities import queries as authorities
from portal.complaints.public.frame import blueprint
from portal.filings import limits
from portal.foundation import clock
from portal.rulebook.queries import number
from portal.rulebook.rules import Rule


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Who may complain, about what, to whom, what happens then."""
    today = clock.today()
    promises = {"accept": number(Rule.COMPLAINT_ACCEPT, today), "verify": number(Rule.COMPLAINT_VERIFY, today)}
    return render_template(
        "complaints/index.html",
        authorities=authorities.verifying_authorities(),
        limits=limits,
        promises=promises,
    )
