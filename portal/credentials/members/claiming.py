"""The way in for enterprises: claim a unit, and join by the link of an invitation."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities import queries as authority_queries
from portal.credentials.members import sealing, services
from portal.credentials.members.forms import ClaimForm, JoinForm
from portal.extensions import limiter
from portal.foundation.errors import DomainError, Invalid
from portal.foundation.languages import current_language
from portal.foundation.web import LANGUAGE_PREFIX
from portal.register import queries as register
from portal.register.queries import Scope
from portal.vault.evidence import EvidenceRefused, accept_attribute

blueprint = Blueprint("enterprise", __name__, url_prefix=LANGUAGE_PREFIX + "/enterprises")
PATH = "enterprises/"
MOST_FOUND = 12


@blueprint.route("/claim", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
def claim() -> ResponseReturnValue:
    """Find the unit, say who one is, give the letter."""
    form = ClaimForm(data={"unit": request.args.get("unit", "")})
    unit = register.unit_by_ref(form.unit.data or "")
    if request.method == "GET" or unit is None:
        return _claim_page(form, 200 if request.method == "GET" else 422)
    letter = request.files.get("letter")
    valid = form.validate()
    if letter is None or not letter.filename:
        form.letter.errors = [_("Please choose the letter as a file.")]
        valid = False
    if not valid or letter is None:
        return _claim_page(form, 422)
    try:
        services.claim_unit(
            unit,
            form.contact,
            (letter.filename or "", letter.stream),  # type: ignore[arg-type]
            current_language(),
        )
    except EvidenceRefused as refused:
        form.letter.errors = [refused.message]
        return _claim_page(form, refused.status)
    except DomainError as refused:
        form.form_errors = [refused.message]
        return _claim_page(form, refused.status)
    return render_template("my/claimed.html", unit=unit), 201


@blueprint.route("/join/<token>", methods=["GET", "POST"])
@limiter.limit("30 per hour")
def join(token: str) -> ResponseReturnValue:
    """Become a member, with a password for whoever has no account yet."""
    invitation = services.invitation_of(token)
    known = authority_queries.person_by_email(sealing.contact_of(invitation).email)
    form = JoinForm()
    if known is not None:
        del form.password, form.again
    if form.validate_on_submit():
        try:
            services.accept(token, form.password.data or "" if known is None else "")
        except Invalid as refused:
            form.form_errors = list(map(str, refused.fields.values()))
        else:
            return redirect(url_for("security.login", next=url_for("my.index")))
    return render_template("my/join.html", form=form, invitation=invitation, known=known), 422 if form.errors else 200


def _claim_page(form: ClaimForm, code: int) -> ResponseReturnValue:
    find = request.args.get("find", "").strip()[:100]
    page = render_template(
        "my/claim.html",
        form=form,
        unit=register.unit_by_ref(form.unit.data or ""),
        find=find,
        found=register.find_units(find, Scope.REGION, MOST_FOUND) if find else None,
        accept=accept_attribute(),
    )
    return page, code
