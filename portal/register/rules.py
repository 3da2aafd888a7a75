"""What a list is, whose unit it is, and why an entry ends (Art. 2, 3, 15, 18, 19, 22)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError

TIBET = "西藏"


class Category(StrEnum):
    """Art. 3: the three kinds of list."""

    FACTORY = "green_factory"
    PARK = "green_industrial_park"
    SUPPLY_CHAIN = "green_supply_chain_enterprise"


class Level(StrEnum):
    """Art. 3: the three levels. The lists of other provinces stand on the level of the region's."""

    NATIONAL = "national"
    REGIONAL = "regional"
    PREFECTURAL = "prefectural"


class EntryStatus(StrEnum):
    """Where an entry stands. A removal that is decided and not yet announced is nobody's business but the desk's."""

    ACTIVE = "active"
    PENDING_REMOVAL = "pending_removal"
    REMOVED = "removed"


class NameKind(StrEnum):
    """Another name of a unit: one that it bore, or one that it is called by."""

    FORMER = "former"
    ALIAS = "alias"


class EventKind(StrEnum):
    """The acts of the ledger."""

    IMPORTED = "imported"
    LISTED = "listed"
    COMPLETED = "completed"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"
    REMOVAL_PROPOSED = "removal_proposed"
    REMOVAL_DROPPED = "removal_dropped"
    REMOVED = "removed"
    EXCLUSION_PROPOSED = "exclusion_proposed"
    EXCLUSION_DROPPED = "exclusion_dropped"
    EXCLUDED = "excluded"
    CORRECTED = "corrected"


class PendingKind(StrEnum):
    """Acts that wait for their announcement."""

    REMOVAL = "removal"
    EXCLUSION = "exclusion"


class PendingState(StrEnum):
    """Whether a pending act took effect."""

    PENDING = "pending"
    EFFECTIVE = "effective"
    DROPPED = "dropped"


class RemovalGround(StrEnum):
    """Why an entry ends."""

    NOT_IN_OPERATION = "not_in_operation"
    VIOLATION = "violation"
    REMOVED_BEFORE = "removed_before"
    SERIOUS_PROBLEMS = "serious_problems"
    ENERGY_RECTIFICATION = "energy_rectification"
    DISHONEST_DEBTOR = "dishonest_debtor"
    FORM_REFUSED = "form_refused"
    FALSE_MATERIAL = "false_material"
    MAJOR_INCIDENT = "major_incident"
    NO_LONGER_QUALIFIES = "no_longer_qualifies"


class ExclusionGround(StrEnum):
    """Why an agency may not evaluate in the region for a time (Art. 22)."""

    FALSIFICATION = "falsification"
    POOR_QUALITY = "poor_quality"


CATEGORY_LABELS: Mapping[Category, LazyString] = {
    Category.FACTORY: _l("Green factory"),
    Category.PARK: _l("Green industrial park"),
    Category.SUPPLY_CHAIN: _l("Green supply chain management enterprise"),
}
LEVEL_LABELS: Mapping[Level, LazyString] = {
    Level.NATIONAL: _l("National level"),
    Level.REGIONAL: _l("Autonomous region level"),
    Level.PREFECTURAL: _l("Prefecture (city) level"),
}
PROVINCE_LEVEL = _l("Province level")
REGION_OR_PROVINCE_LEVEL = _l("Autonomous region or province level")
STATUS_LABELS: Mapping[EntryStatus, LazyString] = {
    EntryStatus.ACTIVE: _l("On the list"),
    EntryStatus.PENDING_REMOVAL: _l("Removal awaits its announcement"),
    EntryStatus.REMOVED: _l("Removed"),
}
#: What the public may choose and read; a pending removal is still on the list.
PUBLIC_STATUSES = (EntryStatus.ACTIVE, EntryStatus.REMOVED)
EVENT_LABELS: Mapping[EventKind, LazyString] = {
    EventKind.IMPORTED: _l("Taken over from a published list"),
    EventKind.LISTED: _l("Listed"),
    EventKind.COMPLETED: _l("Details of the entry completed"),
    EventKind.RENAMED: _l("Name changed"),
    EventKind.MOVED: _l("Authority assigned"),
    EventKind.CHANGED: _l("Details of the unit changed"),
    EventKind.REMOVAL_PROPOSED: _l("Removal awaits its announcement"),
    EventKind.REMOVAL_DROPPED: _l("Proposed removal dropped"),
    EventKind.REMOVED: _l("Removed"),
    EventKind.EXCLUSION_PROPOSED: _l("Exclusion awaits its announcement"),
    EventKind.EXCLUSION_DROPPED: _l("Proposed exclusion dropped"),
    EventKind.EXCLUDED: _l("Excluded from evaluation"),
    EventKind.CORRECTED: _l("Corrected"),
}
#: What a visitor reads in a unit's history; the rest is the desk's until an announcement says it.
PUBLIC_EVENTS = frozenset(
    {
        EventKind.IMPORTED,
        EventKind.LISTED,
        EventKind.RENAMED,
        EventKind.MOVED,
        EventKind.REMOVED,
        EventKind.EXCLUDED,
        EventKind.CORRECTED,
    }
)
#: What a visitor reads only where an announcement told of it (Art. 19).
ANNOUNCED_EVENTS = frozenset({EventKind.CHANGED})
#: What changes open data, whether or not it is told as an act.
DATA_EVENTS = PUBLIC_EVENTS | ANNOUNCED_EVENTS | {EventKind.COMPLETED}
REMOVAL_LABELS: Mapping[RemovalGround, LazyString] = {
    RemovalGround.NOT_IN_OPERATION: _l("Not in normal operation"),
    RemovalGround.VIOLATION: _l("Accidents, tax offences or other violations of the law"),
    RemovalGround.REMOVED_BEFORE: _l("Removed from a green manufacturing list"),
    RemovalGround.SERIOUS_PROBLEMS: _l("Serious problems found in inspections"),
    RemovalGround.ENERGY_RECTIFICATION: _l("Energy-saving rectification not completed as required"),
    RemovalGround.DISHONEST_DEBTOR: _l("Listed as a dishonest judgment debtor"),
    RemovalGround.FORM_REFUSED: _l("Refusal to file the dynamic management form on time"),
    RemovalGround.FALSE_MATERIAL: _l("False material or data"),
    RemovalGround.MAJOR_INCIDENT: _l("Major safety, quality or environmental incident"),
    RemovalGround.NO_LONGER_QUALIFIES: _l("No longer meets the standard after a change"),
}
REMOVAL_ARTICLES: Mapping[RemovalGround, str] = {
    RemovalGround.NOT_IN_OPERATION: "15(1), 18(1)",
    RemovalGround.VIOLATION: "15(2), 18(1)",
    RemovalGround.REMOVED_BEFORE: "15(3), 18(1)",
    RemovalGround.SERIOUS_PROBLEMS: "15(4), 18(1)",
    RemovalGround.ENERGY_RECTIFICATION: "15(5), 18(1)",
    RemovalGround.DISHONEST_DEBTOR: "15(6), 18(1)",
    RemovalGround.FORM_REFUSED: "18(2)",
    RemovalGround.FALSE_MATERIAL: "18(3)",
    RemovalGround.MAJOR_INCIDENT: "18",
    RemovalGround.NO_LONGER_QUALIFIES: "19",
}
EXCLUSION_LABELS: Mapping[ExclusionGround, LazyString] = {
    ExclusionGround.FALSIFICATION: _l("Falsification in evaluation"),
    ExclusionGround.POOR_QUALITY: _l("Poor result of the quality assessment"),
}
EXCLUSION_ARTICLE = "22"


class NothingToRemove(DomainError):
    """The unit has no entry that the region may end."""

    message = _l("This unit has no entry that could be removed.")


class AlreadyPending(DomainError):
    """The same act already waits for its announcement."""

    status = 409
    message = _l("The same decision already awaits its announcement.")


def level_label(level: Level, *, in_region: bool | None) -> LazyString:
    """A level in words: for a unit of the region (True), of elsewhere (False), or for both (None)."""
    if level is not Level.REGIONAL or in_region:
        return LEVEL_LABELS[level]
    return REGION_OR_PROVINCE_LEVEL if in_region is None else PROVINCE_LEVEL


def public_id(letter: str, number: int) -> str:
    """The id that forms and addresses carry, such as ``u12`` for a unit or ``a7`` for an agency."""
    return f"{letter}{number}"


def parse_public_id(text: str) -> tuple[str, int] | None:
    """The letter and number of a public id, or None where the text is none."""
    match = re.fullmatch(r"([ua])([1-9][0-9]{0,8})", text.strip().lower(), re.ASCII)
    return (match[1], int(match[2])) if match else None


def years_later(day: date, years: int) -> date:
    """The same day some years on; 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def is_excluded(periods: Iterable[tuple[date, date]], on: date) -> bool:
    """Whether a day lies in one of the periods, the last day included (Art. 22)."""
    return any(first <= on <= last for first, last in periods)
