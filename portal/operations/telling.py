"""What leaves the portal: codes on demand, news to whoever filed, dates to staff, what is overdue to both levels."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from portal.complaints import reminding as cases
from portal.complaints.handling import telling as consents
from portal.complaints.models import Case, CaseEvent
from portal.complaints.services.escalating import escalate_overdue
from portal.credentials.duties import services as duties
from portal.filings import notices, reminding
from portal.filings.contact import services as contact
from portal.foundation.chores import add_chore
from portal.objections import reminding as objections
from portal.objections.models import Objection, ObjectionEvent


def install(app: Flask) -> None:
    """Say what is told of whom, and how often the worker looks."""
    notices.tell_news(app, Case, CaseEvent, "case")
    notices.tell_news(app, Objection, ObjectionEvent, "objection")
    consents.install(app)
    reminding.install(app)
    reminding.add_dates(app, cases.pressing)
    reminding.add_dates(app, objections.pressing)
    contact.install(app)
    add_chore(app, "contact.forget", timedelta(hours=6), contact.forget_old)
    # Before the mails of the day are counted, by its name too: the worker goes by the alphabet.
    add_chore(app, "complaints.escalate", timedelta(hours=1), escalate_overdue)
    add_chore(app, "complaints.remind", timedelta(hours=1), reminding.remind)
    add_chore(app, "duties.remind", timedelta(hours=1), duties.remind)
