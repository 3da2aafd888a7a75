"""What the people of a unit are told by e-mail of the decisions on its profile."""

from __future__ import annotations

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.credentials.members import queries as members
from portal.credentials.profile import services
from portal.credentials.profile.models import UnitProfile
from portal.credentials.profile.rules import STATE_LABELS, ProfileState
from portal.foundation import outbox
from portal.foundation.database import db
from portal.foundation.languages import LANGUAGES
from portal.foundation.outbox import Channel, Delivery, OutboxMessage
from portal.settings import Settings


def install(app: Flask) -> None:
    """Say how the message is composed."""
    outbox.add_kind(app, services.DECIDED, _decided)


def _decided(message: OutboxMessage) -> list[Delivery]:
    profile = db.session.get(UnitProfile, int(message.subject.partition(":")[2]))
    if profile is None:
        return []
    settings: Settings = current_app.extensions["portal.settings"]
    state = ProfileState(message.facts["state"])
    link = f"{settings.issuer}/my/{profile.unit.public_id}/profile"
    told = []
    for member in members.members(profile.unit):
        with force_locale(LANGUAGES[member.person.language].locale):
            subject = _("The showcase of your unit was reviewed")
            lines = [f"{profile.unit.name}: {STATE_LABELS[state]}", profile.reason, link]
            body = "\n\n".join(line for line in lines if line)
        told.append(Delivery(Channel.MAIL, member.person.email, subject, body))
    return told
