"""What staff do around a case: give it, note, link, keep away, consent. Each answers with the case's page."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.complaints.desk.case import case_page
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.handling import services
from portal.complaints.handling.rules import InterestDeclared
from portal.filings.forms import LONGEST_NUMBER, seen_version, tidy
from portal.filings.trying import Refused, attempt
from portal.foundation import sanitizing
from portal.foundation.errors import NotFound

LONGEST_NOTE = 4_000


@staff(*CASE_STAFF)
def give(person: Person, case_id: int) -> ResponseReturnValue:
    """Give a case to a colleague, to oneself, or back into the queue."""
    to = request.form.get("to", "")
    version = seen_version(request.form.get("version"))
    to_id = None if to == "nobody" else _number(to)
    return _doing(person, case_id, lambda: services.assign(case_id, version, to_id, by=person, note=_text("note")))


@staff(*CASE_STAFF)
def note(person: Person, case_id: int) -> ResponseReturnValue:
    """Write a note that only staff read."""
    return _doing(person, case_id, lambda: services.add_note(case_id, _text("text"), by=person))


@staff(*CASE_STAFF)
def link(person: Person, case_id: int) -> ResponseReturnValue:
    """Let other cases on the same respondent belong to this one."""
    others = [_number(item) for item in request.form.getlist("other")]
    return _doing(person, case_id, lambda: services.link(case_id, others, by=person))


@staff(*CASE_STAFF)
def unlink(person: Person, case_id: int) -> ResponseReturnValue:
    """Let this case stand alone."""
    return _doing(person, case_id, lambda: services.unlink(case_id, by=person))


@staff(*CASE_STAFF)
def interest(person: Person, case_id: int) -> ResponseReturnValue:
    """Declare an interest, and leave the case."""
    declared = attempt(lambda: services.declare_interest(case_id, _text("reason"), by=person))
    if isinstance(declared, Refused):
        return case_page(person, case_id, refused=declared)
    flash(str(InterestDeclared.message), "success")
    return redirect(url_for(f"{queue_name()}.queue"))


@staff(Permission.DETERMINE)
def take_back_interest(person: Person, case_id: int, interest_id: int) -> ResponseReturnValue:
    """Take back what a colleague declared by mistake."""
    return _doing(
        person, case_id, lambda: services.take_back_interest(case_id, interest_id, _text("reason"), by=person)
    )


@staff(*CASE_STAFF)
def consent(person: Person, case_id: int, request_id: int) -> ResponseReturnValue:
    """Consent to a colleague's request to open the identity, or decline it."""
    agreed = request.form.get("decision") == "consent"
    return _doing(person, case_id, lambda: services.decide_on_identity(request_id, consent=agreed, by=person))


@staff(*CASE_STAFF)
def open_requested(person: Person, case_id: int, request_id: int) -> ResponseReturnValue:
    """Open the identity once, after somebody consented."""
    opened = attempt(lambda: services.open_requested_identity(request_id, by=person))
    if isinstance(opened, Refused):
        return case_page(person, case_id, refused=opened)
    found, identity = opened
    return case_page(person, found.id, identity=identity)


def _doing(person: Person, case_id: int, what: Callable[[], object]) -> ResponseReturnValue:
    """Do it and show the case; what was refused is said there."""
    done = attempt(what)
    if isinstance(done, Refused):
        return case_page(person, case_id, refused=done)
    flash(_("Saved."), "success")
    return redirect(url_for(f"{queue_name()}.case", case_id=case_id))


def _text(name: str) -> str:
    text = (tidy(request.form.get(name, "")) or "").replace("\0", "")[:LONGEST_NOTE]
    return "" if sanitizing.has_private_use(text) else text


def _number(text: str) -> int:
    """A number of a row.

    Raises:
        NotFound: it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER):
        raise NotFound
    return int(text)
