"""Who may do what for a unit (Art. 19, 25, 28: the unit states, shows and reports itself)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError


class ClaimState(StrEnum):
    """Where a claim stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class MemberRole(StrEnum):
    """``owner``: also decides who else belongs to the unit."""

    OWNER = "owner"
    MEMBER = "member"


CLAIM_LABELS: Mapping[ClaimState, LazyString] = {
    ClaimState.WAITING: _l("Awaits confirmation"),
    ClaimState.CONFIRMED: _l("Confirmed"),
    ClaimState.REFUSED: _l("Not confirmed"),
}
MEMBER_LABELS: Mapping[MemberRole, LazyString] = {
    MemberRole.OWNER: _l("Owner"),
    MemberRole.MEMBER: _l("Member"),
}

#: How long a link of an invitation can be used.
INVITATION_LASTS = timedelta(days=7)


class NotAMember(DomainError):
    """Nobody sees the space of a unit that they do not belong to; that it exists is nobody else's business."""

    status = 404
    message = _l("The page you asked for does not exist.")


class OwnersOnly(DomainError):
    """Only an owner decides who belongs to a unit."""

    status = 403
    message = _l("Only an owner of the unit can do this.")


class LastOwner(DomainError):
    """A unit with members keeps an owner."""

    status = 409
    message = _l("The unit needs at least one owner. Please hand over first.")


class NotOfTheRegion(DomainError):
    """A unit that stands under none of the nine authorities has nobody here to confirm it."""

    status = 422
    message = _l("This unit is not under an authority of the region, so nobody here can confirm a claim.")


class AlreadyDecided(DomainError):
    """Somebody else was quicker."""

    status = 409
    message = _l("This claim has been decided already.")


class LinkNotGood(DomainError):
    """A link of an invitation that was used, is too old, or was never given."""

    status = 410
    message = _l("This link has been used or is too old. Please ask for a new invitation.")
