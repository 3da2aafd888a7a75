"""What people of enterprises are told by e-mail: an invitation with its link, or that a claim was not confirmed."""

from __future__ import annotations

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.credentials.members import sealing, services
from portal.credentials.members.claiming import PATH
from portal.credentials.members.models import MemberInvitation, UnitClaim
from portal.foundation import clock, outbox
from portal.foundation.database import db
from portal.foundation.languages import LANGUAGES
from portal.foundation.outbox import Channel, Delivery, OutboxMessage
from portal.foundation.web import add_private_path
from portal.settings import Settings


def install(app: Flask) -> None:
    """Say how these messages are composed."""
    outbox.add_kind(app, services.INVITED, _invited)
    outbox.add_kind(app, services.REFUSED, _refused)
    add_private_path(app, PATH)


def _invited(message: OutboxMessage) -> Delivery | None:
    invitation = db.session.get(MemberInvitation, _number(message))
    if invitation is None or message.sealed is None or invitation.used_at or invitation.expires_at <= clock.now():
        return None
    token = sealing.box_of(invitation).open_text(message.sealed, services.TOKEN)
    settings: Settings = current_app.extensions["portal.settings"]
    with force_locale(LANGUAGES[invitation.language].locale):
        link = f"{settings.issuer}/{invitation.language}/enterprises/join/{token}"
        return Delivery(
            Channel.MAIL,
            sealing.contact_of(invitation).email,
            _("Invitation to the space of an enterprise"),
            _(
                "You can now speak for %(unit)s at this portal. Please open this link within 7 days:\n\n%(link)s",
                unit=invitation.unit.name,
                link=link,
            ),
        )


def _refused(message: OutboxMessage) -> Delivery | None:
    claim = db.session.get(UnitClaim, _number(message))
    if claim is None or claim.is_erased:
        return None
    with force_locale(LANGUAGES[claim.language].locale):
        return Delivery(
            Channel.MAIL,
            sealing.contact_of(claim).email,
            _("Your claim was not confirmed"),
            _(
                "The authority did not confirm that you speak for %(unit)s. Its reason:\n\n%(reason)s",
                unit=claim.unit.name,
                reason=claim.reason,
            ),
        )


def _number(message: OutboxMessage) -> int:
    return int(message.subject.partition(":")[2])
