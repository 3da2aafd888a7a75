"""What the people of a unit are told by e-mail of what is due: the duty's name and its day, and where to read more."""

from __future__ import annotations

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
from portal.register.duties import DutyState, duties_of
from portal.settings import Settings


def install(app: Flask) -> None:
    """Say how the mails are composed."""
    outbox.add_kind(app, services.KIND, compose)


def compose(message: OutboxMessage) -> Delivery | None:
    """The mail, as things stand when it leaves; None when the person has left the unit or nothing is due any more."""
    member = db.session.get(UnitMember, int(message.subject.partition(":")[2]))
    if member is None or not member.person.active:
        return None
    found = {duty.key: duty for duty in duties_of(member.unit, clock.today())}
    duty = found.get(str(message.facts["duty"]))
    if duty is None or duty.state is not DutyState.OPEN or duty.due_on is None:
        return None
    settings: Settings = current_app.extensions["portal.settings"]
    language = member.person.language
    with force_locale(LANGUAGES[language].locale):
        title = _("Due soon: %(what)s", what=duty.title)
        said = _("%(unit)s: %(what)s, due on %(day)s.", unit=member.unit.name, what=duty.title, day=duty.due_on)
        link = f"{settings.address()}my/{member.unit.public_id}/duties"
        return written(language, Channel.MAIL, member.person.email, title, [said, str(duty.how), link])
