"""A selection answered: from the tables for now, from the ledger for another day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_sqlalchemy.pagination import Pagination

from portal.register.models import ListEntry
from portal.register.queries import days, selection
from portal.register.queries.selection import PER_PAGE, Selection
from portal.register.standing import StandingEntry


def page(chosen: Selection, number: int) -> Pagination:
    """A page of a selection; behind the last one there is nothing."""
    if chosen.as_of is None:
        return selection.page(chosen, number)
    return days.page_on(chosen, chosen.as_of, number, PER_PAGE, PER_PAGE)


def stream(chosen: Selection) -> Iterator[ListEntry | StandingEntry]:
    """Every entry of a selection."""
    if chosen.as_of is None:
        yield from selection.stream(chosen)
    else:
        yield from days.entries_on(chosen, chosen.as_of)


def count(chosen: Selection) -> int:
    """How many entries a selection has."""
    if chosen.as_of is None:
        return selection.count(chosen)
    return len(days.entries_on(chosen, chosen.as_of))


def facet_counts(chosen: Selection) -> dict[str, dict[Any, int]]:
    """Per facet the values there are with their numbers of entries, each facet as if it were not narrowed itself."""
    if chosen.as_of is None:
        return selection.facet_counts(chosen)
    return days.facet_counts_on(chosen, chosen.as_of)
