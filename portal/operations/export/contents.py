"""What an export holds, file by file. Each part is given a way to write and says how many things it wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from portal.content import attachments
from portal.content import queries as content_queries
from portal.content.addresses import document_url
from portal.content.models import Attachment, Document
from portal.register import exports, queries
from portal.register.models import Agency, RegisterEvent
from portal.register.queries import Scope, Selection
from portal.register.queries.acts import public_events
from portal.register.rules import public_id

#: Writes a file from its pieces and says its SHA-256.
Write = Callable[[str, Iterable[str] | Iterable[bytes]], str]
PAGE = 200


def entries(write: Write) -> dict[str, int]:
    """Every entry of every list, as table, workbook and JSON."""
    everything = Selection(scope=Scope.ALL)
    number = queries.count(everything)
    write("lists.csv", exports.csv_of(queries.stream(everything)))
    write("lists.xlsx", exports.xlsx_of(queries.stream(everything), "lists"))
    write("lists.json", exports.json_of(queries.stream(everything), number, {"scope": str(Scope.ALL)}))
    return {"entries": number}


def units(write: Write) -> dict[str, int]:
    """Every unit with its names and entries, one JSON object a line, as the API gives it."""
    number = queries.units_page(1, 1).total or 0
    write("units.jsonl", _lines(_units()))
    return {"units": number}


def events(write: Write) -> dict[str, int]:
    """What happened to the lists, oldest first, one JSON object a line; what awaits its announcement is left out."""
    number = 0
    slugs = {document.id: document.slug for document in content_queries.all_public()}

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal number
        for event in public_events():
            number += 1
            yield _event(event, slugs)

    write("events.jsonl", _lines(counted()))
    return {"events": number}


def agencies(write: Write) -> dict[str, int]:
    """Every evaluation body with its exclusions (Art. 22), one JSON object a line."""
    found = [_agency(agency, reports) for agency, reports in _agencies()]
    write("agencies.jsonl", _lines(found))
    return {"agencies": len(found)}


def documents(write: Write) -> dict[str, int]:
    """Every published document in the form that ``portal import-documents`` reads, and its files."""
    published = content_queries.all_public()
    number = 0
    for document in published:
        for file in document.attachments:
            written = write(path_of(file), attachments.read(file.key))
            if written != file.sha256:
                raise ValueError(f"{file.name} of {document.slug} is not what was attached")
            number += 1
    write("documents.jsonl", _lines(_document(document) for document in published))
    return {"documents": len(published), "attachments": number}


def path_of(file: Attachment) -> str:
    """Where a file of a document lies in the export."""
    return f"attachments/{file.id}/{file.name}"


def _units() -> Iterator[dict[str, Any]]:
    number = 1
    while (page := queries.units_page(number, PAGE)).items:
        yield from (exports.unit_data(unit) for unit in page.items)
        number += 1


def _agencies() -> Iterator[tuple[Agency, int]]:
    number = 1
    while (found := queries.agencies("", number))[0]:
        yield from ((line.agency, line.reports) for line in found[0])
        number += 1


def _event(event: RegisterEvent, slugs: Mapping[int, str]) -> dict[str, Any]:
    entry = event.entry
    return {
        "id": event.id,
        "kind": str(event.kind),
        "unit": public_id("u", event.unit_id) if event.unit_id else None,
        "agency": public_id("a", event.agency_id) if event.agency_id else None,
        "category": str(entry.category) if entry else None,
        "level": str(entry.level) if entry else None,
        "year": entry.year if entry else None,
        "effective_on": event.effective_on.isoformat() if event.effective_on else None,
        "recorded_at": event.recorded_at.isoformat(timespec="seconds"),
        "article": event.article or None,
        "source_url": event.source_url or None,
        # A document that is not public is not named either.
        "document": slugs.get(event.document_id) if event.document_id else None,
    }


def _agency(agency: Agency, reports: int) -> dict[str, Any]:
    return {
        "id": agency.public_id,
        "name": agency.name,
        "uscc": agency.uscc,
        "reports": reports,
        "exclusions": [
            {"from": item.first_day.isoformat(), "until": item.last_day.isoformat(), "ground": str(item.ground)}
            for item in agency.exclusions
        ],
        "sample": agency.is_sample,
    }


def _document(document: Document) -> dict[str, Any]:
    texts = {"title": document.title, "summary": document.summary, "body": document.body}
    written = {name: text.as_dict() for name, text in texts.items()}
    languages = dict.fromkeys(code for texts_of in written.values() for code in texts_of)
    return {
        "slug": document.slug,
        "type": str(document.type),
        "published_on": document.published_on.isoformat() if document.published_on else None,
        "number": document.number,
        "source": document.source,
        "authority": document.authority.code,
        "sample": document.is_sample,
        **{code: {name: text[code] for name, text in written.items() if text.get(code)} for code in languages},
        "attachments": [
            {"path": path_of(file), "name": file.name, "media_type": file.media_type, "sha256": file.sha256}
            for file in document.attachments
        ],
        "url": document_url(document, _external=True),
    }


def _lines(things: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (json.dumps(thing, ensure_ascii=False) + "\n" for thing in things)
