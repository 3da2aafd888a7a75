"""Every entry as a few plain facts, for what goes through all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from portal.authorities.models import Authority
from portal.foundation.database import db
from portal.register.models import ListEntry, Unit
from portal.register.queries.selection import Scope
from portal.register.rules import Category, EntryStatus, Level


class Fact(NamedTuple):
    """One entry: whose it is, on which list, and when it came and went."""

    unit_id: int
    year: int
    level: Level
    category: Category
    #: The code of the authority for a unit of the region, else empty.
    authority: str
    province: str
    listed_on: date | None
    #: The day of a published removal; what is only decided is nobody's business but the desk's.
    removed_on: date | None

    @property
    def entered_in(self) -> int:
        """The year in which the entry came onto its list: that of its day, else the one that the list names."""
        return self.listed_on.year if self.listed_on else self.year

    @property
    def left_in(self) -> int | None:
        """The year of its removal, never before that of its listing; None while it stands."""
        return max(self.removed_on.year, self.entered_in) if self.removed_on else None


def facts(scope: Scope) -> Sequence[Fact]:
    """All entries of the region, or all there are, in one question and without their objects."""
    query = (
        select(
            ListEntry.unit_id,
            ListEntry.year,
            ListEntry.level,
            ListEntry.category,
            Authority.code,
            Unit.province,
            ListEntry.listed_on,
            ListEntry.removed_on,
            ListEntry.status,
        )
        .join(ListEntry.unit)
        .outerjoin(Unit.authority)
        .order_by(ListEntry.id)
    )
    if scope is Scope.REGION:
        query = query.where(Unit.authority_id.is_not(None))
    return [
        Fact(
            unit,
            year,
            level,
            category,
            code or "",
            province,
            listed,
            removed if status is EntryStatus.REMOVED else None,
        )
        for unit, year, level, category, code, province, listed, removed, status in db.session.execute(query)
    ]
