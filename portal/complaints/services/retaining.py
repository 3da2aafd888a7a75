"""The end of a case's retention."""

from __future__ import annotations

from portal.complaints.models import Case
from portal.complaints.rules import OPEN
from portal.filings import erasing


def erase_expired() -> int:
    """Erase identity, statement and files of cases that ended long enough ago; how many there were."""
    return erasing.erase_due(Case, Case.status.not_in(OPEN))
