"""The addresses of the API. Nothing here writes, and nobody is known."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from flask import Response, current_app, g, jsonify, request
from flask_smorest import Blueprint
from werkzeug.exceptions import NotFound as NoSuchPage

from portal.api import examples, queries, schemas, shapes
from portal.api.openapi import RATE, answers, in_path
from portal.content import queries as content_queries
from portal.content.rules import DocumentType
from portal.credentials import batch
from portal.credentials import queries as credentials
from portal.credentials.green_codes import queries as green_codes
from portal.extensions import csrf, limiter
from portal.foundation import languages
from portal.foundation.errors import NotFound
from portal.register import queries as register_queries
from portal.register.queries import Scope, Selection, acts, window_of, windows_of
from portal.register.rules import Category, EntryStatus, Level
from portal.search import Filters, Sort, index_of
from portal.search.findings import resolve

blueprint = Blueprint("api", __name__, url_prefix="/api/v1", description="Units, lists, documents and search.")
limiter.shared_limit(RATE, scope="api")(blueprint)
_SLUG = re.compile(r"[a-z0-9-]{1,120}")
LONGEST_CODE = 60
_REF = re.compile(r"[A-Za-z0-9]{2,18}")


@blueprint.before_request
def _language() -> None:
    """One address has one answer: its language comes from the address, never from the reader's browser."""
    g.language = languages.parse(request.args.get("lang")) or languages.DEFAULT


@blueprint.route("/units")
@blueprint.arguments(schemas.SelectionQuery, location="query")
@answers(blueprint, schemas.UnitCollection, examples.collection(examples.UNIT), 422)
def units(query: dict[str, Any]) -> Response:
    """Units of which an entry fits, with all their entries."""
    found = queries.units(_selection(query), query["page"], query["per_page"])
    ids = [item.id for item in found.items]
    codes, green = credentials.codes_of_units(ids), green_codes.valid(ids)
    items = [shapes.unit(item, codes[item.id], green.get(item.id)) for item in found.items]
    return jsonify(shapes.page_of(found, items))


@blueprint.route("/units/<uscc>", parameters=[in_path("uscc", "Unified social credit code, or the id.", "u12")])
@blueprint.arguments(schemas.Speaking, location="query")
@answers(blueprint, schemas.Unit, examples.UNIT, 404, 422)
def unit(_query: dict[str, Any], uscc: str) -> Response:
    """One unit, by its unified social credit code or by its id."""
    found = register_queries.unit_by_ref(uscc) if _REF.fullmatch(uscc) else None
    if found is None:
        raise NotFound
    codes, green = credentials.codes_of_units([found.id]), green_codes.valid([found.id])
    return jsonify(shapes.unit(found, codes[found.id], green.get(found.id)))


@blueprint.route("/lists")
@blueprint.arguments(schemas.ListsQuery, location="query")
@answers(blueprint, schemas.ListCollection, examples.collection(examples.LIST_ITEM), 422)
def lists(query: dict[str, Any]) -> Response:
    """List entries with their units, the newest first; today's, or those of another day."""
    found = queries.entries(_selection(query), query.get("as_of"), query["page"], query["per_page"])
    return jsonify(shapes.page_of(found, [shapes.list_item(item) for item in found.items]))


@blueprint.route("/changes")
@blueprint.arguments(schemas.ChangesQuery, location="query")
@answers(blueprint, schemas.ChangeCollection, {**examples.collection(examples.CHANGE), "next": 121}, 422)
def changes(query: dict[str, Any]) -> Response:
    """What was recorded in the register after a point, oldest first, so that a copy can be kept up to date."""
    found = acts.changes_since(query["since"], query["per_page"])
    items = [shapes.change(item) for item in found.happenings]
    return jsonify(shapes.collection(items, found.total, 1, query["per_page"]) | {"next": found.next})


@blueprint.route("/documents")
@blueprint.arguments(schemas.DocumentsQuery, location="query")
@answers(blueprint, schemas.DocumentCollection, examples.collection(examples.DOCUMENT_ITEM), 422)
def documents(query: dict[str, Any]) -> Response:
    """Published documents, the newest first."""
    page, per_page = query["page"], query["per_page"]
    published = partial(
        content_queries.published,
        [DocumentType(item) for item in query["type"]],
        year=query.get("year"),
        authority=query.get("authority"),
        with_body=True,
    )
    try:
        found = published(page=page, per_page=per_page)
    except NoSuchPage:
        return jsonify(shapes.collection([], published(page=1, per_page=1).total, page, per_page))
    windows = windows_of([item.id for item in found.items])
    return jsonify(shapes.page_of(found, [shapes.document(item, windows.get(item.id)) for item in found.items]))


@blueprint.route("/documents/<slug>", parameters=[in_path("slug", "What stands in its address.", "announcement-2024")])
@blueprint.arguments(schemas.Speaking, location="query")
@answers(blueprint, schemas.Document, examples.DOCUMENT, 404, 410, 422)
def document(_query: dict[str, Any], slug: str) -> Response:
    """One published document with its body."""
    if not _SLUG.fullmatch(slug):
        raise NotFound
    found = content_queries.public_document(slug)
    return jsonify(shapes.document(found, window_of(found.id), with_body=True))


@blueprint.route("/search")
@blueprint.arguments(schemas.SearchQuery, location="query")
@answers(blueprint, schemas.SearchCollection, examples.collection(examples.SEARCH_ITEM), 422)
def search(query: dict[str, Any]) -> Response:
    """Full-text search over documents, units and agencies, the region's units first among equals."""
    page, per_page = query["page"], query["per_page"]
    filters = Filters(
        **{name: tuple(query[name]) for name in ("type", "level", "category", "authority")},
        year=tuple(map(str, query["year"])),
        scope=(str(Scope.REGION),) if query["scope"] == Scope.REGION else (),
    )
    found = index_of(current_app).search(query["q"], filters, Sort(query["sort"]), page, per_page)
    language = languages.current_language()
    items = [shapes.search_item(hit, finding, query["q"], language) for hit, finding in resolve(found.hits)]
    return jsonify(shapes.collection(items, found.total, page, per_page))


@blueprint.route("/verify/<code>", parameters=[in_path("code", "Code of list membership.", "7K3M-9Q2D-8FXC-AV4P")])
@blueprint.arguments(schemas.Speaking, location="query")
@answers(blueprint, schemas.VerifyAnswer, examples.VERIFY, 422)
def verify(_query: dict[str, Any], code: str) -> Response:
    """What a code of list membership answers now: `in_force`, `not_in_force` or `not_ours`."""
    return jsonify(shapes.verify_answer(code[:LONGEST_CODE], credentials.answer(code)))


@blueprint.route("/verify", methods=["POST"])
@csrf.exempt
@blueprint.arguments(schemas.BatchQuestion, location="json")
@answers(blueprint, schemas.BatchAnswer, examples.BATCH, 400, 422, kept=False)
def verify_batch(question: dict[str, Any]) -> Response:
    """What the register says now of up to 1,000 credit codes, dated and signed. Nothing is changed or kept by it."""
    found = batch.check(question["codes"])
    answered = jsonify(batch.content(found) | {"signed": batch.signed(found)})
    answered.headers["Cache-Control"] = "no-store"
    return answered


def _selection(query: dict[str, Any]) -> Selection:
    return Selection(
        scope=Scope(query["scope"]),
        level=tuple(map(Level, query["level"])),
        category=tuple(map(Category, query["category"])),
        year=tuple(query["year"]),
        authority=tuple(query["authority"]),
        province=tuple(query["province"]),
        status=tuple(map(EntryStatus, query["status"])),
        q=query["q"],
    )
