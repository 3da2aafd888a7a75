"""The national green code (Art. 25): granted by the national platform, recorded here for its year, never computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError

#: No green code is older than the national platform that grants it.
FIRST_YEAR = 2022
GREEN_HEADINGS = ("企业绿码", "绿码", "green code", "等级", "level")


class GreenLevel(StrEnum):
    """The three levels that the national platform grants."""

    A_PLUS = "a_plus"
    A = "a"
    B = "b"


class Source(StrEnum):
    """Who brought it: staff, from the national platform's export, or the enterprise with its evidence."""

    PLATFORM = "platform"
    ENTERPRISE = "enterprise"


class CodeState(StrEnum):
    """What was decided of a record. Whether a confirmed one is valid follows from its year."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class Standing(StrEnum):
    """What a record is worth on a day."""

    WAITING = "waiting"
    VALID = "valid"
    EXPIRED = "expired"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


#: Written as the platform writes them, in every language.
SIGNS: Mapping[GreenLevel, str] = {GreenLevel.A_PLUS: "A+", GreenLevel.A: "A", GreenLevel.B: "B"}
#: What a spreadsheet's cell may hold, after full-width signs and spaces are evened out.
WORDS: Mapping[str, GreenLevel] = {
    **{sign.lower() + after: level for level, sign in SIGNS.items() for after in ("", "级", "码", "级绿码")},
}
SOURCE_LABELS: Mapping[Source, LazyString] = {
    Source.PLATFORM: _l("Export of the national platform"),
    Source.ENTERPRISE: _l("Evidence of the enterprise"),
}
STANDING_LABELS: Mapping[Standing, LazyString] = {
    Standing.WAITING: _l("Awaits confirmation"),
    Standing.VALID: _l("Valid"),
    Standing.EXPIRED: _l("Expired"),
    Standing.REFUSED: _l("Not confirmed"),
    Standing.SUPERSEDED: _l("Superseded"),
}
TONES: Mapping[Standing, str] = {Standing.WAITING: "saffron", Standing.VALID: "pine"}


class AlreadyDecided(DomainError):
    """Somebody else was quicker."""

    status = 409
    message = _l("This green code has been decided already.")


class SamePerson(DomainError):
    """A green code is two persons' work."""

    status = 403
    message = _l("Whoever recorded a green code cannot confirm it.")


class AlreadyKnown(DomainError):
    """The same was recorded or claimed before and is still good, or still waits."""

    status = 409
    message = _l("This green code is recorded already or awaits confirmation.")


def last_day(year: int) -> date:
    """The last day on which a code of a year is valid."""
    return date(year, 12, 31)


def standing(state: CodeState, year: int, today: date) -> Standing:
    """What a record is worth on a day: a confirmed one is valid for its year and no longer."""
    if state is CodeState.CONFIRMED:
        return Standing.VALID if date(year, 1, 1) <= today <= last_day(year) else Standing.EXPIRED
    return Standing(state)
