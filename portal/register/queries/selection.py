"""A selection of the register: read from an address, turned into one condition, counted by facets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from werkzeug.datastructures import MultiDict

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import DomainError
from portal.register.cleaning import name_key
from portal.register.models import ListEntry, Unit, UnitName
from portal.register.places import PROVINCES
from portal.register.rules import PUBLIC_STATUSES, Category, EntryStatus, Level

PER_PAGE = 30
LONGEST_QUERY = 100
LONGEST_NAME = 400


class Scope(StrEnum):
    """Units under one of the nine authorities, or also those of other provinces that are there for reference."""

    REGION = "region"
    ALL = "all"


class Order(StrEnum):
    """The order of a list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"


ORDER_LABELS: Mapping[Order, LazyString] = {
    Order.NEWEST: _l("Newest first"),
    Order.OLDEST: _l("Oldest first"),
    Order.NAME: _l("By name"),
}
_DAY = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
FACETS = ("level", "category", "year", "authority", "province", "status")


class UnknownFilter(DomainError):
    """A file was asked for with a filter that does not exist; a wrong selection would go unnoticed."""

    status = 400
    message = _l("The address names a filter that does not exist.")


@dataclass(frozen=True)
class Selection:
    """What a reader chose. Values of one facet are alternatives, facets hold together."""

    scope: Scope = Scope.REGION
    level: tuple[Level, ...] = ()
    category: tuple[Category, ...] = ()
    year: tuple[int, ...] = ()
    authority: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    status: tuple[EntryStatus, ...] = ()
    q: str = ""
    sort: Order = Order.NEWEST
    #: The day at whose end the lists are asked for; None for the lists of now.
    as_of: date | None = None
    unknown: tuple[str, ...] = field(default=(), compare=False)

    def args(self, **changes: object) -> dict[str, Any]:
        """The selection as the arguments of an address, with changes; what is the default is left out."""
        changed = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        found: dict[str, Any] = {}
        for name in ("q", *FACETS):
            if value := getattr(changed, name):
                found[name] = value if name == "q" else [str(item) for item in value]
        if changed.scope is not Scope.REGION:
            found["scope"] = str(changed.scope)
        if changed.sort is not Order.NEWEST:
            found["sort"] = str(changed.sort)
        if changed.as_of is not None:
            found["as_of"] = changed.as_of.isoformat()
        return found

    def toggled(self, facet: str, value: object) -> dict[str, Any]:
        """The arguments of the address in which a facet's value is chosen, or not any more."""
        chosen = getattr(self, facet)
        after = tuple(item for item in chosen if item != value) if value in chosen else (*chosen, value)
        return self.args(**{facet: after})

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the scope and the order was chosen."""
        return any(getattr(self, name) for name in ("q", *FACETS))


def parse(args: MultiDict[str, str], *, default_scope: Scope) -> Selection:
    """The selection of an address. What cannot be read is left out and named in ``unknown``."""
    unknown: list[str] = []

    def members(name: str, allowed: Sequence[Any]) -> tuple[Any, ...]:
        known = {str(item): item for item in allowed}
        asked = [value.strip() for value in args.getlist(name) if value.strip()]
        if any(value not in known for value in asked):
            unknown.append(name)
        return tuple(dict.fromkeys(known[value] for value in asked if value in known))

    codes = [authority.code for authority in authority_queries.authorities()] if args.get("authority") else []
    scope = members("scope", list(Scope))
    order = members("sort", list(Order))
    query = " ".join(args.get("q", "").replace("\x00", "").split())
    asked_day = args.get("as_of", "").strip()
    as_of = past_day(asked_day)
    if asked_day and as_of is None:
        unknown.append("as_of")
    return Selection(
        scope=scope[0] if scope else default_scope,
        level=members("level", list(Level)),
        category=members("category", list(Category)),
        year=members("year", range(1990, 2101)),
        authority=members("authority", codes),
        province=members("province", list(PROVINCES)),
        status=members("status", PUBLIC_STATUSES),
        q=query[:LONGEST_QUERY],
        sort=order[0] if order else Order.NEWEST,
        as_of=as_of,
        unknown=tuple(unknown),
    )


def past_day(text: str) -> date | None:
    """The day of an address such as ``2025-07-31``; None for what is none, and for a day that is yet to come."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day <= clock.today() else None


def parse_strictly(args: MultiDict[str, str]) -> Selection:
    """The selection of a file's address, with everything in scope unless said.

    Raises:
        UnknownFilter: on a value that does not exist.
    """
    selection = parse(args, default_scope=Scope.ALL)
    if selection.unknown:
        raise UnknownFilter
    return selection


def entries_of(selection: Selection) -> Select[Any]:
    """The entries of a selection with their units and agencies, in order."""
    query = (
        select(ListEntry)
        .join(ListEntry.unit)
        .where(*_conditions(selection))
        .options(
            contains_eager(ListEntry.unit).options(selectinload(Unit.names), joinedload(Unit.authority)),
            joinedload(ListEntry.agency),
        )
    )
    order: dict[Order, tuple[Any, ...]] = {
        Order.NEWEST: (ListEntry.year.desc(), ListEntry.id),
        Order.OLDEST: (ListEntry.year, ListEntry.id),
        Order.NAME: (Unit.name_sound, Unit.id, ListEntry.id),
    }
    return query.order_by(*order[selection.sort])


def page(selection: Selection, number: int) -> Pagination:
    """A page of a selection; behind the last one there is nothing."""
    return db.paginate(
        entries_of(selection), page=max(number, 1), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False
    )


def stream(selection: Selection) -> Iterator[ListEntry]:
    """Every entry of a selection, read in portions."""
    yield from db.session.scalars(entries_of(selection).execution_options(yield_per=500))


def count(selection: Selection) -> int:
    """How many entries a selection has."""
    query = select(func.count()).select_from(ListEntry).join(ListEntry.unit).where(*_conditions(selection))
    return db.session.scalar(query) or 0


def facet_counts(selection: Selection) -> dict[str, dict[Any, int]]:
    """Per facet the values there are with their numbers of entries, each facet as if it were not narrowed itself.

    One grouped query for each facet. A removal that is not announced counts as on the list.
    """
    columns: dict[str, Any] = {
        "level": ListEntry.level,
        "category": ListEntry.category,
        "year": ListEntry.year,
        "authority": Authority.code,
        "province": Unit.province,
        "status": ListEntry.status,
    }
    return {
        name: _facet(replace(selection, **{name: ()}), name, column)  # type: ignore[arg-type]
        for name, column in columns.items()
    }


def _facet(selection: Selection, name: str, column: Any) -> dict[Any, int]:
    query = select(column, func.count()).select_from(ListEntry).join(ListEntry.unit).where(*_conditions(selection))
    if name == "authority":
        query = query.join(Unit.authority)
    rows = db.session.execute(query.group_by(column)).all()
    if name == "status":
        removed = sum(number for value, number in rows if value is EntryStatus.REMOVED)
        counted = {EntryStatus.ACTIVE: sum(number for _value, number in rows) - removed, EntryStatus.REMOVED: removed}
        return {value: number for value, number in counted.items() if number}
    return {value: number for value, number in rows if value not in {None, ""}}


def _conditions(selection: Selection) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if selection.scope is Scope.REGION:
        found.append(Unit.authority_id.is_not(None))
    for column, values in (
        (ListEntry.level, selection.level),
        (ListEntry.category, selection.category),
        (ListEntry.year, selection.year),
        (Unit.province, selection.province),
    ):
        if values:
            found.append(column.in_(values))
    if selection.authority:
        codes = select(Authority.id).where(Authority.code.in_(selection.authority))
        found.append(Unit.authority_id.in_(codes))
    if len(selection.status) == 1:
        removed = ListEntry.status == EntryStatus.REMOVED
        found.append(removed if selection.status[0] is EntryStatus.REMOVED else ~removed)
    if selection.q:
        found.append(named(selection.q))
    return found


def named(text: str) -> ColumnElement[bool]:
    """The condition that a unit bears or bore a name with each word of ``text`` in it, or has it in its credit code."""
    return and_(*(_word(word) for word in text.split()[:6]), *([] if text.split() else [Unit.id.is_(None)]))


def _word(word: str) -> ColumnElement[bool]:
    key = name_key(word)
    # No name is so long, and SQLite refuses to look for what is.
    if not key or len(key) > LONGEST_NAME:
        return Unit.id.is_(None)
    former = select(UnitName.unit_id).where(UnitName.key.contains(key, autoescape=True))
    return or_(
        Unit.name_key.contains(key, autoescape=True),
        Unit.name_bo.contains(word, autoescape=True),
        Unit.uscc.contains(key.upper(), autoescape=True),
        Unit.id.in_(former),
    )


assert {*FACETS, "scope", "q", "sort", "as_of", "unknown"} == {item.name for item in fields(Selection)}  # noqa: S101 - a facet added in one place only would be lost
