"""Documents from another system: one JSON object a line, one transaction a line, one report a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority, Person
from portal.content import attachments, queries, services
from portal.content.models import Document
from portal.content.rules import DocumentContent, DocumentState, DocumentType, tidy
from portal.foundation.database import transaction
from portal.foundation.errors import DomainError, Invalid
from portal.foundation.languages import Language, Localized

TEXTS = ("title", "summary", "body")


class Outcome(StrEnum):
    """What became of a line."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True)
class LineReport:
    """What became of line ``number`` (from 1), and why it failed."""

    number: int
    slug: str
    outcome: Outcome
    reason: str = ""


class BadLine(ValueError):
    """A line that cannot be read; the message says what is wrong with it."""


def import_documents(
    lines: Iterable[str], *, publish: bool = False, by: Person | None = None, folder: Path | None = None
) -> Iterator[LineReport]:
    """Take in documents, as they come; a bad line is named and stops nothing, a known one changes nothing.

    A line is ``{"slug", "type", "published_on", "zh": {"title", "summary", "body"}, "bo": {…}, "en": {…}, "number",
    "source", "authority", "sample", "attachments": […]}``. ``authority`` is a code (the department when missing); an
    attachment is the path of a file below ``folder``, or ``{"path", "name"}``. A draft of the same slug is changed; what
    is published already is left as it stands and the line is named when it differs.

    Args:
        publish: whether what is imported becomes public at once.
        by: who imports; None for the system. Never a person who could not publish it otherwise.
        folder: where the files of attachments lie; None where lines may have none.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _import_line(number, line, publish=publish, by=by, folder=folder)


def _import_line(number: int, line: str, *, publish: bool, by: Person | None, folder: Path | None) -> LineReport:
    slug = ""
    try:
        record = json.loads(line)
        if not isinstance(record, dict):
            raise BadLine("not a JSON object")
        slug = str(record.get("slug", ""))
        content, files = _content(record), _files(record, folder)
        # Where anything in the line is refused, the files that were taken in before must not stay in the store.
        with ExitStack() as undo, transaction():
            outcome = _take(content, _authority(record), files, undo, publish=publish, by=by)
            undo.pop_all()
    except json.JSONDecodeError as fault:
        return LineReport(number, slug, Outcome.FAILED, f"not JSON: {fault.msg}")
    except BadLine as fault:
        return LineReport(number, slug, Outcome.FAILED, str(fault))
    except Invalid as refused:
        reason = "; ".join(f"{name}: {fault}" for name, fault in refused.fields.items())
        return LineReport(number, slug, Outcome.FAILED, reason)
    except (DomainError, OSError) as refused:
        return LineReport(number, slug, Outcome.FAILED, str(getattr(refused, "message", refused)))
    return LineReport(number, slug, outcome)


def _take(
    content: DocumentContent,
    authority: Authority,
    files: list[tuple[Path, str]],
    undo: ExitStack,
    *,
    publish: bool,
    by: Person | None,
) -> Outcome:
    document = queries.by_slug(content.slug)
    if document is None:
        document = services.draft(content, authority, by=by)
        outcome = Outcome.ADDED
    elif not _differs(document, content):
        outcome = Outcome.UNCHANGED
    elif document.state is DocumentState.DRAFT:
        services.revise(document, content, by=by)
        outcome = Outcome.CHANGED
    else:
        raise BadLine("a document of this slug is published or under review and differs; it was left as it is")
    if document.state is DocumentState.DRAFT:
        added = _attach(document, files, undo, by)
        if publish:
            services.publish(services.submit(document, by=by), by=by)
        if outcome is Outcome.UNCHANGED and (added or publish):
            outcome = Outcome.CHANGED
    return outcome


def _attach(document: Document, files: list[tuple[Path, str]], undo: ExitStack, by: Person | None) -> int:
    """Add the files whose names the document does not have yet; how many they are."""
    known = {item.name for item in document.attachments}
    new = [(path, name) for path, name in files if name not in known]
    for path, name in new:
        with path.open("rb") as stream:
            attachment = services.attach(document, stream, name, by=by)
        undo.callback(attachments.drop, attachment.key)
    return len(new)


def _differs(document: Document, content: DocumentContent) -> bool:
    wanted = tidy(content)
    return document.content != replace(wanted, published_on=wanted.published_on or document.published_on)


def _content(record: dict[str, Any]) -> DocumentContent:
    slug = record.get("slug")
    if not isinstance(slug, str) or not slug.strip():
        raise BadLine("slug is missing")
    try:
        doc_type = DocumentType(str(record.get("type", "")))
    except ValueError:
        raise BadLine(f"type must be one of {', '.join(DocumentType)}") from None
    texts = {name: Localized(**{language: _text(record, language, name) for language in Language}) for name in TEXTS}
    return DocumentContent(
        type=doc_type,
        number=_string(record, "number"),
        source=_string(record, "source"),
        published_on=_day(record),
        slug=slug.strip().lower(),
        is_sample=bool(record.get("sample", False)),
        **texts,
    )


def _text(record: dict[str, Any], language: Language, name: str) -> str:
    texts = record.get(language) or {}
    if not isinstance(texts, dict):
        raise BadLine(f"{language} must be an object with title, summary and body")
    return _string(texts, name)


def _string(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise BadLine(f"{name} must be a text")
    return value or ""


def _day(record: dict[str, Any]) -> date | None:
    value = _string(record, "published_on")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadLine("published_on must be a date such as 2024-05-13") from None


def _authority(record: dict[str, Any]) -> Authority:
    code = _string(record, "authority")
    found = authority_queries.authority_by_code(code) if code else authority_queries.department()
    if found is None:
        raise BadLine(f"there is no authority {code}")
    return found


def _files(record: dict[str, Any], folder: Path | None) -> list[tuple[Path, str]]:
    found = []
    listed = record.get("attachments") or []
    if not isinstance(listed, list):
        raise BadLine("attachments must be a list")
    for item in listed:
        given = item if isinstance(item, dict) else {"path": item}
        path = _file(_string(given, "path"), folder)
        found.append((path, _string(given, "name") or path.name))
    return found


def _file(name: str, folder: Path | None) -> Path:
    if folder is None or not name:
        raise BadLine("attachments must name files beside the list")
    path = (folder / name).resolve()
    # Who writes the list may not publish whatever else lies on this machine.
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise BadLine(f"there is no file {name} beside the list")
    return path
