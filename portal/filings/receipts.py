"""The signed receipt: that this statement and these files were received then, under this number. It names nobody.

A receipt is a document of :mod:`portal.vault.signing`. It stays checkable without the portal's database, and for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from portal.filings import sealing
from portal.filings.models import FilingEvent, FilingEvidence, SealedFiling
from portal.foundation import clock
from portal.foundation.errors import NotFound
from portal.foundation.languages import format_iso
from portal.settings import Settings
from portal.vault import current_vault
from portal.vault.boxes import Box
from portal.vault.signing import Described

TYP = "portal-receipt+jws"
MEDIA_TYPE = "text/plain; charset=utf-8"
REPLY = "_reply"
_PLACE = "receipt"

KINDS = {
    "complaint": _l("Real-name complaint"),
    "objection": _l("Objection"),
    "complaint_reply": _l("Message from the complainant"),
    "objection_reply": _l("Message from the objector"),
}


@dataclass(frozen=True)
class SignedReceipt:
    """One receipt as a page offers it: ``token`` is the signed text."""

    event_id: int
    at: datetime
    token: str
    files: Sequence[str]
    name: str


def issue(filing: SealedFiling, box: Box, text: str, files: Sequence[FilingEvidence]) -> None:
    """Sign for what was just taken, and keep it, sealed, with the line of the timeline that was written last.

    Args:
        text: what was stated or written, in clear; empty where only files came.
    """
    event: FilingEvent = filing.events[-1]
    kind = filing.BOX if event is filing.events[0] else filing.BOX + REPLY
    settings: Settings = current_app.extensions["portal.settings"]
    content: dict[str, Any] = {
        "iss": settings.issuer,
        "receipt": filing.receipt,
        "kind": kind,
        "filed_at": clock.local(event.at).isoformat(timespec="seconds"),
    }
    if text:
        content["statement_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    content["files"] = [{"sha256": item.sha256, "size": item.size} for item in files]
    event.sealed_receipt = box.seal_text(current_vault().signing.sign(content, TYP), _PLACE)


def of(filing: SealedFiling) -> list[SignedReceipt]:
    """The receipts of a filing, oldest first; none for one that was filed before receipts were signed."""
    if not any(event.sealed_receipt for event in filing.events):
        return []
    box = sealing.open_filing(filing)
    signed = [event for event in filing.events if event.sealed_receipt is not None]
    return [_opened(filing, event, number, box) for number, event in enumerate(signed, 1)]


def one_of(filing: SealedFiling, event_id: int) -> SignedReceipt:
    """One receipt of a filing.

    Raises:
        NotFound: it has no such receipt.
    """
    found = next((item for item in of(filing) if item.event_id == event_id), None)
    if found is None:
        raise NotFound
    return found


def describe(content: dict[str, Any]) -> Described:
    """What a genuine receipt says, for the page of verification."""
    files = content.get("files", [])
    lines: list[tuple[Any, object]] = [
        (_l("Receipt number"), content.get("receipt", "")),
        (_l("Type"), KINDS.get(content.get("kind", ""), content.get("kind", ""))),
        (_l("Received on"), format_iso(datetime.fromisoformat(content["filed_at"]))),
    ]
    if "statement_sha256" in content:
        lines.append((_l("Fingerprint of the text (SHA-256)"), content["statement_sha256"]))
    lines += [(_l("Fingerprint of a file (SHA-256)"), item["sha256"]) for item in files]
    return Described(_l("Receipt"), lines, [item["sha256"] for item in files])


def _opened(filing: SealedFiling, event: FilingEvent, number: int, box: Box) -> SignedReceipt:
    assert event.sealed_receipt is not None  # noqa: S101 - the caller has looked
    token = box.open_text(event.sealed_receipt, _PLACE)
    content = current_vault().signing.verify(token, TYP)
    files = [item["sha256"] for item in content["files"]]
    return SignedReceipt(event.id, event.at, token, files, f"{filing.receipt}-{number}.jws.txt")
