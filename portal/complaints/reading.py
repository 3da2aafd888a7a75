"""What of a case only staff read, opened: the allegations with their findings, on-site checks, files by act."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.complaints.models import Case
from portal.complaints.rules import Finding
from portal.filings import sealing
from portal.filings.sealing import FileEntry
from portal.vault.boxes import Box

ALLEGATION, DETAILS = "allegation", "details"


@dataclass(frozen=True)
class OpenedAllegation:
    """One thing that the complaint says is so, and what was found about it."""

    id: int
    text: str
    finding: Finding | None
    grounds: str


@dataclass(frozen=True)
class OnSiteCheck:
    """When and where an on-site check was made, and by whom; what was found is the note of its act."""

    visited_on: date
    place: str
    participants: str


@dataclass(frozen=True)
class Account:
    """The account of the verification. ``checks`` and ``files`` are by the id of their act."""

    allegations: Sequence[OpenedAllegation]
    checks: Mapping[int, OnSiteCheck]
    files: Mapping[int, Sequence[FileEntry]]


def account(case: Case) -> Account:
    """The account of a case, for staff."""
    box = sealing.open_filing(case)
    files: dict[int, list[FileEntry]] = {}
    for item in case.evidence:
        if item.event_id is not None and case.erased_at is None:
            name = sealing.file_name_of(item, box)
            entry = FileEntry(item.id, name, item.media_type, item.size, item.sha256, item.from_filer)
            files.setdefault(item.event_id, []).append(entry)
    checks = {
        event.id: _check(box.open_text(event.sealed_details, DETAILS))
        for event in case.events
        if event.sealed_details is not None and case.erased_at is None
    }
    return Account(allegations_of(case, box), checks, files)


def allegations_of(case: Case, box: Box) -> Sequence[OpenedAllegation]:
    """The allegations of a case, in the order in which they were listed."""
    return [
        OpenedAllegation(
            item.id,
            box.open_text(item.sealed_text, ALLEGATION),
            item.finding,
            box.open_text(item.sealed_grounds, sealing.NOTE) if item.sealed_grounds is not None else "",
        )
        for item in case.allegations
    ]


def _check(text: str) -> OnSiteCheck:
    facts = json.loads(text)
    return OnSiteCheck(date.fromisoformat(facts["visited_on"]), facts["place"], facts["participants"])
