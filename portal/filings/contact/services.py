"""Sending a code to a telephone or a mailbox, and taking it back."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, or_, select

from portal.filings.contact.models import ContactCode
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import FilingDraft
from portal.filings.notices import written
from portal.filings.rules import Assurance
from portal.filings.sealing import Identity
from portal.foundation import clock, outbox
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError
from portal.foundation.languages import LANGUAGES
from portal.foundation.outbox import Channel, Delivery, OutboxMessage
from portal.settings import Settings
from portal.vault import current_vault
from portal.vault.boxes import Unsealable

KIND = "contact.code"
DIGITS, TRIES = 6, 5
LIFE = timedelta(minutes=10)
#: So many codes go out for one draft, and to one address, within the time.
MOST, WITHIN = 5, timedelta(hours=1)
#: How long digests are kept for counting.
KEPT = timedelta(days=1)
_CODE, _ADDRESS = "contact code", "contact address"


class Answer(StrEnum):
    """What became of a code that was entered."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"


class TooManyCodes(DomainError):
    """No further code goes out for a while: a telephone is not to be rung for ever at the wish of a stranger."""

    status = 429
    message = _l("Too many verification codes were sent. Please try again in an hour, or go on without.")


class CannotReach(DomainError):
    """The identity names no such address, or messages of this kind are not sent."""

    message = _l("Please enter a mobile number or an e-mail address, so that you can be reached.")


def install(app: Flask) -> None:
    """Say how a code is sent."""
    outbox.add_kind(app, KIND, _compose)


def reachable(identity: Identity) -> dict[Channel, str]:
    """Where a code can go: what the identity names, by the ways out that are open."""
    settings: Settings = current_app.extensions["portal.settings"]
    addresses = {}
    if identity.phone and settings.sends_sms:
        addresses[Channel.SMS] = identity.phone
    if identity.email and settings.sends_mail:
        addresses[Channel.MAIL] = identity.email
    return addresses


def send_code(draft: FilingDraft, identity: Identity, channel: Channel) -> None:
    """Send a new code for a draft; an earlier one holds no longer.

    Raises:
        CannotReach: the identity names no address of this kind.
        TooManyCodes: for this draft, or to this address.
        portal.filings.drafts.services.DraftGone: the draft was sent or deleted meanwhile.
    """
    address = reachable(identity).get(channel)
    if address is None:
        raise CannotReach
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction():
        held = _hold(draft)
        box, digest = drafts.box_of(held), _digest(_ADDRESS, address.casefold())
        _check_number(held.handle, digest)
        db.session.add(
            ContactCode(
                handle=held.handle,
                channel=channel,
                sealed_address=box.seal_text(address, _ADDRESS),
                address_digest=digest,
                code_digest=_digest(_CODE, held.handle, code),
                sent_at=clock.now(),
                tries_left=TRIES,
            )
        )
        load = json.dumps({"channel": channel, "to": address, "code": code})
        outbox.put(KIND, f"draft:{held.id}", sealed=box.seal_text(load, _CODE))


def sent_to(draft: FilingDraft) -> tuple[Channel, str] | None:
    """Where the code that can be entered now went; None where none can."""
    latest = _latest(draft.handle)
    if latest is None or not _holds(latest):
        return None
    return latest.channel, drafts.box_of(draft).open_text(latest.sealed_address, _ADDRESS)


def enter_code(draft: FilingDraft, code: str) -> Answer:
    """Take a code back. The right one proves the address that it was sent to; each wrong one costs a try.

    Raises:
        portal.filings.drafts.services.DraftGone: the draft was sent or deleted meanwhile.
    """
    signs = "".join(sign for sign in code if sign.isdecimal())
    with transaction():
        held = _hold(draft)
        latest = _latest(held.handle)
        if latest is None or not _holds(latest):
            return Answer.EXPIRED
        latest.tries_left -= 1
        if not hmac.compare_digest(latest.code_digest, _digest(_CODE, held.handle, signs)):
            return Answer.WRONG if latest.tries_left else Answer.EXPIRED
        latest.tries_left = 0
        address = drafts.box_of(held).open_text(latest.sealed_address, _ADDRESS)
        field = "phone" if latest.channel is Channel.SMS else "email"
        drafts.prove(held, Assurance.CONTACT_VERIFIED, {field: address})
    return Answer.RIGHT


def forget_old() -> int:
    """Delete the codes of yesterday; how many."""
    with transaction():
        old = delete(ContactCode).where(ContactCode.sent_at < clock.now() - KEPT)
        return int(db.session.connection().execute(old).rowcount)


def _hold(draft: FilingDraft) -> FilingDraft:
    """The draft, held until this transaction ends: two requests at once count one after the other."""
    query = select(FilingDraft).where(FilingDraft.handle == draft.handle, FilingDraft.expires_at > clock.now())
    held = db.session.scalars(query.with_for_update(of=FilingDraft)).one_or_none()
    if held is None:
        raise drafts.DraftGone
    return held


def _check_number(handle: str, address_digest: str) -> None:
    query = (
        select(func.count())
        .select_from(ContactCode)
        .where(
            ContactCode.sent_at > clock.now() - WITHIN,
            or_(ContactCode.handle == handle, ContactCode.address_digest == address_digest),
        )
    )
    if db.session.scalars(query).one() >= MOST:
        raise TooManyCodes


def _latest(handle: str) -> ContactCode | None:
    query = select(ContactCode).where(ContactCode.handle == handle).order_by(ContactCode.id.desc()).limit(1)
    return db.session.scalars(query).one_or_none()


def _holds(code: ContactCode) -> bool:
    return code.tries_left > 0 and clock.now() - code.sent_at < LIFE


def _digest(*parts: str) -> str:
    """A keyed digest: without the portal's secret nobody tells from it which of a million codes, or which number, it was."""
    return hmac.digest(current_vault().derive("contact digests"), "\0".join(parts).encode(), "sha256").hex()


def _compose(message: OutboxMessage) -> Sequence[Delivery] | None:
    draft = db.session.get(FilingDraft, int(message.subject.rpartition(":")[2]))
    if draft is None or message.sealed is None or clock.now() - message.created_at >= LIFE:
        return None
    try:
        load = json.loads(drafts.box_of(draft).open_text(message.sealed, _CODE))
    except Unsealable:
        # Another draft has the number by now.
        return None
    with force_locale(LANGUAGES[draft.language].locale):
        said = (
            _("Your verification code: %(code)s.", code=load["code"]),
            _("It is valid for %(n)s minutes.", n=LIFE.seconds // 60),
            _("If you did not ask for it, you need do nothing."),
        )
        # The code stands in the text alone: subjects are shown on locked screens and kept in logs of mail servers.
        return [written(draft.language, Channel(load["channel"]), load["to"], _("Verification code"), said)]
