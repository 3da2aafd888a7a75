"""Reads of the API: collections with whole pages, each in a fixed number of questions to the database."""

from __future__ import annotations

from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.api.schemas import MOST_PER_PAGE
from portal.foundation.database import db
from portal.register.models import ListEntry, Unit
from portal.register.queries import Selection
from portal.register.queries.days import page_on
from portal.register.queries.selection import entries_of


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
    if as_of is not None:
        return page_on(selection, as_of, page, per_page, MOST_PER_PAGE)
    return db.paginate(entries_of(selection), page=page, per_page=per_page, max_per_page=MOST_PER_PAGE, error_out=False)
