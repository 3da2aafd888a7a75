"""An enterprise's page of its green code: what is recorded, and what it claims with evidence."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.credentials.green_codes import queries, services
from portal.credentials.green_codes.forms import ClaimForm
from portal.credentials.green_codes.rules import GreenLevel
from portal.credentials.members.models import UnitMember
from portal.credentials.members.my import member
from portal.foundation import clock
from portal.foundation.errors import DomainError, Invalid
from portal.vault.evidence import EvidenceRefused, accept_attribute

blueprint = Blueprint("my_green_code", __name__, url_prefix="/my")


@blueprint.get("/<ref>/green-code")
@member
def index(membership: UnitMember) -> ResponseReturnValue:
    """What is recorded of the unit's code."""
    return _page(membership, ClaimForm(formdata=None, data={"year": clock.today().year}))


@blueprint.post("/<ref>/green-code")
@member
def claim(membership: UnitMember) -> ResponseReturnValue:
    """Claim a code with evidence."""
    form = ClaimForm()
    if not form.validate():
        return _page(membership, form, 422)
    sent = form.evidence.data
    try:
        services.claim_code(
            membership.unit,
            form.year.data or 0,
            GreenLevel(form.level.data),
            (sent.filename or "", sent.stream),
            by=membership.person,
        )
    except EvidenceRefused as refused:
        form.evidence.errors = [refused.message]
        return _page(membership, form, refused.status)
    except Invalid as refused:
        form.year.errors = list(map(str, refused.fields.values()))
        return _page(membership, form, refused.status)
    except DomainError as refused:
        form.form_errors = [refused.message]
        return _page(membership, form, refused.status)
    flash(_("Saved."), "success")
    return redirect(url_for("my_green_code.index", ref=membership.unit.public_id))


def _page(membership: UnitMember, form: ClaimForm, code: int = 200) -> ResponseReturnValue:
    unit = membership.unit
    page = render_template(
        "green_codes/my.html",
        membership=membership,
        unit=unit,
        codes=queries.codes_of(unit),
        form=form,
        accept=accept_attribute(),
    )
    return page, code
