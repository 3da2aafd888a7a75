"""Doing something with a case: the act forms of its page."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as PageNotFound

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import queries, services
from portal.complaints.desk.case import case_page
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.forms import ActForm
from portal.complaints.rules import STAFF_ACTS, CaseAct, Finding, RefusalGround
from portal.filings.forms import seen_version
from portal.foundation.errors import DomainError, Invalid, NotFound
from portal.register.rules import ExclusionGround, RemovalGround


@staff(*CASE_STAFF)
def act(person: Person, case_id: int, what: str) -> ResponseReturnValue:
    """Do something with a case. What is refused is said on the case's page, with the text still in its field."""
    try:
        doing = CaseAct(what)
    except ValueError:
        raise PageNotFound from None
    if doing not in STAFF_ACTS:
        raise PageNotFound
    form = ActForm()
    if not form.validate():
        return case_page(person, queries.case_for(case_id, person), form=form, failed=doing, code=422)
    try:
        services.act(case_id, doing, _instruction(form), by=person)
    except Invalid as refused:
        for name, fault in refused.fields.items():
            form[name].errors = [fault]
        return case_page(person, queries.case_for(case_id, person), form=form, failed=doing, code=refused.status)
    except NotFound:
        raise
    except DomainError as refused:
        found = queries.case_for(case_id, person)
        return case_page(person, found, form=form, failed=doing, error=refused.message, code=refused.status)
    flash(_("Saved."), "success")
    return redirect(url_for(f"{queue_name()}.case", case_id=case_id))


def _instruction(form: ActForm) -> services.Instruction:
    return services.Instruction(
        version=seen_version(form.version.data),
        note=form.note.data or "",
        refusal_ground=form.chosen("refusal_ground", RefusalGround),
        finding=form.chosen("finding", Finding),
        removal_ground=form.chosen("removal_ground", RemovalGround),
        exclusion_ground=form.chosen("exclusion_ground", ExclusionGround),
        rectify_by=form.rectify_by.data,
        authority=form.authority.data or "",
    )
