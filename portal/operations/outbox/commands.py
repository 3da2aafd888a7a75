"""``portal outbox``: what waits or was given up, tried again or dropped."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from portal.authorities.services import SYSTEM
from portal.foundation.database import db
from portal.foundation.errors import DomainError, NotFound
from portal.foundation.languages import format_iso
from portal.foundation.outbox import MessageState, OutboxMessage
from portal.operations.outbox import queries, services


@click.group("outbox")
def outbox() -> None:
    """Look after the messages that leave the portal. Neither addresses nor texts are shown, for none lie there."""


@outbox.command("list")
@click.option("--state", type=click.Choice([str(state) for state in MessageState]), help="Only messages in this state.")
@with_appcontext
def list_messages(state: str | None) -> None:
    """Print the messages, newest first."""
    for message in db.session.scalars(queries.messages(MessageState(state) if state else None)):
        columns = (message.kind, message.subject, message.state, format_iso(message.due_at), message.last_error or "-")
        click.echo("\t".join((str(message.id), *columns, str(message.attempts))))


@outbox.command("retry")
@click.argument("message_id", metavar="ID", type=int)
@with_appcontext
def retry_message(message_id: int) -> None:
    """Have a message tried again now."""
    _do(services.retry, message_id)
    click.echo("the worker tries it again")


@outbox.command("drop")
@click.argument("message_id", metavar="ID", type=int)
@with_appcontext
def drop_message(message_id: int) -> None:
    """Have a message not delivered any more."""
    _do(services.drop, message_id)
    click.echo("the message was dropped")


def _do(service: Callable[..., OutboxMessage], message_id: int) -> None:
    """Say what a service refuses in one line."""
    with force_locale("en"):
        try:
            service(message_id, actor=SYSTEM)
        except NotFound:
            raise click.BadParameter("there is no such message", param_hint="ID") from None
        except services.ContentErased as refused:
            raise click.ClickException(str(refused.message)) from None
        except DomainError:
            raise click.ClickException("this message has left already, or was dropped") from None
