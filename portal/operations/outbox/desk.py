"""The outbox for administrators: kinds, states, attempts and errors; no address and no text."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import Section, add_section, staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.foundation.outbox import Channel, MessageState
from portal.operations.outbox import queries, services

blueprint = Blueprint("outbox", __name__, url_prefix="/desk/outbox")

STATE_LABELS: Mapping[MessageState, LazyString] = {
    MessageState.WAITING: _l("Waiting"),
    MessageState.DELIVERED: _l("Delivered"),
    MessageState.FAILED: _l("Given up"),
    MessageState.DROPPED: _l("Dropped"),
}
STATE_TONES: Mapping[MessageState, str] = {
    MessageState.WAITING: "saffron",
    MessageState.DELIVERED: "pine",
    MessageState.FAILED: "madder",
    MessageState.DROPPED: "plain",
}
CLOSED_LABELS: Mapping[Channel, LazyString] = {
    Channel.MAIL: _l("No mail server is set up. E-mails wait until one is."),
    Channel.SMS: _l("No service for short messages is set up. They wait until one is."),
}


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    app.register_blueprint(blueprint)
    permissions = frozenset({Permission.MANAGE_ACCOUNTS})
    add_section(app, Section(85, "outbox.index", _l("Outbox"), permissions, lambda _person: queries.failed()))


@blueprint.get("/")
@staff(Permission.MANAGE_ACCOUNTS)
def index(_person: Person) -> ResponseReturnValue:
    """The messages, newest first, of one state or all; and the recurring work."""
    state = next((item for item in MessageState if item == request.args.get("state")), None)
    return render_template(
        "desk/outbox.html",
        page=queries.page(state),
        state=state,
        counts=queries.counts(),
        labels=STATE_LABELS,
        tones=STATE_TONES,
        pending=services.PENDING,
        closed=[CLOSED_LABELS[channel] for channel in queries.closed_ways(current_app)],
        gone=queries.worker_is_gone(),
        seen=queries.last_seen(),
        chores=queries.chore_runs(),
    )


@blueprint.post("/<int:message_id>/retry")
@staff(Permission.MANAGE_ACCOUNTS)
def retry(person: Person, message_id: int) -> ResponseReturnValue:
    """Have a message tried again."""
    services.retry(message_id, actor=person.actor)
    flash(gettext("The message will be tried again."), "success")
    return redirect(url_for("outbox.index"), 303)


@blueprint.post("/<int:message_id>/drop")
@staff(Permission.MANAGE_ACCOUNTS)
def drop(person: Person, message_id: int) -> ResponseReturnValue:
    """Have a message not delivered any more."""
    services.drop(message_id, actor=person.actor)
    flash(gettext("The message was dropped."), "success")
    return redirect(url_for("outbox.index"), 303)
