"""The use case of stating a change: by a person of the unit, for the unit."""

from __future__ import annotations

from portal.authorities.models import Person
from portal.credentials.members import queries as members
from portal.foundation.database import transaction
from portal.register.changes import services as changes
from portal.register.changes.evidence import Files
from portal.register.changes.models import ChangeStatement
from portal.register.changes.rules import Change, ChangeOrigin
from portal.register.models import Unit


def state_own_change(unit: Unit, change: Change, files: Files, *, version: int | None, by: Person) -> ChangeStatement:
    """State a change of one's own unit; its authority examines it.

    Raises:
        NotAMember: ``by`` does not belong to the unit.
        And as :func:`portal.register.changes.services.state_change`.
    """
    with transaction():
        members.membership(by, unit.public_id)
        return changes.state_change(unit, change, files, version=version, by=by, origin=ChangeOrigin.UNIT)
