"""A round for anyone: the candidates of a notice as a file, and the statutory dates as a calendar to subscribe to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.content import queries as documents
from portal.content.addresses import document_url
from portal.content.rules import DocumentType
from portal.foundation import clock
from portal.foundation.errors import NotFound
from portal.foundation.web import LANGUAGE_PREFIX
from portal.register import queries as register
from portal.register.batches import queries
from portal.register.batches.models import Candidate
from portal.register.batches.statutory import statutory_dates
from portal.register.exports import harmless
from portal.rulebook.citing import cite

blueprint = Blueprint("batches", __name__, url_prefix=LANGUAGE_PREFIX)
#: The years that the calendar tells: this one and the next.
YEARS_TOLD = 2
LONGEST_LINE = 75


@blueprint.get("/publicity/<slug>/candidates.csv")
def candidates(slug: str) -> ResponseReturnValue:
    """The candidates of a public notice."""
    document = documents.public_document(slug, DocumentType.PUBLICITY)
    found = queries.publicised(document.id)
    if not found:
        raise NotFound
    response = Response("\ufeff" + _csv(found), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"candidates-{slug}.csv")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/calendar.ics")
def calendar() -> ResponseReturnValue:
    """The statutory dates of this year and the next, and the last days of open publicities (RFC 5545)."""
    today = clock.today()
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//green-manufacturing-portal//statutory dates//EN",
        f"X-WR-CALNAME:{_escaped(_('Statutory dates'))}",
        *_events(today),
        "END:VCALENDAR",
    ]
    return Response("".join(_folded(line) for line in lines), content_type="text/calendar; charset=utf-8")


def _events(today: date) -> Iterator[str]:
    for year in range(today.year, today.year + YEARS_TOLD):
        for item in statutory_dates(year, today):
            yield from _event(f"{item.key}-{year}", item.day, str(item.label), cite(item.article))
    for window in register.open_windows(today):
        address = document_url(window.document, _external=True)
        yield from _event(f"publicity-{window.document.id}", window.window.last, str(window.document.title), address)


def _event(key: str, day: date, summary: str, description: str) -> Iterable[str]:
    moment = datetime.combine(day, datetime.min.time(), UTC)
    return (
        "BEGIN:VEVENT",
        f"UID:{key}@{request.host}",
        # The same for every reader, so that the file changes only when a date does.
        f"DTSTAMP:{moment:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(summary)}",
        f"DESCRIPTION:{_escaped(description)}",
        "END:VEVENT",
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, cut between letters."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LONGEST_LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return "\r\n".join([*pieces, piece]) + "\r\n"


def _csv(found: Iterable[Candidate]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("id", "unit_name", "name_bo", "uscc", "category", "level", "year", "authority", "third_party"))
    for item in found:
        facts = (
            item.public_id,
            item.name,
            item.name_bo,
            item.uscc or "",
            item.category,
            item.batch.level,
            item.batch.year,
            item.authority.code,
            item.agency_name,
        )
        writer.writerow([harmless(str(fact)) for fact in facts])
    return text.getvalue()
