"""Messages that leave the portal: written with the act that causes them, delivered at least once by the worker.

A message carries codes alone. To whom it goes and what it says is composed when it is delivered, from what is sealed
elsewhere, so that no address and no text lies here. What must travel with it, such as a one-time code, is sealed by
whoever puts it, and erased as soon as the message has left or was given up: whoever still needs it has it sent anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime, db

_EXTENSION = "portal.outbox"
#: Stands where something sealed travelled with a message; nothing of it is left. None: nothing ever did.
ERASED = b""


class MessageState(StrEnum):
    """Where a message is. ``failed``: given up after too many attempts; ``dropped``: nobody is to get it any more."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


class Channel(StrEnum):
    """The ways out."""

    MAIL = "mail"
    SMS = "sms"


class OutboxMessage(Base):
    """One message that waits to leave, or has left."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_queue", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    #: What it is about, such as ``case:12``.
    subject: Mapped[str] = mapped_column(String(80), index=True)
    #: Codes that its composing needs. Never a name, an address, a number of a document, or what anybody wrote.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[MessageState] = mapped_column(EnumText(MessageState), default=MessageState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    #: A code that says what went wrong last; empty where nothing has.
    last_error: Mapped[str] = mapped_column(String(40), default="")
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Until then the worker that has the message in hand is believed to be alive.
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def erase(self) -> None:
        """Let go of what travels sealed with the message."""
        if self.sealed is not None:
            self.sealed = ERASED

    @property
    def is_erased(self) -> bool:
        """Whether what it needs to be delivered is gone for good."""
        return self.sealed == ERASED


@dataclass(frozen=True)
class Delivery:
    """One mail or short message, ready to go. It exists only while it is being delivered."""

    channel: Channel
    to: str
    subject: str
    body: str


#: What a kind of message says and to whom. None: there is nothing to deliver any more, and the message is dropped.
Compose = Callable[[OutboxMessage], Delivery | Sequence[Delivery] | None]


def put(
    kind: str,
    subject: str,
    facts: Mapping[str, Any] | None = None,
    *,
    sealed: bytes | None = None,
    due_at: datetime | None = None,
) -> OutboxMessage:
    """Put a message into the outbox, inside the transaction of the act that causes it.

    Args:
        kind: one that :func:`add_kind` knows.
        subject: what it is about, such as ``case:12``.
        facts: codes alone, as JSON; never a name, an address or a text of a person.
        sealed: what must travel with it, sealed by the caller.
        due_at: not to be delivered before; now where nothing is said.
    """
    moment = clock.now()
    message = OutboxMessage(
        kind=kind,
        subject=subject,
        # What JSON cannot carry must fail here and not when it is delivered.
        facts=json.loads(json.dumps(dict(facts or {}), ensure_ascii=False)),
        sealed=sealed,
        created_at=moment,
        due_at=due_at or moment,
        state=MessageState.WAITING,
        attempts=0,
        last_error="",
    )
    db.session.add(message)
    return message


def add_kind(app: Flask, kind: str, compose: Compose) -> None:
    """Say how messages of a kind are composed. Called by a feature when it is installed.

    ``compose`` runs when the message is due, in the application's context and outside of a transaction. It looks the
    address up and writes the text in the recipient's language. A message that a worker was killed over, or one of
    whose deliveries failed, is composed and delivered again as a whole.
    """
    kinds(app)[kind] = compose


def kinds(app: Flask) -> dict[str, Compose]:
    """How each kind of message is composed."""
    known: dict[str, Compose] = app.extensions.setdefault(_EXTENSION, {})
    return known
