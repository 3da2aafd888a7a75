"""The department's queue of objections, and one objection with what can be done now."""

from __future__ import annotations

from typing import Unpack

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import permissions
from portal.filings import desk
from portal.filings.forms import IdentityForm
from portal.filings.trying import Refused, attempt
from portal.foundation import clock
from portal.objections import clocks, queries, services
from portal.objections.forms import ActForm
from portal.objections.rules import STAFF, STAFF_ACTS, ObjectionStatus, acts_for

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
    return _page(person, objection_id)


@blueprint.post("/<int:objection_id>/<what>")
@staff(STAFF)
def act(person: Person, objection_id: int, what: str) -> ResponseReturnValue:
    """Do something with an objection. What is refused is said on its page, with the text still in its field."""
    doing, form = desk.act_named(what, STAFF_ACTS), ActForm()
    done = attempt(lambda: services.act(objection_id, doing, form.instruction(), by=person), form)
    if isinstance(done, Refused):
        return _page(person, objection_id, form=form, failed=doing, refused=done)
    flash(_("Saved."), "success")
    return redirect(url_for("objections_desk.show", objection_id=objection_id))


@blueprint.post("/<int:objection_id>/identity")
@staff(STAFF)
def identity(person: Person, objection_id: int) -> ResponseReturnValue:
    """Open the identity once, for a reason that is recorded and shown to the objector."""
    form = IdentityForm()
    shown = attempt(lambda: services.open_identity(objection_id, form.reason.data or "", by=person), form)
    if isinstance(shown, Refused):
        return _page(person, objection_id, identity_form=form, refused=shown)
    return _page(person, objection_id, identity=shown)


desk.FilesDesk(services.FILES, "objection_id", "show").bind(blueprint, STAFF)


def _page(person: Person, objection_id: int, **shown: Unpack[desk.Shown]) -> ResponseReturnValue:
    found = queries.objection_for(objection_id, person)
    return desk.page(
        "objections/case.html",
        found,
        ActForm,
        shown,
        objection=found,
        others=queries.others(found),
        acts=acts_for(found.status, permissions(person.role_set)),
        due=clocks.due(found),
        left=clocks.days_until(found, clock.today()),
    )
