"""Reads of the API: collections with whole pages, each in a fixed number of questions to the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.api.schemas import MOST_PER_PAGE
from portal.foundation.database import db
from portal.register.models import ListEntry, Unit
from portal.register.queries import Selection
from portal.register.queries.selection import entries_of
from portal.register.rules import PUBLIC_STATUSES, EntryStatus


def units(selection: Selection, page: int, per_page: int) -> Pagination:
    """Units of which an entry is in the selection, with all their names and entries, by id."""
    matching = select(ListEntry.unit_id).join(ListEntry.unit)
    condition = entries_of(selection).whereclause
    if condition is not None:
        matching = matching.where(condition)
    query = (
        select(Unit)
        .where(Unit.id.in_(matching.correlate(None)))
        .options(
            selectinload(Unit.names),
            selectinload(Unit.entries).joinedload(ListEntry.agency),
            joinedload(Unit.authority),
        )
        .order_by(Unit.id)
    )
    return db.paginate(query, page=page, per_page=per_page, max_per_page=MOST_PER_PAGE, error_out=False)


def entries(selection: Selection, as_of: date | None, page: int, per_page: int) -> Pagination:
    """Entries of a selection with their units and agencies; with a day, as they stood at its end.

    Without a status, the entries on the lists of that day; with one or both, those that had it then.
    """
    if as_of is None:
        query = entries_of(selection)
    else:
        query = entries_of(replace(selection, status=())).where(_listed(as_of))
        wanted = set(selection.status) or {EntryStatus.ACTIVE}
        if wanted != set(PUBLIC_STATUSES):
            query = query.where(_removed(as_of) if EntryStatus.REMOVED in wanted else ~_removed(as_of))
    return db.paginate(query, page=page, per_page=per_page, max_per_page=MOST_PER_PAGE, error_out=False)


def _listed(day: date) -> ColumnElement[bool]:
    """Whether an entry had come onto its list by the end of a day.

    Many published lists name their year and no day: their entries count from the last day of that year.
    """
    whole_year = day.year if (day.month, day.day) == (12, 31) else day.year - 1
    return or_(ListEntry.listed_on <= day, and_(ListEntry.listed_on.is_(None), ListEntry.year <= whole_year))


def _removed(day: date) -> ColumnElement[bool]:
    """Whether an entry had been removed by the end of a day."""
    return and_(ListEntry.removed_on.is_not(None), ListEntry.removed_on <= day)
