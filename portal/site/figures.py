"""Complaints in numbers: as a page with its drawing, and as open data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from portal.authorities import queries as authority_queries
from portal.complaints import figures as counting
from portal.complaints.figures import MEASURE_LABELS, Figures, Measure
from portal.complaints.suppressing import LEAST_SHOWN
from portal.foundation import charts, clock
from portal.foundation.web import LANGUAGE_PREFIX

blueprint = Blueprint("figures", __name__, url_prefix=LANGUAGE_PREFIX + "/complaints")
#: Counting reads every case; the numbers move slowly.
CACHE = {"Cache-Control": "public, max-age=900"}
BOM = "\ufeff"
MEDIAN = "median_working_days"


@blueprint.get("/figures")
def page() -> ResponseReturnValue:
    """By year, and by authority in all years or in the one that is asked for."""
    found = counting.figures(clock.today())
    year = request.args.get("year", type=int)
    shown = render_template(
        "site/figures.html",
        figures=found,
        year=year if year in found.years else None,
        measures=MEASURE_LABELS,
        places={item.code: item.place for item in authority_queries.authorities()},
        chart=charts.stacked(
            [str(item) for item in found.years],
            [[found.line(None, item).numbers[Measure.RECEIVED] or 0] for item in found.years],
        ),
        least=LEAST_SHOWN,
    )
    return shown, CACHE


@blueprint.get("/figures.csv")
def as_csv() -> ResponseReturnValue:
    """The same as a table; an empty cell is a number that is not shown, an empty place a sum over all."""
    written = io.StringIO()
    writer = csv.DictWriter(written, ["authority", "authority_name", "year", *Measure, MEDIAN])
    writer.writeheader()
    writer.writerows(_rows(counting.figures(clock.today())))
    return Response(BOM + written.getvalue(), content_type="text/csv; charset=utf-8", headers=CACHE)


@blueprint.get("/figures.json")
def as_json() -> ResponseReturnValue:
    """The same for programs; ``null`` is a number that is not shown, or, as a place, the sum over all."""
    found = counting.figures(clock.today())
    answer = jsonify(
        {"as_of": found.day.isoformat(), "least_number_shown": LEAST_SHOWN, "figures": list(_rows(found))},
    )
    answer.headers.update(CACHE)
    return answer


def _rows(found: Figures) -> Iterator[dict[str, object]]:
    names = {item.code: str(item.name) for item in authority_queries.authorities()}
    for (authority, year), line in found.lines.items():
        yield {
            "authority": authority,
            "authority_name": names[authority] if authority else None,
            "year": year,
            **{str(measure): number for measure, number in line.numbers.items()},
            MEDIAN: line.median_days,
        }
