"""The end of an objection's retention."""

from __future__ import annotations

from portal.filings import erasing
from portal.objections.models import Objection
from portal.objections.rules import PENDING


def erase_expired() -> int:
    """Erase identity, statement and files of objections that were decided long enough ago; how many there were."""
    return erasing.erase_due(Objection, Objection.status.not_in(PENDING))
