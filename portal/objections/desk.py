"""The department's queue of objections, and one objection with what can be done now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as PageNotFound

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import permissions
from portal.filings import looking, opening, sealing
from portal.filings.forms import ID_TYPE_LABELS, IdentityForm, seen_version
from portal.filings.sealing import Identity
from portal.foundation import clock
from portal.foundation.errors import DomainError, Invalid, NotFound
from portal.objections import clocks, queries, services
from portal.objections.forms import ActForm
from portal.objections.models import Objection
from portal.objections.rules import STAFF, STAFF_ACTS, ObjectionAct, ObjectionStatus, acts_for
from portal.vault.previews import Size

blueprint = Blueprint("objections_desk", __name__, url_prefix="/desk/objections")


@blueprint.get("/")
@staff(STAFF)
def queue(person: Person) -> ResponseReturnValue:
    """Objections by due date."""
    try:
        status = ObjectionStatus(request.args["status"]) if request.args.get("status") else None
    except ValueError:
        status = None
    text = request.args.get("q", "").strip()[:100]
    wanted = [status] if status else list(ObjectionStatus) if text else queries.QUEUE
    return render_template(
        "objections/queue.html",
        page=queries.queue(person, wanted, text),
        counts=queries.counts(person),
        status=status,
        q=text,
        days_until=lambda objection: clocks.days_until(objection, clock.today()),
        due=clocks.due,
    )


@blueprint.get("/<int:objection_id>")
@staff(STAFF)
def show(person: Person, objection_id: int) -> ResponseReturnValue:
    """One objection: what happened, and what can be done now."""
    return _page(person, queries.objection_for(objection_id, person))


@blueprint.post("/<int:objection_id>/<what>")
@staff(STAFF)
def act(person: Person, objection_id: int, what: str) -> ResponseReturnValue:
    """Do something with an objection. What is refused is said on its page, with the text still in its field."""
    try:
        doing = ObjectionAct(what)
    except ValueError:
        raise PageNotFound from None
    if doing not in STAFF_ACTS:
        raise PageNotFound
    form = ActForm()
    if not form.validate():
        return _page(person, queries.objection_for(objection_id, person), form=form, failed=doing, code=422)
    try:
        services.act(objection_id, doing, _instruction(form), by=person)
    except Invalid as refused:
        for name, fault in refused.fields.items():
            form[name].errors = [fault]
        return _page(person, queries.objection_for(objection_id, person), form=form, failed=doing, code=refused.status)
    except NotFound:
        raise
    except DomainError as refused:
        found = queries.objection_for(objection_id, person)
        return _page(person, found, form=form, failed=doing, error=refused.message, code=refused.status)
    flash(_("Saved."), "success")
    return redirect(url_for("objections_desk.show", objection_id=objection_id))


@blueprint.post("/<int:objection_id>/identity")
@staff(STAFF)
def identity(person: Person, objection_id: int) -> ResponseReturnValue:
    """Open the identity once, for a reason that is recorded and shown to the objector."""
    form = IdentityForm()
    if not form.validate():
        return _page(person, queries.objection_for(objection_id, person), identity_form=form, code=422)
    try:
        shown = services.open_identity(objection_id, form.reason.data or "", by=person)
    except Invalid as refused:
        form.reason.errors = list(map(str, refused.fields.values()))
        return _page(person, queries.objection_for(objection_id, person), identity_form=form, code=422)
    return _page(person, queries.objection_for(objection_id, person), identity=shown)


@blueprint.get("/<int:objection_id>/evidence/<int:evidence_id>")
@opening.sandbox
@staff(STAFF)
def evidence(person: Person, objection_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of the objection, only ever as an attachment."""
    return opening.attachment(*services.read_evidence(objection_id, evidence_id, by=person))


@blueprint.get("/<int:objection_id>/evidence/<int:evidence_id>/look")
@staff(STAFF)
def look(person: Person, objection_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of the objection as the portal draws it, page by page."""
    row: dict[str, Any] = {"objection_id": objection_id, "evidence_id": evidence_id}
    return looking.page(
        services.look_at_evidence(objection_id, evidence_id, by=person),
        back=url_for("objections_desk.show", objection_id=objection_id),
        original=url_for("objections_desk.evidence", **row),
        drawn=lambda number: url_for("objections_desk.preview", **row, page=number),
    )


@blueprint.get("/<int:objection_id>/evidence/<int:evidence_id>/preview/<int:page>")
@opening.sandbox
@staff(STAFF)
def preview(person: Person, objection_id: int, evidence_id: int, page: int) -> ResponseReturnValue:
    """One page of a file as a picture."""
    return looking.picture(services.look_at_evidence(objection_id, evidence_id, by=person), page, Size.PAGE)


@blueprint.get("/<int:objection_id>/evidence/<int:evidence_id>/thumbnail")
@opening.sandbox
@staff(STAFF)
def thumbnail(person: Person, objection_id: int, evidence_id: int) -> ResponseReturnValue:
    """The first page of a file as a small picture."""
    return looking.picture(services.look_at_evidence(objection_id, evidence_id, by=person), 1, Size.THUMBNAIL)


def _page(
    person: Person,
    found: Objection,
    *,
    form: ActForm | None = None,
    failed: ObjectionAct | None = None,
    identity_form: IdentityForm | None = None,
    identity: Identity | None = None,
    error: object = None,
    code: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "objections/case.html",
        objection=found,
        opened=sealing.opened(found, for_filer=False),
        others=queries.others(found),
        acts=acts_for(found.status, permissions(person.role_set)),
        sent_form=form or ActForm(formdata=None),
        empty_form=ActForm(formdata=None),
        failed=failed,
        error=error,
        identity_form=identity_form or IdentityForm(formdata=None),
        identity=identity,
        due=clocks.due(found),
        left=clocks.days_until(found, clock.today()),
        id_type_labels=ID_TYPE_LABELS,
    )
    return page, code


def _instruction(form: ActForm) -> services.Instruction:
    return services.Instruction(
        version=seen_version(form.version.data), note=form.note.data or "", ground=form.chosen_ground
    )
