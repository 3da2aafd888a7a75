"""The authority's use cases: publish, return, withdraw."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials.members import queries as members
from portal.credentials.profile import queries
from portal.credentials.profile.models import UnitProfile
from portal.credentials.profile.rules import REASON_NEEDED, ProfileState
from portal.credentials.profile.services.versions import NotNow, alone, record, require_seen
from portal.foundation import clock, outbox
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotPermitted
from portal.search import mark_changed

DECIDED = "showcase.decided"


class OwnProfile(NotPermitted):
    """Nobody of the enterprise decides what it shows."""

    message = _l("Nobody decides on the profile of a unit that they belong to.")


def publish(profile_id: int, *, seen: int, by: Person) -> UnitProfile:
    """Make a version public in place of the one before.

    Raises:
        NotFound, NotPermitted: it is not this person's to decide.
        NotNow, Stale: it does not wait any more, or it was changed.
    """
    with transaction():
        profile = _to_decide(profile_id, by, ProfileState.SUBMITTED, seen)
        before = queries.published_version(profile.unit_id)
        if before is not None:
            before.state = ProfileState.SUPERSEDED
            db.session.flush()
        _decide(profile, ProfileState.PUBLISHED, "", by)
    return profile


def send_back(profile_id: int, reason: str, *, seen: int, by: Person) -> UnitProfile:
    """Return a version to the unit with what has to be changed. What is public stays public.

    Raises:
        NotFound, NotPermitted, NotNow, Stale: as in :func:`publish`.
        Invalid: without a reason.
    """
    with transaction():
        profile = _to_decide(profile_id, by, ProfileState.SUBMITTED, seen)
        _decide(profile, ProfileState.RETURNED, _reason(reason), by)
    return profile


def withdraw(profile_id: int, reason: str, *, seen: int, by: Person) -> UnitProfile:
    """Take a published version from the public pages.

    Raises:
        NotFound, NotPermitted, NotNow, Stale: as in :func:`publish`.
        Invalid: without a reason.
    """
    with transaction():
        profile = _to_decide(profile_id, by, ProfileState.PUBLISHED, seen)
        _decide(profile, ProfileState.WITHDRAWN, _reason(reason), by)
    return profile


def _to_decide(profile_id: int, by: Person, state: ProfileState, seen: int) -> UnitProfile:
    profile = queries.profile(profile_id, by)
    authorities.require(by, Permission.CONFIRM_UNITS, profile.unit.authority_id)
    if any(item.person_id == by.id for item in members.members(profile.unit)):
        raise OwnProfile
    alone(profile.unit_id)
    db.session.refresh(profile, ["state", "version"])
    if profile.state is not state:
        raise NotNow
    require_seen(profile, seen)
    return profile


def _decide(profile: UnitProfile, state: ProfileState, reason: str, by: Person) -> None:
    profile.state, profile.reason = state, reason
    profile.decided_at, profile.decided_by_id = clock.now(), by.id
    db.session.flush()
    outbox.put(DECIDED, f"profile:{profile.id}", {"state": str(state)})
    mark_changed(f"unit:{profile.unit.public_id}")
    record(str(state), profile, by)


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid({"reason": REASON_NEEDED})
    return text.strip()
