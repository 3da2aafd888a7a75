"""Reads of authorities and staff."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.authorities.models import Authority, Person, RoleRecord
from portal.authorities.rules import AuthorityKind, Role
from portal.foundation.database import db
from portal.foundation.errors import NotFound


def authorities() -> Sequence[Authority]:
    """All nine, in official order."""
    return db.session.scalars(select(Authority).order_by(Authority.position)).all()


def department() -> Authority:
    """The department itself."""
    return db.session.scalars(select(Authority).where(Authority.kind == AuthorityKind.DEPARTMENT)).one()


def verifying_authorities() -> Sequence[Authority]:
    """The eight that verify complaints (Art. 24)."""
    return [authority for authority in authorities() if not authority.is_department]


def authority(authority_id: int) -> Authority:
    """One authority.

    Raises:
        NotFound: where there is none.
    """
    found = db.session.get(Authority, authority_id)
    if found is None:
        raise NotFound
    return found


def authority_by_code(code: str) -> Authority | None:
    """The authority of a code such as ``lhasa``."""
    return db.session.scalars(select(Authority).where(Authority.code == code)).one_or_none()


def staff() -> Sequence[Person]:
    """All accounts of staff, by authority and name."""
    enterprise = Person.roles.any(RoleRecord.name == Role.ENTERPRISE)
    query = select(Person).join(Authority).where(~enterprise).order_by(Authority.position, Person.email)
    return db.session.scalars(query).unique().all()


def person(person_id: int) -> Person:
    """One account.

    Raises:
        NotFound: where there is none.
    """
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def person_by_email(email: str) -> Person | None:
    """The account of an e-mail address, in any case of letters."""
    return db.session.scalars(select(Person).where(Person.email == email.strip().lower())).unique().one_or_none()


def demo_accounts_exist() -> bool:
    """Whether the database holds accounts whose passwords are public."""
    return db.session.scalars(select(Person.id).where(Person.is_demo).limit(1)).first() is not None
