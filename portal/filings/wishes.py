"""What whoever filed wishes beside reading: to be told when something changes."""

from __future__ import annotations

from sqlalchemy import update

from portal.filings.models import SealedFiling
from portal.foundation import audit
from portal.foundation.database import db, transaction

FILER = "complainant"


def wish_to_be_told(kind: type[SealedFiling], filing_id: int, *, wanted: bool) -> None:
    """Begin or end the messages about a filing. Asking for what is so already changes nothing."""
    with transaction():
        filing = db.session.get_one(kind, filing_id)
        if filing.notify is not wanted:
            # Not by way of the version: a page that staff have open must not become out of date by a wish.
            table = kind.__table__  # type: ignore[attr-defined]
            db.session.execute(update(table).where(table.c.id == filing_id).values(notify=wanted))
            db.session.refresh(filing)
            audit.record(f"filings.notices.{'begun' if wanted else 'ended'}", filing.subject, FILER)
