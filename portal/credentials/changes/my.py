"""An enterprise's page of its changes: what was stated, and the form to state one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities import queries as authorities
from portal.authorities.accounts import show_faults
from portal.credentials.changes import services
from portal.credentials.members.models import UnitMember
from portal.credentials.members.my import member
from portal.filings import limits
from portal.filings.forms import sent_files
from portal.foundation.errors import DomainError, Invalid
from portal.register.changes import queries
from portal.register.changes.forms import ChangeForm
from portal.register.changes.wording import STATEMENT_WORDS
from portal.vault.evidence import accept_attribute

blueprint = Blueprint("my_changes", __name__, url_prefix="/my")


@blueprint.route("/<ref>/changes", methods=["GET", "POST"])
@member
def index(membership: UnitMember) -> ResponseReturnValue:
    """What was stated of the unit and where it stands, and a new statement."""
    unit = membership.unit
    form = ChangeForm(data={"version": str(unit.version)})
    form.offer(authorities.verifying_authorities())
    code = 200
    if form.validate_on_submit():
        files = sent_files(form.file.data or [])
        try:
            made = services.state_own_change(unit, form.change(), files, version=form.seen, by=membership.person)
        except Invalid as refused:
            show_faults(form, refused)
        except DomainError as refused:
            form.form_errors, code = [refused.message], refused.status
        else:
            flash(_("Saved."), "success")
            kind, number = made.duty_key.split(":")
            return redirect(url_for("my_duties.duty", ref=unit.public_id, kind=kind, number=number))
    page = render_template(
        "register/changes/my.html",
        **STATEMENT_WORDS,
        membership=membership,
        unit=unit,
        statements=queries.statements_of(unit),
        form=form,
        limits=limits,
        accept=accept_attribute(),
    )
    return page, 422 if form.errors and code == 200 else code
