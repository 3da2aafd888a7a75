"""Things of the features as items of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_sqlalchemy.pagination import Pagination

from portal.content.addresses import attachment_url, document_url
from portal.content.models import Document
from portal.credentials.green_codes.models import GreenCode
from portal.credentials.green_codes.rules import SIGNS, CodeState
from portal.credentials.models import ListCode
from portal.credentials.queries import Answer
from portal.credentials.rules import Standing, standing
from portal.foundation import clock
from portal.foundation.languages import Language
from portal.register import exports
from portal.register.models import ListEntry, PublicityWindow, Unit
from portal.register.projections import ENTRY_FACTS, UNIT_FACTS
from portal.register.queries.acts import Happening
from portal.register.rules import Level
from portal.register.standing import StandingEntry
from portal.search import Hit
from portal.search.findings import Finding


def collection(items: Sequence[Any], total: int | None, page: int, per_page: int) -> dict[str, Any]:
    """A page of a collection."""
    return {"total": total or 0, "page": page, "per_page": per_page, "items": items}


def page_of(found: Pagination, items: Sequence[Any]) -> dict[str, Any]:
    """The same, of a page that the database gave."""
    return collection(items, found.total, found.page, found.per_page)


def unit(thing: Unit, codes: Sequence[ListCode], green: GreenCode | None) -> dict[str, Any]:
    """A unit with its entries, its code that is in force on the highest level, and its valid national green code."""
    ranks = {level: rank for rank, level in enumerate(Level)}
    in_force = [item for item in codes if standing(item.entry.status) is Standing.IN_FORCE]
    best = min(in_force, key=lambda item: (ranks[item.entry.level], -item.entry.year), default=None)
    said = {"code": best.code if best else None, "green_code": green_code(green) if green else None}
    return exports.unit_data(thing) | said


def green_code(record: GreenCode) -> dict[str, Any]:
    """A national green code, as the unit's public page shows it: only what its authority confirmed."""
    return {
        "value": SIGNS[record.level],
        "year": record.year,
        "valid_until": record.valid_until.isoformat(),
        "confirmed": record.state is CodeState.CONFIRMED,
    }


def verify_answer(asked: str, found: Answer) -> dict[str, Any]:
    """What a code answers; of one that is not ours nothing is known."""
    ours = bool(found.code)
    return {
        "code": found.code or asked,
        "standing": str(found.standing),
        "as_of": found.as_of.isoformat(timespec="seconds"),
        "unit": exports.unit_head(found.unit) if found.unit else None,
        "entry": exports.entry_data(found.entry) if found.entry else None,
        "since": found.since.isoformat() if found.since else None,
        "document": document_url(found.document, _external=True) if found.document else None,
        "again": [item.code for item in found.again],
        "credential": url_for("codes.document", code=found.code, _external=True)
        if found.standing is Standing.IN_FORCE
        else None,
        "url": url_for("credentials.answer", code=found.code, _external=True) if ours else None,
    }


def list_item(entry: ListEntry | StandingEntry) -> dict[str, Any]:
    """An entry with its unit."""
    return {**exports.entry_data(entry), "unit": exports.unit_head(entry.unit)}


#: What of an act is open data; the rest, such as why somebody corrected it, is the desk's.
CHANGE_FACTS = frozenset({*UNIT_FACTS, *ENTRY_FACTS, "from", "to", "confirmed", "until", "agency", "unit", "entry"})


def change(item: Happening) -> dict[str, Any]:
    """A public act of the ledger."""
    event, about, agency = item.event, item.event.entry, item.event.agency
    return {
        "id": event.id,
        "kind": str(event.kind),
        "counts_from": item.day.isoformat(),
        "recorded_at": event.recorded_at.isoformat(timespec="seconds"),
        "unit": exports.unit_head(event.unit) if event.unit else None,
        "agency": {"id": agency.public_id, "name": agency.name} if agency else None,
        "entry": {"category": str(about.category), "level": str(about.level), "year": about.year} if about else None,
        "article": event.article or None,
        "document": document_url(item.document, _external=True) if item.document else None,
        "source_url": event.source_url or None,
        "corrects": event.data.get("corrects"),
        "facts": {name: value for name, value in event.data.items() if name in CHANGE_FACTS},
    }


def publicity(window: PublicityWindow) -> dict[str, Any]:
    """The days in which anybody may object."""
    return {
        "first": window.first.isoformat(),
        "last": window.last.isoformat(),
        "working_days": list(window.days),
        "working_days_left": window.window.left(clock.today()),
    }


def document(thing: Document, window: PublicityWindow | None, *, with_body: bool = False) -> dict[str, Any]:
    """A published document; a publicity notice with its window."""
    item: dict[str, Any] = {
        "id": str(thing.id),
        "slug": thing.slug,
        "type": str(thing.type),
        "number": thing.number or None,
        "published_on": thing.published_on.isoformat() if thing.published_on else None,
        "authority": thing.authority.code,
        "title": thing.title.as_dict(),
        "summary": thing.summary.as_dict(),
        "source": thing.source or None,
        "attachments": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "url": attachment_url(file, _external=True),
            }
            for file in thing.attachments
        ],
        "publicity": publicity(window) if window else None,
        "erratum_of": thing.erratum_of.slug if thing.erratum_of else None,
        "sample": thing.is_sample,
        "url": document_url(thing, _external=True),
    }
    return item | ({"body": thing.body.as_dict()} if with_body else {})


def search_item(hit: Hit, finding: Finding, query: str, language: Language) -> dict[str, Any]:
    """A result of a search, its snippet as plain text."""
    pieces, _language = finding.snippet(query, language)
    return {
        "type": finding.type,
        "id": finding.id,
        "slug": finding.slug,
        "title": finding.title.choose(language).text,
        "snippet": "".join(piece.text for piece in pieces),
        "url": finding.address(lang=str(language), _external=True),
        "date": finding.date.isoformat() if finding.date else None,
        "score": hit.score,
    }
