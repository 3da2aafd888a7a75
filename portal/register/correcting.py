"""The desk's way to put a recorded act right."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.accounts import show_faults
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound
from portal.register import queries
from portal.register.forms import CorrectionForm
from portal.register.models import RegisterEvent
from portal.register.rules import EntryStatus
from portal.register.services.correcting import Correction, correct


@staff(Permission.KEEP_REGISTER, Permission.DETERMINE)
def correction(person: Person, ref: str, event_id: int) -> ResponseReturnValue:
    """Put right what an act of a unit's history recorded wrongly."""
    found = queries.unit_by_ref(ref)
    event = db.session.get(RegisterEvent, event_id) if event_id < 2**31 else None
    if found is None or event is None or event.unit_id != found.id:
        raise NotFound
    form = CorrectionForm.of(found, event.entry)
    removed = event.entry is not None and event.entry.status is EntryStatus.REMOVED
    if not (removed and Permission.DETERMINE in permissions(person.role_set)):
        del form.restore
    if event.entry is None:
        del form.batch, form.listed_on, form.source_url
    if form.validate_on_submit():
        try:
            correct(event, _told(form), version=form.version.data or 0, by=person)
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            keeps = Permission.KEEP_REGISTER in permissions(person.role_set)
            return redirect(url_for("register_desk.unit" if keeps else "register.unit", ref=found.public_id))
    return render_template("register/desk_correct.html", unit=found, event=event, form=form)


def _told(form: CorrectionForm) -> Correction:
    # Fields that the page did not offer tell nothing.
    told = {name: form[name].data for name in ("batch", "listed_on", "source_url", "restore") if name in form}
    restore = bool(told.pop("restore", False))
    entry = {name: value if name == "listed_on" else value or "" for name, value in told.items()}
    return Correction(
        reason=form.reason.data or "",
        unit={"name": form.name.data or "", "name_bo": form.name_bo.data or ""},
        entry=entry,
        restore=restore,
        document=(form.document.data or "").strip(),
    )
