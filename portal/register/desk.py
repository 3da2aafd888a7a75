"""The register desk: units of the region, what is kept of them, and lists to take in."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.authorities import queries as authority_queries
from portal.authorities.accounts import show_faults
from portal.authorities.desk import Section, add_section, staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.foundation.choices import choice
from portal.foundation.errors import Invalid, NotFound
from portal.register import national_form, queries, services
from portal.register.correcting import correction
from portal.register.forms import NONE, ImportForm, UnitForm
from portal.register.lists.files import LARGEST_FILE, UnreadableList
from portal.register.lists.report import OUTCOME_LABELS, ImportReport
from portal.register.lists.rows import Defaults
from portal.register.models import Unit
from portal.register.public import XLSX
from portal.register.queries import Scope, Selection
from portal.register.rules import (
    CATEGORY_LABELS,
    EVENT_LABELS,
    STATUS_LABELS,
    Category,
    EntryStatus,
    Level,
    level_label,
)
from portal.register.services import UnitDetails

blueprint = Blueprint("register_desk", __name__, url_prefix="/desk/register")
PER_PAGE = 40
MOST_SHOWN = 300


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    app.register_blueprint(blueprint)
    add_section(app, Section(40, "register_desk.index", _l("Register"), frozenset({Permission.KEEP_REGISTER})))


blueprint.add_url_rule("/units/<ref>/acts/<int:event_id>", view_func=correction, methods=["GET", "POST"])


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "category_labels": CATEGORY_LABELS,
        "status_labels": STATUS_LABELS,
        "event_labels": EVENT_LABELS,
        "outcome_labels": OUTCOME_LABELS,
        "level_label": level_label,
    }


@blueprint.get("/")
@staff(Permission.KEEP_REGISTER)
def index(_person: Person) -> ResponseReturnValue:
    """The units of the region, or all of them."""
    text = " ".join(request.args.get("q", "").replace("\x00", "").split())[:100]
    scope = Scope.ALL if request.args.get("scope") == Scope.ALL else Scope.REGION
    page = queries.units_page(request.args.get("page", 1, type=int), PER_PAGE, scope=scope, text=text)
    years = sorted(queries.facet_counts(Selection())["year"], reverse=True)
    return render_template("register/desk_units.html", page=page, q=text, scope=scope, levels=list(Level), years=years)


@blueprint.get("/national-form.xlsx")
@staff(Permission.KEEP_REGISTER)
def national(_person: Person) -> ResponseReturnValue:
    """The region's units on the lists, of a level and a year where they are named, as the ministry's platform takes them."""
    chosen = queries.parse_strictly(request.args)
    entries = queries.stream(replace(chosen, scope=Scope.REGION, status=(EntryStatus.ACTIVE,)))
    response = Response(b"".join(national_form.workbook(entries)), content_type=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename="national-form.xlsx")
    return response


@blueprint.route("/units/<ref>", methods=["GET", "POST"])
@staff(Permission.KEEP_REGISTER)
def unit(person: Person, ref: str) -> ResponseReturnValue:
    """What is kept of a unit."""
    found = queries.unit_by_ref(ref)
    if found is None:
        raise NotFound
    form = _unit_form(found)
    if form.validate_on_submit():
        details = UnitDetails(
            name_bo=form.name_bo.data or "",
            uscc=form.uscc.data or "",
            authority=form.authority.data or "",
            attribution_confirmed=bool(form.attribution_confirmed.data),
            former_name=form.former_name.data or "",
        )
        try:
            services.keep_unit(found, details, version=form.version.data or 0, by=person)
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("register_desk.unit", ref=found.public_id))
    return render_template("register/desk_unit.html", unit=found, form=form, events=queries.history(found))


@blueprint.route("/import", methods=["GET", "POST"])
@staff(Permission.KEEP_REGISTER)
def import_list(person: Person) -> ResponseReturnValue:
    """Take a list in: first a preview that keeps nothing, then, with the same file again, the import."""
    form = ImportForm()
    report: ImportReport | None = None
    if form.validate_on_submit():
        content = form.file.data.stream.read(LARGEST_FILE + 1)
        digest = hashlib.sha256(content).hexdigest()
        accepted = form.accepted.data == digest
        try:
            report = services.import_list(content, _defaults(form), dry_run=not accepted, by=person)
        except UnreadableList as wrong:
            form.file.errors = [wrong.message]
        form.accepted.data = digest
        if accepted and report is not None:
            flash(_("Saved."), "success")
    return render_template("register/desk_import.html", form=form, report=report, most_shown=MOST_SHOWN)


def _unit_form(found: Unit) -> UnitForm:
    form = UnitForm(
        data={
            "name_bo": found.name_bo,
            "uscc": found.uscc or "",
            "authority": found.authority.code if found.authority else "",
            "attribution_confirmed": found.attribution_confirmed,
            "version": found.version,
        }
    )
    form.authority.choices = [
        NONE,
        *(choice(item.code, str(item.name)) for item in authority_queries.authorities()),
    ]
    return form


def _defaults(form: ImportForm) -> Defaults:
    return Defaults(
        category=Category(form.category.data) if form.category.data else None,
        level=Level(form.level.data) if form.level.data else None,
        year=form.year.data,
        batch=form.batch.data or "",
        source_url=form.source_url.data or "",
    )
