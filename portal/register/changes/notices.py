"""What follows the publication of an announcement that changes wait for."""

from __future__ import annotations

from flask import Flask

from portal.authorities.models import Person
from portal.content import hooks
from portal.content.models import Document
from portal.register.changes import services
from portal.register.notices import publication_day


def install(_app: Flask) -> None:
    """Follow publications; the removals in them take effect with all other pending acts."""
    hooks.document_published.connect(_on_published)


def _on_published(_app: Flask, document: Document, by: Person | None = None, **_extra: object) -> None:
    services.take_effect(document, publication_day(document, by), by)
