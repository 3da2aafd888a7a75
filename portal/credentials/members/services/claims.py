"""Use cases of claims: somebody says that they speak for a unit; its authority decides."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials.members import queries, sealing
from portal.credentials.members.models import UnitClaim
from portal.credentials.members.rules import AlreadyDecided, ClaimState, MemberRole, NotOfTheRegion
from portal.credentials.members.sealing import Contact
from portal.credentials.members.services.people import put_invitation
from portal.foundation import audit, clock, outbox
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.languages import Language
from portal.register.models import Unit
from portal.vault import current_vault
from portal.vault.store import FileMissing

CLAIMANT = "claimant"
REFUSED = "enterprise.refused"
LETTER_NAME = "letter name"


def claim_unit(unit: Unit, contact: Contact, letter: tuple[str, BinaryIO], language: Language) -> UnitClaim:
    """Take the claim of somebody who says that they speak for a unit, with a letter of the unit.

    Raises:
        NotOfTheRegion: there is no authority here that could confirm it.
        portal.vault.evidence.EvidenceRefused: the letter is empty, too large or of a wrong type; nothing is kept.
    """
    if not unit.in_region:
        raise NotOfTheRegion
    mark = sealing.new_mark()
    box = sealing.new_box(mark)
    name, stream = letter
    key = f"claims/{secrets.token_hex(16)}"
    taken = current_vault().take_in(stream, name, box, key)
    try:
        with transaction():
            claim = UnitClaim(
                unit_id=unit.id,
                language=language,
                mark=mark,
                wrapped_key=box.wrapped,
                sealed_contact=sealing.seal(box, contact),
                sealed_name=box.seal_text(taken.name, LETTER_NAME),
                media_type=taken.media_type,
                size=taken.size,
                sha256=taken.sha256,
                store_key=key,
            )
            db.session.add(claim)
            db.session.flush()
            audit.record("credentials.claim.filed", _subject(claim), CLAIMANT, {"unit": unit.public_id})
    except BaseException:
        current_vault().store.delete(key)
        raise
    return claim


def decide_claim(claim_id: int, *, confirmed: bool, reason: str, by: Person) -> UnitClaim:
    """Confirm that somebody speaks for a unit, or not; they are told by e-mail.

    Raises:
        NotFound, NotPermitted: it is not this person's.
        AlreadyDecided: somebody was quicker.
        Invalid: a refusal without a reason.
    """
    with transaction():
        claim = queries.claim(claim_id, by)
        authorities.require(by, Permission.CONFIRM_UNITS, claim.unit.authority_id)
        if claim.state is not ClaimState.WAITING:
            raise AlreadyDecided
        if not confirmed and not reason.strip():
            raise Invalid({"reason": _l("Please say why the claim is not confirmed.")})
        claim.state = ClaimState.CONFIRMED if confirmed else ClaimState.REFUSED
        claim.reason, claim.decided_by_id, claim.decided_at = reason.strip(), by.id, clock.now()
        if confirmed:
            put_invitation(claim.unit, sealing.contact_of(claim), MemberRole.OWNER, claim.language)
        else:
            outbox.put(REFUSED, _subject(claim))
        audit.record(f"credentials.claim.{claim.state}", _subject(claim), by.actor, {"unit": claim.unit.public_id})
    return claim


def read_letter(claim_id: int, *, by: Person) -> tuple[UnitClaim, str, Iterator[bytes]]:
    """The letter of a claim: its record, its name, and its content in pieces. Each reading is recorded.

    Raises:
        NotFound: it is not this person's, was erased, or the store has lost it.
    """
    with transaction():
        claim = queries.claim(claim_id, by)
        authorities.require(by, Permission.CONFIRM_UNITS, claim.unit.authority_id)
        if claim.is_erased:
            raise NotFound
        audit.record("credentials.claim.letter_read", _subject(claim), by.actor)
    box = sealing.box_of(claim)
    try:
        content = current_vault().read_back(box, claim.store_key)
    except FileMissing:
        raise NotFound from None
    return claim, box.open_text(claim.sealed_name, LETTER_NAME), content


def _subject(claim: UnitClaim) -> str:
    return f"claim:{claim.id}"
