"""Reads of the register: selections of its entries, single units and agencies, numbers."""

from portal.register.queries.answers import count, facet_counts, page, stream
from portal.register.queries.numbers import Numbers, OpenWindow, numbers, open_windows, window_of, windows_of
from portal.register.queries.selection import (
    Order,
    Scope,
    Selection,
    UnknownFilter,
    parse,
    parse_strictly,
    past_day,
)
from portal.register.queries.things import (
    AgencyLine,
    agencies,
    agency_by_ref,
    agency_entries,
    exclusions,
    find_agencies,
    find_units,
    history,
    removable_entries,
    respondent_choices,
    unit_by_ref,
    units_page,
)

__all__ = [
    "AgencyLine",
    "Numbers",
    "OpenWindow",
    "Order",
    "Scope",
    "Selection",
    "UnknownFilter",
    "agencies",
    "agency_by_ref",
    "agency_entries",
    "count",
    "exclusions",
    "facet_counts",
    "find_agencies",
    "find_units",
    "history",
    "numbers",
    "open_windows",
    "page",
    "parse",
    "parse_strictly",
    "past_day",
    "removable_entries",
    "respondent_choices",
    "stream",
    "unit_by_ref",
    "units_page",
    "window_of",
    "windows_of",
]
