"""The desk of green codes: recorded from an export, confirmed or not by somebody else."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials.green_codes import queries, services
from portal.credentials.green_codes.forms import RefuseForm
from portal.credentials.green_codes.models import GreenCode
from portal.credentials.sheets import desk as sheet_page
from portal.credentials.sheets.desk import SheetPage
from portal.filings import opening
from portal.foundation.errors import DomainError, Invalid
from portal.foundation.web import row_number

blueprint = Blueprint("green_codes", __name__, url_prefix="/desk/green-codes")
IMPORT = SheetPage(
    services.record_export,
    "green_codes.index",
    _l("National green code"),
    _l(
        "The export of the national platform, with the columns of credit code and level (A+, A, B); a column of the year goes before the year below."
    ),
    _l("Level"),
)


@blueprint.get("/")
@staff(Permission.CONFIRM_UNITS)
def index(person: Person) -> ResponseReturnValue:
    """Records, those that wait first."""
    return render_template("green_codes/desk.html", page=queries.records(person), person=person)


@blueprint.post("/confirm")
@staff(Permission.CONFIRM_UNITS)
def confirm(person: Person) -> ResponseReturnValue:
    """Confirm the chosen records."""
    chosen = request.form.getlist("code", type=row_number)
    try:
        done = services.confirm(chosen, by=person)
    except DomainError as refused:
        flash(str(refused.message), "error")
    else:
        if done:
            flash(_("Saved."), "success")
    return redirect(url_for("green_codes.index"))


@blueprint.route("/import", methods=["GET", "POST"])
@staff(Permission.CONFIRM_UNITS)
def record(person: Person) -> ResponseReturnValue:
    """The platform's export, as a spreadsheet."""
    return sheet_page.answer(IMPORT, person)


@blueprint.get("/<int:code_id>")
@staff(Permission.CONFIRM_UNITS)
def show(person: Person, code_id: int) -> ResponseReturnValue:
    """One record with its evidence."""
    return _page(person, queries.record(code_id, person), RefuseForm(formdata=None))


@blueprint.get("/<int:code_id>/evidence")
@opening.sandbox
@staff(Permission.CONFIRM_UNITS)
def evidence(person: Person, code_id: int) -> ResponseReturnValue:
    """The evidence, only ever as something to keep."""
    found, content = services.read_evidence(code_id, by=person)
    return opening.attachment(found, services.file_name(found), content)


@blueprint.post("/<int:code_id>/refuse")
@staff(Permission.CONFIRM_UNITS)
def refuse(person: Person, code_id: int) -> ResponseReturnValue:
    """Do not confirm a record."""
    form = RefuseForm()
    try:
        if not form.validate():
            raise Invalid({"reason": "".join(map(str, form.reason.errors))})
        services.refuse(code_id, reason=form.reason.data or "", by=person)
    except Invalid as refused:
        form.reason.errors = list(map(str, refused.fields.values()))
        return _page(person, queries.record(code_id, person), form, refused.status)
    except DomainError as refused:
        flash(str(refused.message), "error")
    else:
        flash(_("Saved."), "success")
    return redirect(url_for("green_codes.index"))


def _page(person: Person, found: GreenCode, form: RefuseForm, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "green_codes/desk_code.html", code_record=found, file_name=services.file_name(found), form=form, person=person
    )
    return page, code
