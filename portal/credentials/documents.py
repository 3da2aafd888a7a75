"""What a list credential says to a person, on the page where any signed document is checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from portal.credentials import batch, queries
from portal.credentials.credential import TYP
from portal.credentials.rules import STANDING_LABELS, Standing
from portal.foundation import clock
from portal.foundation.errors import NotFound
from portal.foundation.languages import format_iso
from portal.register.rules import CATEGORY_LABELS, Category, Level, level_label
from portal.vault.signing import Described, add_document

TITLE = _l("List credential")


def install(app: Flask) -> None:
    """Let the page of verification read list credentials."""
    add_document(app, TYP, describe)
    add_document(app, batch.TYP, describe_batch)


def describe(content: dict[str, Any]) -> Described:
    """A genuine credential in words, and what its code answers today.

    Raises:
        NotFound: another credential of ours, such as a list of revocations.
    """
    subject = content.get("credentialSubject", {})
    entry = subject.get("listEntry")
    if not entry:
        raise NotFound
    answer = queries.answer(entry["code"])
    standing = answer.standing
    if standing is Standing.IN_FORCE and datetime.fromisoformat(content["validUntil"]) < clock.now():
        standing = Standing.NOT_IN_FORCE
    return Described(
        TITLE,
        [
            (_l("Unit"), subject["name"]),
            (_l("Category"), CATEGORY_LABELS[Category(entry["category"])]),
            (_l("Level"), level_label(Level(entry["level"]), in_region=True)),
            (_l("Year"), entry["year"]),
            (_l("Signed on"), format_iso(datetime.fromisoformat(content["validFrom"]))),
            (_l("Valid until"), format_iso(datetime.fromisoformat(content["validUntil"]))),
        ],
        current=STANDING_LABELS[standing],
        address=url_for("credentials.answer", code=entry["code"]),
    )


def describe_batch(content: dict[str, Any]) -> Described:
    """A signed answer about many units in words; it says what held then."""
    kinds = [item["found"] for item in content["items"]]
    return Described(
        _l("Signed answer about many units"),
        [
            (_l("As of"), format_iso(datetime.fromisoformat(content["as_of"]))),
            (_l("Credit codes"), content["total"]),
            *((batch.FOUND_LABELS[kind], kinds.count(kind)) for kind in batch.Found if kinds.count(kind)),
        ],
    )
