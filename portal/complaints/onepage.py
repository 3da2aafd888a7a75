"""A complaint on one page, as a complainant or the counter sends it: the form as it came, and the page that shows it."""

from __future__ import annotations

from typing import TypeVar

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.complaints import services
from portal.complaints.forms import ComplaintForm
from portal.complaints.respondents import look_for
from portal.filings import limits
from portal.vault.evidence import accept_attribute

C = TypeVar("C", bound=ComplaintForm)


def sent(make: type[C]) -> C:
    """The form with what was posted; before that, with what the address says already and a token of its own."""
    if request.method == "POST":
        form = make(formdata=request.form)
        form.evidence.data = request.files.getlist("evidence")
    else:
        form = make(formdata=request.args)
        form.filing_token.data = services.new_token()
    return form


def page(template: str, form: ComplaintForm, code: int = 200) -> ResponseReturnValue:
    """The form on its page, with the search for whom it is about."""
    html = render_template(
        template,
        form=form,
        respondent=form.chosen,
        find=look_for(request.args.get("find", "")),
        limits=limits,
        accept=accept_attribute(),
    )
    return html, code
