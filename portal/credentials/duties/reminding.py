"""What the people of a unit are told by e-mail of its duties: the name and the day, and where to read more."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.credentials.duties import services
from portal.credentials.members.models import UnitMember
from portal.filings.notices import written
from portal.foundation import clock, outbox
from portal.foundation.database import db
from portal.foundation.languages import LANGUAGES
from portal.foundation.outbox import Channel, Delivery, OutboxMessage
from portal.register.duties import Duty, DutyState, duties_of, duty_news
from portal.register.models import Unit
from portal.settings import Settings


def install(app: Flask) -> None:
    """Say how the mails are composed, and hear what becomes of duties."""
    outbox.add_kind(app, services.KIND, compose)
    outbox.add_kind(app, services.NEWS, compose_news)
    duty_news.connect(_on_news, app)


def compose(message: OutboxMessage) -> Delivery | None:
    """A reminder, as things stand when it leaves; None when the person has left the unit or nothing is due any more."""
    member, duty = _found(message)
    if member is None or duty is None or duty.state is not DutyState.OPEN or duty.due_on is None:
        return None
    with force_locale(LANGUAGES[member.person.language].locale):
        return _mail(member, duty, _("Due soon: %(what)s", what=duty.title), [_due(member, duty), str(duty.how)])


def compose_news(message: OutboxMessage) -> Delivery | None:
    """That something became of a duty, as things stand when it leaves; None when the person has left the unit."""
    member, duty = _found(message)
    if member is None or duty is None:
        return None
    with force_locale(LANGUAGES[member.person.language].locale):
        said = _due(member, duty) if duty.state is DutyState.OPEN else f"{member.unit.name}: {duty.title}"
        return _mail(member, duty, _("There is news for you"), filter(None, [said, duty.ended]))


def _on_news(_app: Flask, unit: Unit, key: str) -> None:
    services.tell_people(unit, key)


def _found(message: OutboxMessage) -> tuple[UnitMember | None, Duty | None]:
    """To whom a message goes, and of which duty it speaks."""
    member = db.session.get(UnitMember, int(message.subject.partition(":")[2]))
    if member is None or not member.person.active:
        return None, None
    duties = duties_of(member.unit, clock.today())
    return member, next((duty for duty in duties if duty.key == message.facts["duty"]), None)


def _due(member: UnitMember, duty: Duty) -> str:
    if duty.due_on is None:
        return f"{member.unit.name}: {duty.title}"
    return str(_("%(unit)s: %(what)s, due on %(day)s.", unit=member.unit.name, what=duty.title, day=duty.due_on))


def _mail(member: UnitMember, duty: Duty, title: str, said: Iterable[str]) -> Delivery:
    settings: Settings = current_app.extensions["portal.settings"]
    link = f"{settings.address()}my/{member.unit.public_id}/duties"
    if duty.has_page:
        link += "/{}/{}".format(*duty.place)
    return written(member.person.language, Channel.MAIL, member.person.email, title, [*said, link])
