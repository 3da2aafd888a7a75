"""The archive of a case: one file that proves itself without the portal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app

from portal.authorities.models import Person
from portal.complaints import archiving, queries
from portal.complaints.handling import diary
from portal.complaints.handling.rules import DeskAct
from portal.complaints.services.access import open_identity
from portal.filings.forms import REQUIRED
from portal.filings.opening import SHORTEST_REASON
from portal.foundation import clock
from portal.foundation.database import transaction
from portal.foundation.errors import Invalid
from portal.settings import Settings
from portal.vault import current_vault, packing


@dataclass(frozen=True)
class Archive:
    """An archive that is made as it is read."""

    name: str
    pieces: Iterator[bytes]


def archive(case_id: int, reason: str, *, with_identity: bool, by: Person) -> Archive:
    """Pack a case: what was filed, what happened, every file, the audit records, and a signed list of all of it.

    The download is recorded with its reason; opening the identity for it is recorded besides, and the complainant sees it.

    Raises:
        NotFound: no such case for this person.
        Invalid: the reason is missing.
        DomainError: the person may not open the identity now.
    """
    settings: Settings = current_app.extensions["portal.settings"]
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": REQUIRED})
    with transaction():
        case = queries.case_for(case_id, by)
        identity = open_identity(case_id, reason, by=by) if with_identity else None
        diary.write(case, DeskAct.ARCHIVE, by, text=reason)
        made = archiving.entries(case, identity, f"{settings.issuer}/.well-known/jwks.json")
        about = {
            "iss": settings.issuer,
            "kind": case.BOX,
            "receipt": case.receipt,
            "made_at": clock.local(clock.now()).isoformat(timespec="seconds"),
            "with_identity": with_identity,
        }
        name = f"{case.receipt}.zip"
    return Archive(name, packing.pack(made, about, current_vault().signing.sign))
