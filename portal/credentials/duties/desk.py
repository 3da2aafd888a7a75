"""The desk of the yearly forms: who owes one, and the authority's import of who has filed it."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials.duties import queries, services
from portal.credentials.duties.rules import FORM_LABELS
from portal.credentials.duties.wording import FORM
from portal.credentials.sheets import desk as sheet_page
from portal.credentials.sheets.desk import SheetPage
from portal.foundation import clock

blueprint = Blueprint("dynamic_forms", __name__, url_prefix="/desk/dynamic-forms")
MOST_SHOWN = 500
IMPORT = SheetPage(
    services.tell_forms,
    "dynamic_forms.index",
    FORM,
    _l(
        "Who has filed, with the columns of credit code and status (已填报, 未填报); only the people of a unit read it."
    ),
    _l("Status"),
)


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
    """Who has filed, as a spreadsheet."""
    return sheet_page.answer(IMPORT, person)
