"""The calendar desk: a month to look at, days to enter with a preview, and how a date is counted."""

from __future__ import annotations

import hashlib
from datetime import date

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.authorities.accounts import show_faults
from portal.authorities.desk import Section, add_section, staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.foundation import clock
from portal.foundation.choices import choice
from portal.foundation.errors import Invalid
from portal.foundation.workdays import DateNotCovered, Step
from portal.rulebook import importing, places, queries, services
from portal.rulebook.forms import DaysForm
from portal.rulebook.importing import Days, UnreadableDays
from portal.rulebook.months import Month
from portal.rulebook.services import Provenance

blueprint = Blueprint("calendar_desk", __name__, url_prefix="/desk/calendar")
MAY_READ = (Permission.KEEP_REGISTER, Permission.PUBLISH)


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    app.register_blueprint(blueprint)
    add_section(app, Section(72, "calendar_desk.index", _l("Working-day calendar"), frozenset(MAY_READ)))


@blueprint.get("/")
@staff(*MAY_READ)
def index(person: Person) -> ResponseReturnValue:
    """One month as it holds at one place, the days that were entered, and a count on request."""
    names = places.names()
    place = request.args.get("place", places.REGION)
    place = place if place in names else places.REGION
    month = Month.parse(request.args.get("month", "")) or Month.of(clock.today())
    return render_template(
        "rulebook/desk_calendar.html",
        places=names,
        place=place,
        month=month,
        weeks=month.weeks(queries.calendar_of_place(place)),
        entered={item.day: item for item in queries.entered_days(place)},
        days=queries.entered_days(year=month.year),
        years=queries.entered_years(),
        count=_count(place),
        may_enter=Permission.KEEP_REGISTER in permissions(person.role_set),
    )


@blueprint.route("/enter", methods=["GET", "POST"])
@staff(Permission.KEEP_REGISTER)
def enter(person: Person) -> ResponseReturnValue:
    """Enter days: first a preview that keeps nothing, then, with the same days again, for good."""
    form = DaysForm()
    form.place.choices = [choice(code, name) for code, name in places.names().items()]
    found: Days | None = None
    if form.validate_on_submit():
        content = form.file.data.stream.read(importing.LARGEST_FILE + 1) if form.file.data else b""
        found = _read(form, content)
        # What was looked at is what is entered: the days, and for whom they hold.
        shown = f"{form.place.data} {form.year.data}\n{found.as_text}" if found else ""
        digest = hashlib.sha256(shown.encode()).hexdigest()
        if found and not found.faults and form.accepted.data == digest and _enter(form, found, person):
            flash(_("Saved."), "success")
            first = found.rows[0].day
            return redirect(url_for("calendar_desk.index", place=form.place.data, month=Month.of(first).code))
        form.accepted.data = digest
        if found and not found.faults:
            form.days.data = found.as_text
    return render_template("rulebook/desk_days.html", form=form, found=found, places=places.names())


@blueprint.post("/days/<int:day_id>/remove")
@staff(Permission.KEEP_REGISTER)
def remove(person: Person, day_id: int) -> ResponseReturnValue:
    """Take an entered day back."""
    services.remove_day(day_id, by=person)
    flash(_("Saved."), "success")
    return redirect(url_for("calendar_desk.index"))


def _read(form: DaysForm, content: bytes) -> Days | None:
    try:
        if content:
            return importing.read_file(content, form.year.data)
        return importing.read_text(form.days.data or "", form.year.data)
    except UnreadableDays as wrong:
        (form.file if content else form.days).errors = [wrong.message]
        return None


def _enter(form: DaysForm, found: Days, person: Person) -> bool:
    provenance = Provenance(form.source.data or "", form.source_url.data or "", found.as_text)
    try:
        services.enter_days(form.place.data, found.rows, provenance, year=form.year.data, by=person)
    except Invalid as refused:
        show_faults(form, refused)
        return False
    return True


def _count(place: str) -> dict[str, object] | None:
    """The count that was asked for: its days, or the words in which it is refused."""
    days = request.args.get("days", 0, type=int)
    try:
        start = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return None
    if not 1 <= days <= 250:
        return None
    steps: tuple[Step, ...] = ()
    refused: object = ""
    try:
        steps = queries.calendar_of_place(place).explain(start, days)
    except DateNotCovered as unknown:
        refused = unknown.message
    return {"start": start, "days": days, "steps": steps, "refused": refused}
