"""Which version of a profile may be worked on now, by whom, and by one at a time; used inside the transaction of a use case."""

from __future__ import annotations

from sqlalchemy import select

from portal.authorities.models import Person
from portal.credentials.members import queries as members
from portal.credentials.profile import queries
from portal.credentials.profile.models import UnitProfile
from portal.foundation import audit
from portal.foundation.database import db
from portal.foundation.errors import DomainError, Stale
from portal.register.models import Unit


class NotNow(DomainError):
    """The version is with the authority, or was decided meanwhile."""

    status = 409


def require_member(unit: Unit, by: Person) -> None:
    """Raise NotAMember for whoever does not belong to the unit."""
    members.membership(by, unit.public_id)


def alone(unit_id: int) -> None:
    """Let nobody else begin or decide a version of this unit until this is done."""
    db.session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update())


def editable(unit: Unit, by: Person) -> UnitProfile:
    """The version that the unit writes in.

    Raises:
        NotAMember, NotNow: ``by`` does not belong to the unit, or there is nothing to write in now.
    """
    require_member(unit, by)
    profile = queries.open_version(unit.id)
    if profile is None or not profile.is_editable:
        raise NotNow
    return profile


def require_seen(profile: UnitProfile, seen: int) -> None:
    """Raise Stale where a version was changed since it was seen."""
    if profile.version != seen:
        raise Stale


def record(act: str, profile: UnitProfile, by: Person, **facts: str) -> None:
    """Note an act in the audit log."""
    audit.record(f"credentials.profile.{act}", f"profile:{profile.id}", by.actor, {"unit": profile.unit_id, **facts})
