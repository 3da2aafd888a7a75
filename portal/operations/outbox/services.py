"""What administrators do with a message: have it tried again, or drop it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, NotFound
from portal.foundation.outbox import MessageState, OutboxMessage

#: What still can be done something about.
PENDING = frozenset({MessageState.WAITING, MessageState.FAILED})


class ContentErased(DomainError):
    """What travelled with the message was erased when it was given up: it can never leave again."""

    message = _l("What this message carried was erased when it was given up. Please have it sent anew.")


def retry(message_id: int, *, actor: str) -> OutboxMessage:
    """Have a message tried again now, with all its attempts before it.

    Raises:
        NotFound: there is no such message.
        ContentErased: it carried something, which is gone.
        DomainError: it has left, or was dropped.
    """
    with transaction():
        message = _pending(message_id)
        if message.is_erased:
            raise ContentErased
        message.state, message.due_at, message.attempts = MessageState.WAITING, clock.now(), 0
        audit.record("operations.outbox.retried", f"message:{message.id}", actor, {"kind": message.kind})
    return message


def drop(message_id: int, *, actor: str) -> OutboxMessage:
    """Have a message not delivered any more.

    Raises:
        NotFound: there is no such message.
        DomainError: it has left, or was dropped.
    """
    with transaction():
        message = _pending(message_id)
        message.state, message.leased_until = MessageState.DROPPED, None
        message.erase()
        audit.record("operations.outbox.dropped", f"message:{message.id}", actor, {"kind": message.kind})
    return message


def _pending(message_id: int) -> OutboxMessage:
    query = select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update()
    message = db.session.scalars(query).one_or_none()
    if message is None:
        raise NotFound
    if message.state not in PENDING:
        raise DomainError
    return message
