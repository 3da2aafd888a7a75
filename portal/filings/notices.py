"""News for whoever filed: that there is something to read, and no word of what.

A mailbox is read by others, and a telephone lies on tables. So a notice names neither the filing nor the person, and leads
to the home page. To whom it goes is looked up in the sealed identity when it is delivered, and kept nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal.filings import sealing
from portal.filings.models import FilingEvent, SealedFiling
from portal.filings.sealing import Identity
from portal.foundation import outbox
from portal.foundation.database import db
from portal.foundation.languages import LANGUAGES, Language
from portal.foundation.outbox import Channel, Delivery, MessageState, OutboxMessage
from portal.settings import Settings
from portal.vault.boxes import Unsealable

#: Acts of whoever filed themself, by the names that all kinds of filings share: nobody is told what they just did.
OWN_ACTS = frozenset({"file", "supplement", "reply", "request_review"})


@dataclass(frozen=True)
class _Followed:
    """A kind of filing whose news are told, and how its events name it."""

    model: type[SealedFiling]
    parent: str


#: By the class of the events: the session is one for all applications of a process.
_followed: dict[type, _Followed] = {}


def tell_news(app: Flask, model: type[SealedFiling], events: type[FilingEvent], parent: str) -> None:
    """Have whoever filed told of every public act on a filing that is not their own, where they asked for it.

    Args:
        events: the class of the timeline's lines.
        parent: what a line calls its filing.
    """
    _followed[events] = _Followed(model, parent)
    outbox.add_kind(app, _kind(model), partial(_compose, model))


def address_of(identity: Identity) -> tuple[Channel, str] | None:
    """How somebody is reached: by e-mail where they gave one, else by short message."""
    if identity.email:
        return Channel.MAIL, identity.email
    return (Channel.SMS, identity.phone) if identity.phone else None


def written(language: Language, channel: Channel, to: str, subject: str, paragraphs: Iterable[str]) -> Delivery:
    """A message in the portal's form: its name first in a short one, below in a mail."""
    settings: Settings = current_app.extensions["portal.settings"]
    name = settings.site_names()[language]
    if channel is Channel.SMS:
        return Delivery(channel, to, "", f"【{name}】{' '.join(paragraphs)}")
    return Delivery(channel, to, subject, "\n\n".join([*paragraphs, name]) + "\n")


def _kind(model: type[SealedFiling]) -> str:
    return f"{model.SUBJECT}.news"


@event.listens_for(db.session, "before_flush")
def _follow(session: Session, _context: object, _instances: object) -> None:
    """Put a message for each filing that a public act is written to, in the transaction of the act."""
    lines = [item for item in session.new if isinstance(item, FilingEvent) and type(item) in _followed]
    for line in lines:
        if not line.public or str(line.act) in OWN_ACTS:  # type: ignore[attr-defined]
            continue
        followed = _followed[type(line)]
        filing = getattr(line, followed.parent) or session.get(followed.model, getattr(line, f"{followed.parent}_id"))
        if filing is not None and filing.id is not None and filing.notify:
            _tell_once(session, _kind(followed.model), filing.subject)


def _tell_once(session: Session, kind: str, subject: str) -> None:
    """Put a message where none waits yet that says the same.

    The one that waits is held until this transaction ends: it leaves when what it announces can be read.
    """
    if any(isinstance(item, OutboxMessage) and (item.kind, item.subject) == (kind, subject) for item in session.new):
        return
    waits = select(OutboxMessage.id).where(
        OutboxMessage.kind == kind,
        OutboxMessage.subject == subject,
        OutboxMessage.state == MessageState.WAITING,
        OutboxMessage.attempts == 0,
    )
    if session.scalars(waits.with_for_update(skip_locked=True)).first() is None:
        outbox.put(kind, subject)


def _compose(model: type[SealedFiling], message: OutboxMessage) -> Delivery | None:
    filing = db.session.get(model, int(message.subject.rpartition(":")[2]))
    if filing is None or not filing.notify:
        return None
    try:
        reached = address_of(sealing.identity_of(filing))
    except Unsealable:
        # Its retention is over, and with it everybody who could be told.
        return None
    if reached is None:
        return None
    settings: Settings = current_app.extensions["portal.settings"]
    with force_locale(LANGUAGES[filing.language].locale):
        return written(
            filing.language,
            *reached,
            _("There is news for you"),
            (
                _("There is something new to read in a matter that you follow with us."),
                _(
                    "Please open our site and look it up with your number and secret: %(address)s",
                    address=settings.address(filing.language),
                ),
                _("For your protection this message says no more. You can switch such messages off there."),
            )[: 3 if reached[0] is Channel.MAIL else 2],
        )
