"""What a code can answer: one of three, and nothing between them (Art. 3, 13, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.register.rules import EntryStatus


class Standing(StrEnum):
    """The three answers."""

    IN_FORCE = "in_force"
    NOT_IN_FORCE = "not_in_force"
    NOT_OURS = "not_ours"


STANDING_LABELS: Mapping[Standing, LazyString] = {
    Standing.IN_FORCE: _l("Genuine and in force"),
    Standing.NOT_IN_FORCE: _l("Genuine, but not in force now"),
    Standing.NOT_OURS: _l("Not a code of this portal"),
}
STANDING_SENTENCES: Mapping[Standing, LazyString] = {
    Standing.IN_FORCE: _l("The unit is on the list today."),
    Standing.NOT_IN_FORCE: _l("The unit was on the list. It was removed from it."),
    Standing.NOT_OURS: _l("This portal has never issued this code. Whoever shows it proves nothing with it."),
}
STANDING_TONES: Mapping[Standing, str] = {
    Standing.IN_FORCE: "pine",
    Standing.NOT_IN_FORCE: "saffron",
    Standing.NOT_OURS: "madder",
}


def standing(status: EntryStatus) -> Standing:
    """What the code of an entry answers; a removal holds from its announcement on, not from its decision (Art. 18)."""
    return Standing.NOT_IN_FORCE if status is EntryStatus.REMOVED else Standing.IN_FORCE
