"""The desk of the yearly forms: who owes one, and the authority's import of who has filed it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials.duties import queries, services
from portal.credentials.duties.forms import FormsForm
from portal.credentials.duties.rules import FORM_LABELS, FormState
from portal.credentials.sheets import FAULT_LABELS, Report
from portal.foundation import clock
from portal.register.lists.files import LARGEST_FILE, UnreadableList

blueprint = Blueprint("dynamic_forms", __name__, url_prefix="/desk/dynamic-forms")
MOST_SHOWN = 500


@blueprint.get("/")
@staff(Permission.CONFIRM_UNITS)
def index(person: Person) -> ResponseReturnValue:
    """Who owes the form of a year, and what was told of them."""
    this = clock.today().year
    year = request.args.get("year", this, type=int)
    year = year if services.FIRST_YEAR <= year <= this else this
    return render_template(
        "duties/desk.html",
        owed=queries.owed(year, person),
        year=year,
        years=range(this, this - 3, -1),
        due=queries.due_day(year),
        labels=FORM_LABELS,
        most_shown=MOST_SHOWN,
    )


@blueprint.route("/import", methods=["GET", "POST"])
@staff(Permission.CONFIRM_UNITS)
def tell(person: Person) -> ResponseReturnValue:
    """Who has filed: first a preview, then, with the same file again, all of its rows."""
    form = FormsForm(data={"year": clock.today().year})
    report: Report[FormState] | None = None
    if form.validate_on_submit():
        content = form.file.data.stream.read(LARGEST_FILE + 1)
        try:
            report = services.tell_forms(content, form.year.data or 0, accepted=form.accepted.data or "", by=person)
        except UnreadableList as wrong:
            form.file.errors = [wrong.message]
        else:
            form.accepted.data = report.digest
            if report.taken:
                flash(_("Saved."), "success")
                return redirect(url_for("dynamic_forms.index"))
    page = render_template(
        "duties/desk_import.html", form=form, report=report, faults=FAULT_LABELS, most_shown=MOST_SHOWN
    )
    return page, 422 if form.errors else 200
