"""The texts that an authority writes often, managed at its desk."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.handling import queries as handling
from portal.complaints.handling import services
from portal.complaints.handling.forms import TemplateForm
from portal.complaints.handling.models import ReplyTemplate
from portal.foundation.languages import Localized


@staff(*CASE_STAFF)
def templates(person: Person) -> ResponseReturnValue:
    """All texts of one's authority, and a form for a new one."""
    return _edit(person, None)


@staff(*CASE_STAFF)
def template(person: Person, template_id: int) -> ResponseReturnValue:
    """Change one text."""
    return _edit(person, handling.template(template_id, person))


@staff(*CASE_STAFF)
def delete_template(person: Person, template_id: int) -> ResponseReturnValue:
    """Give a text up."""
    services.delete_template(template_id, by=person)
    flash(_("Saved."), "success")
    return redirect(url_for(f"{queue_name()}.templates"))


def _edit(person: Person, found: ReplyTemplate | None) -> ResponseReturnValue:
    shown = {"name": found.name, "zh": found.text.zh, "bo": found.text.bo} if found else None
    form = TemplateForm(data=shown)
    if form.validate_on_submit():
        text = Localized(zh=form.zh.data or "", bo=form.bo.data or "")
        services.save_template(found.id if found else None, form.name.data or "", text, by=person)
        flash(_("Saved."), "success")
        return redirect(url_for(f"{queue_name()}.templates"))
    page = render_template(
        "complaints/templates.html",
        form=form,
        found=found,
        templates=handling.templates_of(person),
        queue=queue_name(),
    )
    return page, 422 if form.errors else 200
