"""The register on some day as plain things in memory: what a replay of the ledger makes.

They carry the same facts under the same names as the tables, so that pages and files read one like the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from portal.authorities.models import Authority
from portal.register.rules import (
    Category,
    EntryStatus,
    ExclusionGround,
    Level,
    NameKind,
    RemovalGround,
    public_id,
)


@dataclass(slots=True, eq=False)
class StandingName:
    """Another name of a unit."""

    id: int
    unit_id: int
    name: str
    key: str
    kind: NameKind


@dataclass(slots=True, eq=False)
class StandingUnit:
    """A unit as it was."""

    id: int
    name: str = ""
    name_key: str = ""
    name_sound: str = ""
    name_bo: str = ""
    uscc: str | None = None
    province: str = ""
    prefecture: str = ""
    authority_id: int | None = None
    attribution_confirmed: bool = False
    is_sample: bool = False
    authority: Authority | None = None
    names: list[StandingName] = field(default_factory=list)
    entries: list[StandingEntry] = field(default_factory=list)

    @property
    def public_id(self) -> str:
        """The id in forms and, without a credit code, in addresses."""
        return public_id("u", self.id)

    @property
    def ref(self) -> str:
        """What stands in the unit's address."""
        return self.uscc or self.public_id

    @property
    def former_names(self) -> list[str]:
        """The names that the unit had borne before, oldest first."""
        return [item.name for item in self.names if item.kind is NameKind.FORMER]

    @property
    def in_region(self) -> bool:
        """Whether the unit stood under one of the nine authorities (Art. 2, 5)."""
        return self.authority_id is not None


@dataclass(slots=True, eq=False)
class StandingExclusion:
    """A time in which an agency may not evaluate."""

    id: int
    agency_id: int
    first_day: date
    last_day: date
    ground: ExclusionGround
    document_id: int


@dataclass(slots=True, eq=False)
class StandingAgency:
    """An agency as it was."""

    id: int
    name: str = ""
    name_key: str = ""
    uscc: str | None = None
    authority_id: int | None = None
    is_sample: bool = False
    authority: Authority | None = None
    exclusions: list[StandingExclusion] = field(default_factory=list)

    @property
    def public_id(self) -> str:
        """The id in forms and addresses."""
        return public_id("a", self.id)


@dataclass(slots=True, eq=False)
class StandingEntry:
    """An entry as it was."""

    id: int
    unit_id: int
    unit: StandingUnit
    category: Category
    level: Level
    year: int
    batch: str = ""
    status: EntryStatus = EntryStatus.ACTIVE
    listed_on: date | None = None
    removed_on: date | None = None
    ground: RemovalGround | None = None
    agency_id: int | None = None
    source_url: str = ""
    source_name: str = ""
    agency: StandingAgency | None = None

    @property
    def public_status(self) -> EntryStatus:
        """The status for visitors: what was decided and not yet announced was still on the list."""
        return EntryStatus.REMOVED if self.status is EntryStatus.REMOVED else EntryStatus.ACTIVE
