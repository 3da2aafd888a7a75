"""Use cases of the people of a unit: invite, accept, hand over, remove."""

from __future__ import annotations

import hashlib
import secrets

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities import queries as authority_queries
from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.credentials.members import queries, sealing
from portal.credentials.members.models import MemberInvitation, UnitMember
from portal.credentials.members.rules import (
    INVITATION_LASTS,
    LastOwner,
    LinkNotGood,
    MemberRole,
    OwnersOnly,
)
from portal.credentials.members.sealing import Contact
from portal.foundation import audit, clock, outbox
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.languages import Language
from portal.register.models import Unit

INVITED = "enterprise.invited"
TOKEN = "token"  # noqa: S105 - the name of a place in a box


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
        made = put_invitation(unit, contact, role, by.language)
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


def put_invitation(unit: Unit, contact: Contact, role: MemberRole, language: Language) -> MemberInvitation:
    """Write an invitation and its mail, inside the transaction of a use case."""
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


def _of(unit: Unit) -> str:
    return f"unit:{unit.public_id}"
