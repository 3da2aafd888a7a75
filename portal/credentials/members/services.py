"""Use cases of claims and members: claim, decide, invite, accept, hand over, remove."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities import queries as authority_queries
from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Permission, Role
from portal.credentials.members import queries, sealing
from portal.credentials.members.models import MemberInvitation, UnitClaim, UnitMember
from portal.credentials.members.rules import (
    INVITATION_LASTS,
    AlreadyDecided,
    ClaimState,
    LastOwner,
    LinkNotGood,
    MemberRole,
    NotOfTheRegion,
    OwnersOnly,
)
from portal.credentials.members.sealing import Contact
from portal.foundation import audit, clock, outbox
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.languages import Language
from portal.register.models import Unit
from portal.vault import current_vault
from portal.vault.store import FileMissing

CLAIMANT = "claimant"
INVITED, REFUSED = "enterprise.invited", "enterprise.refused"
TOKEN = "token"  # noqa: S105 - the name of a place in a box
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
            _invite(claim.unit, sealing.contact_of(claim), MemberRole.OWNER, claim.language)
        else:
            outbox.put(REFUSED, _subject(claim))
        audit.record(f"credentials.claim.{claim.state}", _subject(claim), by.actor, {"unit": claim.unit.public_id})
    return claim


def read_letter(claim_id: int, *, by: Person) -> tuple[UnitClaim, str, Iterator[bytes]]:
    """The letter of a claim: its record, its name, and its content in pieces. Each reading is recorded.

    Raises:
        NotFound: it is not this person's, or the store has lost it.
    """
    with transaction():
        claim = queries.claim(claim_id, by)
        authorities.require(by, Permission.CONFIRM_UNITS, claim.unit.authority_id)
        audit.record("credentials.claim.letter_read", _subject(claim), by.actor)
    box = sealing.box_of(claim)
    try:
        content = current_vault().read_back(box, claim.store_key)
    except FileMissing:
        raise NotFound from None
    return claim, box.open_text(claim.sealed_name, LETTER_NAME), content


def invite(unit: Unit, contact: Contact, role: MemberRole, *, by: Person) -> MemberInvitation:
    """Invite a colleague by e-mail.

    Raises:
        NotAMember, OwnersOnly: ``by`` does not decide for the unit.
        Invalid: somebody with this address belongs to it already, or is of the staff.
    """
    with transaction():
        _require_owner(unit, by)
        known = authority_queries.person_by_email(contact.email)
        if known is not None and (known.is_staff or _member(unit, known) is not None):
            raise Invalid({"email": _l("This e-mail address belongs to somebody who cannot be invited.")})
        made = _invite(unit, contact, role, by.language)
        audit.record("credentials.member.invited", _of(unit), by.actor, {"role": str(role)})
    return made


def invitation_of(token: str) -> MemberInvitation:
    """The invitation of a link.

    Raises:
        LinkNotGood: there is none that can be used.
    """
    return _invitation(token)


def accept(token: str, password: str) -> Person:
    """Become a member by the link of an invitation; whoever has no account yet gets one with this password.

    Raises:
        LinkNotGood: the link cannot be used any more.
        Invalid: the password is too short, or the address belongs to staff.
    """
    with transaction():
        invitation = _invitation(token, lock=True)
        contact = sealing.contact_of(invitation)
        person = authority_queries.person_by_email(contact.email)
        if person is None:
            authority = invitation.unit.authority or authority_queries.department()
            person = authorities.create_account(
                contact.email, contact.name, authority, {Role.ENTERPRISE}, password, language=invitation.language
            )
        elif person.is_staff:
            raise Invalid({"password": _l("This e-mail address belongs to somebody who cannot be invited.")})
        if _member(invitation.unit, person) is None:
            db.session.add(UnitMember(unit_id=invitation.unit_id, person_id=person.id, role=invitation.role))
        invitation.used_at = clock.now()
        audit.record("credentials.member.joined", _of(invitation.unit), person.actor, {"role": str(invitation.role)})
    return person


def admit(unit: Unit, person: Person, role: MemberRole) -> UnitMember:
    """Let somebody speak for a unit without a claim: for a demonstration. A second call changes nothing."""
    with transaction():
        member = _member(unit, person)
        if member is None:
            member = UnitMember(unit_id=unit.id, person_id=person.id, role=role)
            db.session.add(member)
            audit.record("credentials.member.joined", _of(unit), authorities.SYSTEM, {"role": str(role)})
    return member


def change_role(unit: Unit, person_id: int, role: MemberRole, *, by: Person) -> UnitMember:
    """Make somebody an owner, or an owner a member.

    Raises:
        NotAMember, OwnersOnly: ``by`` does not decide for the unit.
        NotFound: there is no such member.
        LastOwner: nobody would be left to decide.
    """
    with transaction():
        _hold(unit)
        _require_owner(unit, by)
        found = _of_unit(unit, person_id)
        if role is not MemberRole.OWNER:
            _require_another_owner(unit, found)
            _end_invitations(unit, found)
        found.role = role
        audit.record("credentials.member.changed", _of(unit), by.actor, {"person": person_id, "role": str(role)})
    return found


def remove(unit: Unit, person_id: int, *, by: Person) -> None:
    """End a membership: an owner anybody's, everybody their own.

    Raises:
        NotAMember, OwnersOnly: ``by`` does not decide for the unit.
        NotFound: there is no such member.
        LastOwner: nobody would be left to decide.
    """
    with transaction():
        _hold(unit)
        if person_id != by.id:
            _require_owner(unit, by)
        found = _of_unit(unit, person_id)
        _require_another_owner(unit, found)
        _end_invitations(unit, found)
        db.session.delete(found)
        audit.record("credentials.member.removed", _of(unit), by.actor, {"person": person_id})


def _invite(unit: Unit, contact: Contact, role: MemberRole, language: Language) -> MemberInvitation:
    token, mark = secrets.token_urlsafe(32), sealing.new_mark()
    box = sealing.new_box(mark)
    made = MemberInvitation(
        unit_id=unit.id,
        role=role,
        language=language,
        mark=mark,
        token_digest=_digest(token),
        wrapped_key=box.wrapped,
        sealed_contact=sealing.seal(box, contact),
        expires_at=clock.now() + INVITATION_LASTS,
    )
    db.session.add(made)
    db.session.flush()
    # The link travels sealed, and is erased from the outbox once it has left.
    outbox.put(INVITED, f"invitation:{made.id}", sealed=box.seal_text(token, TOKEN))
    return made


def _invitation(token: str, *, lock: bool = False) -> MemberInvitation:
    query = select(MemberInvitation).where(MemberInvitation.token_digest == _digest(token))
    if lock:
        query = query.with_for_update(of=MemberInvitation).execution_options(populate_existing=True)
    found = db.session.scalars(query).unique().one_or_none()
    if found is None or found.used_at is not None or found.expires_at <= clock.now():
        raise LinkNotGood
    return found


def _hold(unit: Unit) -> None:
    """Let the next change among the people of a unit wait for this one: two owners who leave at once would both be let go."""
    query = select(UnitMember).where(UnitMember.unit_id == unit.id).order_by(UnitMember.id)
    held = query.with_for_update(of=UnitMember).execution_options(populate_existing=True)
    db.session.scalars(held).unique().all()


def _end_invitations(unit: Unit, leaving: UnitMember) -> None:
    """What an owner may have invited on the way out brings nobody in; whoever stays invites anew."""
    if leaving.role is MemberRole.OWNER:
        for invitation in queries.open_invitations(unit):
            invitation.expires_at = clock.now()


def _require_owner(unit: Unit, by: Person) -> None:
    if queries.membership(by, unit.public_id).role is not MemberRole.OWNER:
        raise OwnersOnly


def _require_another_owner(unit: Unit, leaving: UnitMember) -> None:
    others = [item for item in queries.members(unit) if item.role is MemberRole.OWNER and item.id != leaving.id]
    if leaving.role is MemberRole.OWNER and not others:
        raise LastOwner


def _member(unit: Unit, person: Person) -> UnitMember | None:
    query = select(UnitMember).where(UnitMember.unit_id == unit.id, UnitMember.person_id == person.id)
    return db.session.scalars(query).unique().one_or_none()


def _of_unit(unit: Unit, person_id: int) -> UnitMember:
    query = select(UnitMember).where(UnitMember.unit_id == unit.id, UnitMember.person_id == person_id)
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _subject(claim: UnitClaim) -> str:
    return f"claim:{claim.id}"


def _of(unit: Unit) -> str:
    return f"unit:{unit.public_id}"
