"""Doing something with a case: the act forms of its page."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import services
from portal.complaints.desk.case import case_page
from portal.complaints.desk.forms import ActForm
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.rules import STAFF_ACTS, CaseAct
from portal.filings.desk import act_named
from portal.filings.forms import seen_version
from portal.filings.trying import Refused, attempt


@staff(*CASE_STAFF)
def act(person: Person, case_id: int, what: str) -> ResponseReturnValue:
    """Do something with a case. What is refused is said on the case's page, with the text still in its field."""
    doing, form = act_named(what, STAFF_ACTS.keys() - {CaseAct.PRINT_ORDER}), ActForm()
    done = attempt(lambda: services.act(case_id, doing, form.instruction(), by=person), form)
    if isinstance(done, Refused):
        return case_page(person, case_id, form=form, failed=doing, refused=done)
    flash(_("Saved."), "success")
    return redirect(url_for(f"{queue_name()}.case", case_id=case_id))


@staff(*CASE_STAFF)
def letter(person: Person, case_id: int) -> ResponseReturnValue:
    """The letter of a rectification order, to be printed: it carries a new secret, shown this once."""
    version = request.form.get("version")
    printed = attempt(lambda: services.print_order(case_id, seen_version(version), by=person))
    if isinstance(printed, Refused):
        return case_page(person, case_id, failed=CaseAct.PRINT_ORDER, refused=printed)
    return render_template(
        "complaints/rectification/letter.html", printed=printed, case=printed.case, queue=queue_name()
    )
