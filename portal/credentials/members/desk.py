"""The authorities' desk of enterprises: who says that they speak for a unit, and whether they do."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials.members import queries, sealing, services
from portal.credentials.members.forms import DecideForm
from portal.credentials.members.models import UnitClaim
from portal.credentials.members.rules import CLAIM_LABELS, ClaimState
from portal.filings import opening
from portal.foundation.errors import DomainError, Invalid

blueprint = Blueprint("enterprises", __name__, url_prefix="/desk/enterprises")


@blueprint.get("/")
@staff(Permission.CONFIRM_UNITS)
def index(person: Person) -> ResponseReturnValue:
    """Claims, those that wait first."""
    try:
        state = ClaimState(request.args["state"]) if request.args.get("state") else None
    except ValueError:
        state = None
    return render_template("my/desk_claims.html", page=queries.claims(person, state), state=state, labels=CLAIM_LABELS)


@blueprint.get("/<int:claim_id>")
@staff(Permission.CONFIRM_UNITS)
def claim(person: Person, claim_id: int) -> ResponseReturnValue:
    """One claim with its letter."""
    return _page(queries.claim(claim_id, person), DecideForm(formdata=None))


@blueprint.get("/<int:claim_id>/letter")
@opening.sandbox
@staff(Permission.CONFIRM_UNITS)
def letter(person: Person, claim_id: int) -> ResponseReturnValue:
    """The letter, only ever as something to keep."""
    return opening.attachment(*services.read_letter(claim_id, by=person))


@blueprint.post("/<int:claim_id>/<any(confirm,refuse):what>")
@staff(Permission.CONFIRM_UNITS)
def decide(person: Person, claim_id: int, what: str) -> ResponseReturnValue:
    """Confirm or not."""
    form = DecideForm()
    if not form.validate():
        return _page(queries.claim(claim_id, person), form, code=422)
    try:
        services.decide_claim(claim_id, confirmed=what == "confirm", reason=form.reason.data or "", by=person)
    except Invalid as refused:
        form.reason.errors = list(map(str, refused.fields.values()))
        return _page(queries.claim(claim_id, person), form, code=refused.status)
    except DomainError as refused:
        return _page(queries.claim(claim_id, person), form, error=refused.message, code=refused.status)
    flash(_("Saved."), "success")
    return redirect(url_for("enterprises.index"))


def _page(found: UnitClaim, form: DecideForm, *, error: object = None, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "my/desk_claim.html",
        claim=found,
        contact=None if found.is_erased else sealing.contact_of(found),
        letter_name="" if found.is_erased else sealing.box_of(found).open_text(found.sealed_name, services.LETTER_NAME),
        labels=CLAIM_LABELS,
        form=form,
        error=error,
    )
    return page, code
