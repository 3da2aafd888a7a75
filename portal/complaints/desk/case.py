"""The page of one case: what happened, and what can be done now."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities import queries as authorities
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import clocks, parts, queries, reading, services
from portal.complaints.desk.forms import ActForm
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.desk.prefilling import prefilled
from portal.complaints.handling import services as handling
from portal.complaints.handling.queries import surroundings
from portal.complaints.models import Case
from portal.complaints.rectification.queries import running_order
from portal.complaints.rules import CaseAct
from portal.filings import sealing
from portal.filings.forms import ID_TYPE_LABELS, IdentityForm
from portal.filings.sealing import Identity
from portal.foundation import clock
from portal.foundation.choices import choice
from portal.foundation.errors import Invalid


@staff(*CASE_STAFF)
def case(person: Person, case_id: int) -> ResponseReturnValue:
    """One case: what happened, and what can be done now."""
    found = queries.case_for(case_id, person)
    form, act = prefilled(found, person)
    return case_page(person, found, form=form, failed=act)


@staff(*CASE_STAFF)
def identity(person: Person, case_id: int) -> ResponseReturnValue:
    """Open the identity once, for a reason that is recorded and shown to the complainant."""
    form = IdentityForm()
    if not form.validate():
        return case_page(person, queries.case_for(case_id, person), identity_form=form, code=422)
    try:
        if not handling.opens_alone(queries.case_for(case_id, person), person):
            handling.ask_for_identity(case_id, form.reason.data or "", by=person)
            flash(_("Your request waits for a colleague's consent."), "success")
            return redirect(url_for(f"{queue_name()}.case", case_id=case_id))
        shown = services.open_identity(case_id, form.reason.data or "", by=person)
    except Invalid as refused:
        form.reason.errors = list(map(str, refused.fields.values()))
        return case_page(person, queries.case_for(case_id, person), identity_form=form, code=422)
    return case_page(person, queries.case_for(case_id, person), identity=shown)


def case_page(
    person: Person,
    found: Case,
    *,
    form: ActForm | None = None,
    failed: CaseAct | None = None,
    identity_form: IdentityForm | None = None,
    identity: Identity | None = None,
    error: object = None,
    code: int = 200,
) -> ResponseReturnValue:
    """The page of a case in one of its states."""
    took_part = queries.took_part(found, person)
    page = render_template(
        "complaints/case.html",
        case=found,
        opened=sealing.opened(found, for_filer=False),
        account=reading.account(found),
        order=running_order(found),
        acts=parts.possible_acts(found, person),
        sent_form=form or ActForm(formdata=None),
        empty_form=ActForm(formdata=None),
        failed=failed,
        error=error,
        identity_form=identity_form or IdentityForm(formdata=None),
        identity=identity,
        authorities=[choice(item.code, str(item.name)) for item in authorities.verifying_authorities()],
        due=clocks.due(found),
        steps=clocks.steps(found),
        left=clocks.days_until(found, clock.today()),
        queue=queue_name(),
        took_part=took_part,
        decided_review=queries.cannot_review(found, person),
        id_type_labels=ID_TYPE_LABELS,
        beside=surroundings(found, person),
    )
    return page, code
