"""What staff are told by e-mail of their own cases' dates: once a day, as numbers, and only where something presses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select

from portal.authorities import queries as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import queries
from portal.complaints.models import Case
from portal.complaints.rules import DETERMINATION_QUEUE, VERIFICATION_QUEUE, CaseStatus
from portal.filings.notices import written
from portal.foundation import clock, outbox
from portal.foundation.database import db, transaction
from portal.foundation.languages import LANGUAGES
from portal.foundation.outbox import Channel, Delivery, OutboxMessage
from portal.foundation.workdays import DateNotCovered
from portal.rulebook import queries as rulebook
from portal.settings import Settings

KIND = "case.dates"
#: Working days before a promised date in which it presses.
NEAR = 3
#: The hour of Asia/Shanghai from which the day's mail may go out.
FROM_HOUR = 8


def install(app: Flask) -> None:
    """Say how the mails are composed."""
    outbox.add_kind(app, KIND, _compose)


def remind() -> int:
    """Put one mail for each member of staff whose cases' dates press today; how many. A second run of a day puts none."""
    if clock.local(clock.now()).hour < FROM_HOUR:
        return 0
    told = 0
    for person in authorities.staff():
        if person.active and permissions(person.role_set) & {Permission.VERIFY, Permission.DETERMINE}:
            told += _remind(person)
    return told


def near_until(today: date, authority_id: int | None) -> date:
    """The last day on which a date presses; in calendar days where the official calendar is not known."""
    try:
        return rulebook.calendar(authority_id).add(today, NEAR)
    except DateNotCovered:
        return today + timedelta(days=NEAR)


def pressing(person: Person, today: date) -> dict[str, int]:
    """How many of a person's cases come near their date, are overdue, or are so elsewhere in the region (for the department)."""
    determines = Permission.DETERMINE in permissions(person.role_set)
    near = near_until(today, None if determines else person.authority_id)
    mine = _mine(person, DETERMINATION_QUEUE if determines else VERIFICATION_QUEUE)
    found = {
        "near": _number(*mine, Case.due_on >= today, Case.due_on <= near),
        "overdue": _number(*mine, Case.due_on < today),
        "elsewhere": 0,
    }
    if determines:
        others = (*queries.visible_to(person), Case.status.in_(list(VERIFICATION_QUEUE)))
        found["elsewhere"] = _number(*others, Case.due_on < today)
    return found


def _mine(person: Person, statuses: Sequence[CaseStatus]) -> tuple[ColumnElement[bool], ...]:
    theirs = or_(Case.assignee_id.is_(None), Case.assignee_id == person.id)
    return (*queries.visible_to(person), Case.status.in_(list(statuses)), theirs)


def _number(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalars(select(func.count()).select_from(Case).where(*conditions)).one()


def _remind(person: Person) -> int:
    today = clock.today()
    with transaction():
        # Held, so that of two workers the second finds what the first has put.
        db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
        subject = f"person:{person.id}"
        last = select(func.max(OutboxMessage.created_at)).where(
            OutboxMessage.kind == KIND, OutboxMessage.subject == subject
        )
        told_at: datetime | None = db.session.scalars(last).one()
        if told_at is not None and clock.local_day(told_at) >= today:
            return 0
        found = pressing(person, today)
        if not any(found.values()):
            return 0
        outbox.put(KIND, subject, found)
    return 1


def _compose(message: OutboxMessage) -> Delivery | None:
    person = db.session.get(Person, int(message.subject.rpartition(":")[2]))
    # A mail that could not leave for days says what is no longer so.
    if person is None or not person.active or clock.local_day(message.created_at) < clock.today() - timedelta(days=1):
        return None
    settings: Settings = current_app.extensions["portal.settings"]
    numbers = message.facts
    with force_locale(LANGUAGES[person.language].locale):
        sentences = {
            "near": _("Cases whose promised date is at most three working days away: %(n)s", n=numbers["near"]),
            "overdue": _("Cases whose promised date has passed: %(n)s", n=numbers["overdue"]),
            "elsewhere": _("Cases of other authorities whose promised date has passed: %(n)s", n=numbers["elsewhere"]),
        }
        said = [sentence for name, sentence in sentences.items() if numbers[name]]
        title = _("Promised dates of your cases")
        return written(person.language, Channel.MAIL, person.email, title, ["\n".join(said), settings.address("desk")])
