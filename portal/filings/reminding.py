"""What staff are told by e-mail of the dates of their work: once a day, as numbers, and only where something presses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.authorities import queries as authorities
from portal.authorities.models import Person
from portal.filings.notices import written
from portal.foundation import clock, outbox
from portal.foundation.database import db, transaction
from portal.foundation.languages import LANGUAGES
from portal.foundation.outbox import Channel, Delivery, OutboxMessage
from portal.foundation.workdays import DateNotCovered
from portal.rulebook import queries as rulebook
from portal.settings import Settings

KIND = "staff.dates"
#: Working days before a promised date in which it presses.
NEAR = 3
#: The hour of Asia/Shanghai from which the day's mail may go out.
FROM_HOUR = 8
_EXTENSION = "portal.filings.dates"


@dataclass(frozen=True)
class Pressing:
    """How many of a person's cases come near their date or have passed it, and how many of others the department sees late."""

    near: int = 0
    overdue: int = 0
    elsewhere: int = 0

    def __add__(self, other: Pressing) -> Pressing:
        """Of two kinds of work together."""
        return Pressing(self.near + other.near, self.overdue + other.overdue, self.elsewhere + other.elsewhere)


#: What presses on a person on a day.
Source = Callable[[Person, date], Pressing]


def install(app: Flask) -> None:
    """Say how the mails are composed."""
    outbox.add_kind(app, KIND, _compose)


def add_dates(app: Flask, source: Source) -> None:
    """Have the dates of one kind of work counted. Called by a feature when it is installed."""
    _sources(app).append(source)


def remind() -> int:
    """Put one mail for each member of staff on whom something presses today; how many. A second run of a day puts none."""
    if clock.local(clock.now()).hour < FROM_HOUR:
        return 0
    return sum(_remind(person) for person in authorities.staff() if person.active)


def pressing(person: Person, today: date) -> Pressing:
    """What presses on a person, of all kinds of work."""
    sources = _sources(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - one registry
    return sum((source(person, today) for source in sources), Pressing())


def near_until(today: date, authority_id: int | None) -> date:
    """The last day on which a date presses; in calendar days where the official calendar is not known."""
    try:
        return rulebook.calendar(authority_id).add(today, NEAR)
    except DateNotCovered:
        return today + timedelta(days=NEAR)


def _sources(app: Flask) -> list[Source]:
    sources: list[Source] = app.extensions.setdefault(_EXTENSION, [])
    return sources


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
        found = asdict(pressing(person, today))
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
