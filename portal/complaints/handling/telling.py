"""Telling those who could consent that a colleague's request waits: the case's number and the way to it, no more."""

from __future__ import annotations

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.authorities import queries as accounts
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import queries
from portal.complaints.handling.models import IdentityRequest
from portal.complaints.handling.rules import RequestState
from portal.complaints.models import Case
from portal.filings.notices import written
from portal.foundation import outbox
from portal.foundation.database import db
from portal.foundation.languages import LANGUAGES
from portal.foundation.outbox import Channel, Delivery, OutboxMessage
from portal.settings import Settings

KIND = "case.consent"


def install(app: Flask) -> None:
    """Say how the mails are composed."""
    outbox.add_kind(app, KIND, _compose)


def tell_who_could_consent(request: IdentityRequest) -> None:
    """Put a mail for each, inside the transaction of the request. One for each: a failing mailbox repeats no other's."""
    for person in accounts.staff():
        if _could_consent(person, request):
            outbox.put(KIND, f"case:{request.case_id}", {"request": request.id, "person": person.id})


def _could_consent(person: Person, request: IdentityRequest) -> bool:
    """Whether somebody sees the case, and did not ask themselves."""
    sees = queries.scope(person).where(Case.id == request.case_id).with_only_columns(Case.id)
    return person.active and person.id != request.asked_by_id and db.session.scalar(sees) is not None


def _compose(message: OutboxMessage) -> Delivery | None:
    person = db.session.get(Person, message.facts["person"])
    request = db.session.get(IdentityRequest, message.facts["request"])
    if person is None or request is None or request.state is not RequestState.WAITING:
        return None
    if not _could_consent(person, request):
        return None
    settings: Settings = current_app.extensions["portal.settings"]
    desk = "determination" if Permission.DETERMINE in permissions(person.role_set) else "verification"
    with force_locale(LANGUAGES[person.language].locale):
        said = _(
            "In case %(number)s, a request to open the identity waits for a second person's consent: %(address)s",
            number=request.case.receipt,
            address=f"{settings.address()}desk/{desk}/{request.case_id}",
        )
        title = _("A colleague's request waits for your consent")
        return written(person.language, Channel.MAIL, person.email, title, [said])
