"""The register as anyone reads it: lists, units, agencies, and the same as files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from portal.authorities import queries as authority_queries
from portal.content.addresses import document_url
from portal.foundation import clock
from portal.foundation.errors import NotFound
from portal.foundation.web import LANGUAGE_PREFIX
from portal.register import exports, hooks, queries
from portal.register.places import PROVINCES
from portal.register.queries import Scope, Selection, acts, comparison
from portal.register.queries.selection import ORDER_LABELS
from portal.register.rules import (
    CATEGORY_LABELS,
    EVENT_LABELS,
    EXCLUSION_LABELS,
    PUBLIC_STATUSES,
    REMOVAL_LABELS,
    STATUS_LABELS,
    Category,
    Level,
    level_label,
)

blueprint = Blueprint("register", __name__, url_prefix=LANGUAGE_PREFIX)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_COMPARED = 500
COMPLAINT_FORM = "complaints.new"


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "category_labels": CATEGORY_LABELS,
        "status_labels": STATUS_LABELS,
        "removal_labels": REMOVAL_LABELS,
        "exclusion_labels": EXCLUSION_LABELS,
        "event_labels": EVENT_LABELS,
        "level_label": level_label,
    }


@blueprint.get("/lists/")
def lists() -> ResponseReturnValue:
    """The register with its facets; the region's units unless everything is asked for."""
    selection = queries.parse(request.args, default_scope=Scope.REGION)
    page = queries.page(selection, _page_number())
    return render_template(
        "register/lists.html",
        selection=selection,
        page=page,
        facets=_facets(selection),
        order_labels=ORDER_LABELS,
        # A file has everything in scope unless it is told, a page the region.
        file_args=selection.args() | {"scope": str(selection.scope)},
        today=clock.today(),
        shown_day=selection.as_of or clock.today(),
    )


@blueprint.get("/lists/compare")
def compare() -> ResponseReturnValue:
    """What differs between the lists of two days or years."""
    asked = {name: request.args.get(name, "").strip() for name in ("from", "to")}
    read = {name: comparison.compared_day(text) for name, text in asked.items()}
    later = read["to"] or clock.today()
    earlier = read["from"] or comparison.a_year_before(later)
    scope = Scope.ALL if request.args.get("scope") == Scope.ALL else Scope.REGION
    return render_template(
        "register/compare.html",
        found=comparison.compare(earlier, later, scope),
        scope=scope,
        not_read=[name for name, text in asked.items() if text and read[name] is None],
        today=clock.today(),
        most=MOST_COMPARED,
    )


@blueprint.get("/lists.csv")
def lists_csv() -> ResponseReturnValue:
    """The selection as CSV."""
    selection = queries.parse_strictly(request.args)
    return _file(exports.csv_of(queries.stream(selection)), "csv", "text/csv; charset=utf-8", selection.as_of)


@blueprint.get("/lists.xlsx")
def lists_xlsx() -> ResponseReturnValue:
    """The selection as a workbook."""
    selection = queries.parse_strictly(request.args)
    title = str(CATEGORY_LABELS[selection.category[0]]) if len(selection.category) == 1 else "lists"
    return _file(exports.xlsx_of(queries.stream(selection), title), "xlsx", XLSX, selection.as_of)


@blueprint.get("/lists.json")
def lists_json() -> ResponseReturnValue:
    """The selection as JSON."""
    selection = queries.parse_strictly(request.args)
    told = selection.args() | {"scope": str(selection.scope)}
    content = exports.json_of(queries.stream(selection), queries.count(selection), told)
    return _file(content, "json", "application/json", selection.as_of)


@blueprint.get("/units/<ref>")
def unit(ref: str) -> ResponseReturnValue:
    """A unit: its entries, names, evaluators, sources and history."""
    found = queries.unit_by_ref(ref)
    if found is None:
        raise NotFound
    if ref != found.ref:
        return redirect(url_for("register.unit", ref=found.ref))
    return render_template(
        "register/unit.html",
        unit=found,
        events=acts.timeline(found),
        places={authority.code: authority.place for authority in authority_queries.authorities()},
        document_url=document_url,
        panels=hooks.panels_of(found),
        complaint_url=_complaint_url(found.public_id) if found.in_region else None,
    )


@blueprint.get("/agencies/")
def agencies() -> ResponseReturnValue:
    """The evaluation bodies with their reports, and who is excluded."""
    text = " ".join(request.args.get("q", "").replace("\x00", "").split())[:100]
    lines, page = queries.agencies(text, _page_number())
    return render_template(
        "register/agencies.html", lines=lines, page=page, q=text, exclusions=queries.exclusions(), today=clock.today()
    )


@blueprint.get("/agencies/<ref>")
def agency(ref: str) -> ResponseReturnValue:
    """An agency: the entries behind which its reports stand, and its exclusions."""
    found = queries.agency_by_ref(ref)
    if found is None:
        raise NotFound
    return render_template(
        "register/agency.html",
        agency=found,
        page=queries.agency_entries(found, _page_number()),
        complaint_url=_complaint_url(found.public_id),
        today=clock.today(),
    )


def _facets(selection: Selection) -> list[dict[str, Any]]:
    """The facets in order, each with its values as (value, label, count, whether chosen)."""
    counts = queries.facet_counts(selection)
    in_region = True if selection.scope is Scope.REGION else None
    places = {authority.code: authority.place for authority in authority_queries.authorities()}
    values: dict[str, list[tuple[Any, Any]]] = {
        "level": [(level, level_label(level, in_region=in_region)) for level in Level],
        "category": [(category, CATEGORY_LABELS[category]) for category in Category],
        "year": [(year, year) for year in sorted({*counts["year"], *selection.year}, reverse=True)],
        "authority": list(places.items()),
        "province": [(province, province) for province in PROVINCES],
        "status": [(status, STATUS_LABELS[status]) for status in PUBLIC_STATUSES],
    }
    return [
        {
            "name": name,
            "values": [
                (value, label, counts[name].get(value, 0), value in getattr(selection, name))
                for value, label in options
                if counts[name].get(value) or value in getattr(selection, name)
            ],
        }
        for name, options in values.items()
        if name != "province" or selection.scope is Scope.ALL or selection.province
    ]


def _page_number() -> int:
    return max(request.args.get("page", 1, type=int), 1) if len(request.args.get("page", "")) < 7 else 1


def _complaint_url(respondent: str) -> str | None:
    """The way to a complaint about a unit or an agency; None while there is no such form."""
    if COMPLAINT_FORM not in current_app.view_functions:
        return None
    return url_for(COMPLAINT_FORM, respondent=respondent)


def _file(content: Iterable[str] | Iterable[bytes], ending: str, media_type: str, as_of: date | None) -> Response:
    day = as_of or clock.today()
    response = Response(stream_with_context(content), content_type=media_type)  # type: ignore[call-overload]
    name = f"green-manufacturing-lists-{day.isoformat()}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
