"""Handing over all open cases of a colleague in one go: whoever leaves, leaves nothing behind."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.authorities import queries as accounts
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.authorities.services import Hindrance
from portal.complaints.desk.frame import CASE_STAFF
from portal.complaints.handling import services, staffing
from portal.foundation.errors import DomainError, NotFound

LONGEST_NUMBER = 10


@staff(*CASE_STAFF, Permission.MANAGE_ACCOUNTS)
def hand_over(person: Person, person_id: int) -> ResponseReturnValue:
    """How many cases a colleague has, and to whom they go. No case is shown: administrators see none."""
    leaving = accounts.person(person_id)
    staffing.require_hand_over(leaving, person)
    error: object = None
    if request.method == "POST":
        to = request.form.get("to", "")
        if not (to.isascii() and to.isdecimal() and len(to) < LONGEST_NUMBER):
            error = _("Please choose")
        else:
            try:
                assigned = services.hand_over_all(leaving, int(to), by=person)
            except NotFound:
                raise
            except DomainError as refused:
                error = refused.message
            else:
                flash(_("%(n)s cases were given to this person.", n=assigned.done), "success")
                return redirect(url_for("verification.hand_over", person_id=person_id))
    page = render_template(
        "complaints/handover.html",
        leaving=leaving,
        number=staffing.open_cases_of(leaving),
        successors=staffing.successors(leaving),
        error=error,
        back="accounts.change" if Permission.MANAGE_ACCOUNTS in permissions(person.role_set) else None,
    )
    return page, 422 if error else 200


def open_cases_hinder(person: Person) -> Hindrance | None:
    """An account with open cases stays open until each of them is somebody else's."""
    if not staffing.open_cases_of(person):
        return None
    message = _l("This person still has open cases. Hand them over first.")
    return Hindrance(message, "verification.hand_over", {"person_id": person.id})
