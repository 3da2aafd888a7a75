"""Reads of claims and members."""

from __future__ import annotations

from collections.abc import Sequence

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select

from portal.authorities.models import Person
from portal.credentials.members.models import MemberInvitation, UnitClaim, UnitMember
from portal.credentials.members.rules import ClaimState, MemberRole, NotAMember
from portal.credentials.queries import of_authority
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.register.models import Unit
from portal.register.rules import parse_public_id

PER_PAGE = 30


def memberships(person: Person) -> Sequence[UnitMember]:
    """The units that a person speaks for."""
    query = select(UnitMember).where(UnitMember.person_id == person.id).order_by(UnitMember.id)
    return db.session.scalars(query).unique().all()


def membership(person: Person, ref: str) -> UnitMember:
    """The membership of a person in the unit of an address.

    Raises:
        NotAMember: there is none.
    """
    parsed = parse_public_id(ref)
    query = select(UnitMember).where(UnitMember.person_id == person.id)
    found = None
    if parsed and parsed[0] == "u":
        found = db.session.scalars(query.where(UnitMember.unit_id == parsed[1])).unique().one_or_none()
    if found is None:
        raise NotAMember
    return found


def members(unit: Unit) -> Sequence[UnitMember]:
    """Who speaks for a unit, the owners first."""
    query = select(UnitMember).where(UnitMember.unit_id == unit.id)
    return db.session.scalars(query.order_by(UnitMember.role != MemberRole.OWNER, UnitMember.id)).unique().all()


def open_invitations(unit: Unit) -> Sequence[MemberInvitation]:
    """Invitations that can still be used."""
    query = select(MemberInvitation).where(
        MemberInvitation.unit_id == unit.id,
        MemberInvitation.used_at.is_(None),
        MemberInvitation.expires_at > clock.now(),
    )
    return db.session.scalars(query.order_by(MemberInvitation.id)).unique().all()


def claims(person: Person, state: ClaimState | None = None) -> Pagination:
    """The claims of the units of a person's authority; of all for the department. Those that wait first."""
    query = _claims_of(person).order_by(UnitClaim.state != ClaimState.WAITING, UnitClaim.id.desc())
    if state is not None:
        query = query.where(UnitClaim.state == state)
    return db.paginate(query, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)


def claim(claim_id: int, person: Person) -> UnitClaim:
    """One claim for a person who may see it.

    Raises:
        NotFound: for everyone else.
    """
    found = db.session.scalars(_claims_of(person).where(UnitClaim.id == claim_id)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def waiting_claims(person: Person) -> int:
    """How many claims wait for a person."""
    waiting = _claims_of(person).where(UnitClaim.state == ClaimState.WAITING).with_only_columns(UnitClaim.id)
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def _claims_of(person: Person) -> Select[UnitClaim]:
    return of_authority(select(UnitClaim).join(UnitClaim.unit), person)
