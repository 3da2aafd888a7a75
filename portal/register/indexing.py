"""How units and agencies appear in search."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.foundation.database import db
from portal.register import hooks
from portal.register.models import Agency, ListEntry, Unit
from portal.register.rules import parse_public_id
from portal.search import Entry

#: The region's units come first among equals.
REGION_BOOST = 1.0
REFERENCE_BOOST = 0.2
AGENCY_BOOST = 0.1


class UnitSource:
    """Units as entries."""

    kind = "unit"

    def entries(self, keys: Collection[str] | None = None) -> Iterable[Entry]:
        """All units, or those of ``keys``."""
        query = select(Unit).options(
            selectinload(Unit.names),
            selectinload(Unit.entries),
            joinedload(Unit.authority),
        )
        for ids in _portions(keys, "u"):
            chosen = query if ids is None else query.where(Unit.id.in_(ids))
            words = hooks.words_of(ids)
            for unit in db.session.scalars(chosen.order_by(Unit.id)).unique():
                yield unit_entry(unit, words.get(unit.id, ""))


class AgencySource:
    """Agencies as entries."""

    kind = "agency"

    def entries(self, keys: Collection[str] | None = None) -> Iterable[Entry]:
        """All agencies, or those of ``keys``."""
        for ids in _portions(keys, "a"):
            query = select(Agency).options(joinedload(Agency.authority))
            chosen = query if ids is None else query.where(Agency.id.in_(ids))
            for agency in db.session.scalars(chosen.order_by(Agency.id)).unique():
                yield agency_entry(agency)


def unit_entry(unit: Unit, said: str = "") -> Entry:
    """What can be found of a unit; ``said`` is what the features above say of it."""
    listed: list[ListEntry] = unit.entries
    words = {str(entry.batch) for entry in listed} | {unit.province, unit.prefecture}
    titles = (unit.name, unit.name_bo) if unit.name_bo else (unit.name,)
    return Entry(
        key=f"unit:{unit.public_id}",
        kind="unit",
        titles=titles,
        names=(*titles, *(item.name for item in unit.names)),
        codes=(unit.uscc,) if unit.uscc else (),
        body=" ".join([*sorted(word for word in words if word), *([said] if said else [])]),
        facets={
            "year": tuple(sorted({str(entry.year) for entry in listed})),
            "category": tuple(sorted({str(entry.category) for entry in listed})),
            "level": tuple(sorted({str(entry.level) for entry in listed})),
            "authority": (unit.authority.code,) if unit.authority else (),
            "scope": ("region", "all") if unit.in_region else ("all",),
        },
        date=max((entry.listed_on for entry in listed if entry.listed_on), default=None),
        boost=REGION_BOOST if unit.in_region else REFERENCE_BOOST,
    )


def agency_entry(agency: Agency) -> Entry:
    """What can be found of an agency."""
    return Entry(
        key=f"agency:{agency.public_id}",
        kind="agency",
        titles=(agency.name,),
        names=(agency.name,),
        codes=(agency.uscc,) if agency.uscc else (),
        facets={
            "authority": (agency.authority.code,) if agency.authority else (),
            "scope": ("region", "all") if agency.authority else ("all",),
        },
        boost=AGENCY_BOOST,
    )


def _portions(keys: Collection[str] | None, letter: str) -> Iterator[list[int] | None]:
    """The ids of keys, a few hundred at a time; None once for everything."""
    if keys is None:
        yield None
        return
    parsed = [parse_public_id(key.partition(":")[2]) for key in sorted(keys)]
    ids = [item[1] for item in parsed if item and item[0] == letter]
    for start in range(0, len(ids), 400):
        yield ids[start : start + 400]
