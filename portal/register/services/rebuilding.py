"""The tables of the register made again from its ledger, or compared with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update

from portal.authorities.services import SYSTEM
from portal.foundation import audit
from portal.foundation.database import Base, db, transaction
from portal.register import replay
from portal.register.models import Agency, Exclusion, ListEntry, Unit, UnitName
from portal.register.rules import public_id
from portal.search import mark_changed

Row = Mapping[str, Any]
#: The projections, each after what it refers to.
TABLES: tuple[type[Base], ...] = (Agency, Unit, UnitName, ListEntry, Exclusion)
#: How often a row was written is no fact of the register.
UNTOLD = {"version"}


@dataclass(frozen=True)
class Difference:
    """A row that is not what the ledger makes: missing, surplus, or with other facts under ``facts``."""

    table: str
    id: int
    kind: str
    facts: tuple[str, ...] = ()


def rebuild(*, check: bool = False) -> Sequence[Difference]:
    """Compare the register's tables with what the ledger makes, and unless ``check`` make them so.

    Returns:
        the differences that there were, by table and id.
    """
    if check:
        return [difference for table in TABLES for difference in _compare(table, _made()[table])]
    with transaction():
        made = _made()
        found = {table: _compare(table, made[table]) for table in TABLES}
        for table in reversed(TABLES):
            surplus = [item.id for item in found[table] if item.kind == "surplus"]
            if surplus:
                db.session.execute(delete(table).where(table.__table__.c.id.in_(surplus)))
        for table in TABLES:
            _write(table, made[table], found[table])
        differences = [difference for table in TABLES for difference in found[table]]
        db.session.expire_all()
        _follow(differences, made)
        if differences:
            audit.record("register.ledger.rebuilt", "register", SYSTEM, {"rows": len(differences)})
    return differences


def facts_of(table: type[Base], things: Iterable[Any]) -> dict[int, Row]:
    """Rows by id, without what is no fact of the register."""
    names = [column.name for column in table.__table__.columns if column.name not in UNTOLD]
    return {thing.id: {name: getattr(thing, name) for name in names} for thing in things}


def _made() -> Mapping[type[Base], dict[int, Row]]:
    copy = replay.replay(replay.acts())
    things: Mapping[type[Base], Iterable[Any]] = {
        Agency: copy.agencies.values(),
        Unit: copy.units.values(),
        UnitName: (name for unit in copy.units.values() for name in unit.names),
        ListEntry: copy.entries.values(),
        Exclusion: (exclusion for agency in copy.agencies.values() for exclusion in agency.exclusions),
    }
    return {table: facts_of(table, found) for table, found in things.items()}


def _compare(table: type[Base], made: Mapping[int, Row]) -> list[Difference]:
    columns = [column for column in table.__table__.columns if column.name not in UNTOLD]
    stored = {row["id"]: dict(row) for row in db.session.execute(select(*columns)).mappings()}
    name = table.__tablename__
    found = [Difference(name, number, "surplus") for number in stored.keys() - made.keys()]
    found += [Difference(name, number, "missing") for number in made.keys() - stored.keys()]
    for number in stored.keys() & made.keys():
        other = tuple(fact for fact, value in made[number].items() if stored[number][fact] != value)
        if other:
            found.append(Difference(name, number, "different", other))
    return sorted(found, key=lambda item: item.id)


def _write(table: type[Base], made: Mapping[int, Row], differences: Sequence[Difference]) -> None:
    versioned = "version" in table.__table__.c
    columns = table.__table__.c
    for difference in differences:
        if difference.kind == "different":
            changed = {fact: made[difference.id][fact] for fact in difference.facts}
            counted = {"version": columns.version + 1} if versioned else {}
            db.session.execute(update(table).where(columns.id == difference.id).values({**changed, **counted}))
    missing = [made[item.id] for item in differences if item.kind == "missing"]
    if missing:
        db.session.execute(insert(table), [{**row, **({"version": 1} if versioned else {})} for row in missing])
        _count_on(table)


def _count_on(table: type[Base]) -> None:
    """Let PostgreSQL give out ids behind those that the ledger brought back; SQLite does so by itself."""
    if db.engine.dialect.name == "postgresql":
        last = db.session.scalar(select(func.max(table.__table__.c.id)))
        setting = text(
            "SELECT setval(pg_get_serial_sequence(:name, 'id'), "
            "greatest(:last, nextval(pg_get_serial_sequence(:name, 'id'))))"
        )
        db.session.execute(setting, {"name": table.__tablename__, "last": last})


def _follow(differences: Sequence[Difference], made: Mapping[type[Base], Mapping[int, Row]]) -> None:
    """Let the search read again what changed."""
    units = {item.id for item in differences if item.table == "unit"}
    for table in (UnitName, ListEntry):
        ids = {item.id for item in differences if item.table == table.__tablename__}
        units |= {row["unit_id"] for number, row in made[table].items() if number in ids}
    agencies = {item.id for item in differences if item.table == "agency"}
    keys = [f"unit:{public_id('u', number)}" for number in sorted(units)]
    keys += [f"agency:{public_id('a', number)}" for number in sorted(agencies)]
    if keys:
        mark_changed(*keys)
