"""What the page of statistics needs beside the numbers: drawings, labels, and the widest line of each table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.authorities import queries as authority_queries
from portal.foundation import charts
from portal.register.queries import Scope
from portal.register.rules import CATEGORY_LABELS, Level, level_label
from portal.site.statistics import Row, Statistics


def words(numbers: Statistics) -> dict[str, Any]:
    """The words of the template ``site/statistics.html``."""
    in_region = True if numbers.scope is Scope.REGION else None
    flows = numbers.flows
    return {
        "years": charts.stacked(
            [str(year) for year in numbers.by_year],
            [[row.by_level[level] for level in numbers.levels] for row in numbers.by_year.values()],
        ),
        "flows": charts.paired(
            [str(flow.year) for flow in flows], [flow.entered for flow in flows], [flow.left for flow in flows]
        ),
        "level_names": [level_label(level, in_region=in_region) for level in numbers.levels],
        "category_labels": CATEGORY_LABELS,
        "places": {authority.code: authority.place for authority in authority_queries.authorities()},
        # An address of the lists names the scope only where it is not their default.
        "scope_arg": None if numbers.scope is Scope.REGION else str(numbers.scope),
        "most_of": most_of,
        "parts_of": _parts_of(numbers.levels),
    }


def most_of(rows: Mapping[Any, Row]) -> int:
    """The entries of the longest line."""
    return max((row.entries for row in rows.values()), default=1)


def _parts_of(levels: list[Level]) -> Any:
    def parts(row: Row) -> list[int]:
        return [row.by_level[level] for level in levels]

    return parts
