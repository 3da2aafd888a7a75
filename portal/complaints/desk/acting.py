"""Doing something with a case: the act forms of its page."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as PageNotFound

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import queries, services
from portal.complaints.desk.case import case_page
from portal.complaints.desk.forms import ActForm
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.rules import STAFF_ACTS, CaseAct
from portal.filings.forms import seen_version
from portal.filings.taking import NotTaken
from portal.foundation.errors import DomainError, Invalid, NotFound


@staff(*CASE_STAFF)
def act(person: Person, case_id: int, what: str) -> ResponseReturnValue:
    """Do something with a case. What is refused is said on the case's page, with the text still in its field."""
    try:
        doing = CaseAct(what)
    except ValueError:
        raise PageNotFound from None
    if doing not in STAFF_ACTS or doing is CaseAct.PRINT_ORDER:
        raise PageNotFound
    form = ActForm()
    if not form.validate():
        return case_page(person, queries.case_for(case_id, person), form=form, failed=doing, code=422)
    try:
        services.act(case_id, doing, form.instruction(), by=person)
    except Invalid as refused:
        for name, fault in refused.fields.items():
            form[name].errors = [fault]
        return case_page(person, queries.case_for(case_id, person), form=form, failed=doing, code=refused.status)
    except NotTaken as refused:
        form.files.errors = [f"{refused.name}: {refused.why}"]
        return case_page(person, queries.case_for(case_id, person), form=form, failed=doing, code=422)
    except NotFound:
        raise
    except DomainError as refused:
        found = queries.case_for(case_id, person)
        return case_page(person, found, form=form, failed=doing, error=refused.message, code=refused.status)
    flash(_("Saved."), "success")
    return redirect(url_for(f"{queue_name()}.case", case_id=case_id))


@staff(*CASE_STAFF)
def letter(person: Person, case_id: int) -> ResponseReturnValue:
    """The letter of a rectification order, to be printed: it carries a new secret, shown this once."""
    form = ActForm()
    try:
        printed = services.print_order(case_id, seen_version(form.version.data), by=person)
    except NotFound:
        raise
    except DomainError as refused:
        found = queries.case_for(case_id, person)
        return case_page(person, found, failed=CaseAct.PRINT_ORDER, error=refused.message, code=refused.status)
    return render_template(
        "complaints/rectification/letter.html", printed=printed, case=printed.case, queue=queue_name()
    )
