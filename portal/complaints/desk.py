"""The verification queue of the authorities and the determination queue of the department."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as PageNotFound

from portal.authorities import queries as authorities
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import clocks, queries, services
from portal.complaints.forms import ActForm
from portal.complaints.models import Case
from portal.complaints.rules import (
    DETERMINATION_QUEUE,
    STAFF_ACTS,
    VERIFICATION_QUEUE,
    CaseAct,
    CaseStatus,
    Finding,
    RefusalGround,
    acts_for,
)
from portal.filings import opening, sealing
from portal.filings.forms import ID_TYPE_LABELS, IdentityForm, seen_version
from portal.filings.sealing import Identity
from portal.foundation import clock
from portal.foundation.choices import choice
from portal.foundation.errors import DomainError, Invalid, NotFound
from portal.register.rules import ExclusionGround, RemovalGround

verification = Blueprint("verification", __name__, url_prefix="/desk/verification")
determination = Blueprint("determination", __name__, url_prefix="/desk/determination")
CASE_STAFF = (Permission.VERIFY, Permission.DETERMINE)
CLOSED = (CaseStatus.CLOSED, CaseStatus.REFUSED)
QUEUES = {"verification": VERIFICATION_QUEUE, "determination": DETERMINATION_QUEUE}


@staff(*CASE_STAFF)
def queue(person: Person) -> ResponseReturnValue:
    """Cases by due date; one's own for officers, all for the department."""
    statuses = (*QUEUES[_name()], *CLOSED)
    try:
        status = CaseStatus(request.args["status"]) if request.args.get("status") else None
    except ValueError:
        status = None
    text = request.args.get("q", "").strip()[:100]
    shown = QUEUES[_name()] if status is None and not text else statuses
    return render_template(
        "complaints/queue.html",
        page=queries.queue(person, shown, status, text),
        counts=queries.counts(person, statuses),
        status=status,
        q=text,
        queue=_name(),
        unassigned=queries.unassigned(person) if _name() == "determination" else [],
        days_until=lambda case: clocks.days_until(case, clock.today()),
        due=clocks.due,
    )


@staff(*CASE_STAFF)
def case(person: Person, case_id: int) -> ResponseReturnValue:
    """One case: what happened, and what can be done now."""
    return case_page(person, queries.case_for(case_id, person))


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
    return redirect(url_for(f"{_name()}.case", case_id=case_id))


@staff(*CASE_STAFF)
def identity(person: Person, case_id: int) -> ResponseReturnValue:
    """Open the identity once, for a reason that is recorded and shown to the complainant."""
    form = IdentityForm()
    if not form.validate():
        return case_page(person, queries.case_for(case_id, person), identity_form=form, code=422)
    try:
        shown = services.open_identity(case_id, form.reason.data or "", by=person)
    except Invalid as refused:
        form.reason.errors = list(map(str, refused.fields.values()))
        return case_page(person, queries.case_for(case_id, person), identity_form=form, code=422)
    return case_page(person, queries.case_for(case_id, person), identity=shown)


@opening.sandbox
@staff(*CASE_STAFF)
def evidence(person: Person, case_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of the case, only ever as an attachment."""
    return opening.attachment(*services.read_evidence(case_id, evidence_id, by=person))


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
    possible = acts_for(found.status, found.respondent_kind, permissions(person.role_set), took_part=took_part)
    page = render_template(
        "complaints/case.html",
        case=found,
        opened=sealing.opened(found, for_filer=False),
        acts=possible,
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
        queue=_name(),
        took_part=took_part,
        id_type_labels=ID_TYPE_LABELS,
    )
    return page, code


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


def _name() -> str:
    """The queue that the person came from."""
    return request.blueprint or "verification"


for _blueprint in (verification, determination):
    _blueprint.add_url_rule("/", "queue", queue, methods=["GET"])
    _blueprint.add_url_rule("/<int:case_id>", "case", case, methods=["GET"])
    _blueprint.add_url_rule("/<int:case_id>/identity", "identity", identity, methods=["POST"])
    _blueprint.add_url_rule("/<int:case_id>/evidence/<int:evidence_id>", "evidence", evidence, methods=["GET"])
    _blueprint.add_url_rule("/<int:case_id>/<what>", "act", act, methods=["POST"])
