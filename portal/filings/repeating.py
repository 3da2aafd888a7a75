"""Who files again and again is asked to wait, and told so: nothing is ever dropped in silence.

The portal remembers for a month how often a document was named, by a keyed digest that tells nobody which one it was.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.filings.sealing import Identity
from portal.foundation import clock
from portal.foundation.database import Base, UtcDateTime, db, transaction
from portal.foundation.errors import DomainError
from portal.settings import Settings
from portal.vault import current_vault

WINDOW = timedelta(days=1)
KEPT = timedelta(days=30)


class FilingTally(Base):
    """That somebody filed, known by the digest of their document alone."""

    __tablename__ = "filing_tally"
    __table_args__ = (Index("ix_filing_tally_digest", "digest", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class TooOften(DomainError):
    """One document was named for more filings within a day than are taken; what was written is still with its author."""

    status = 429

    def __init__(self, most: int) -> None:
        self.message = _l(
            "At most %(n)s complaints are taken within 24 hours under one identity document. Nothing was lost: please send this one later, or add it to a complaint that you have filed, with its receipt number and secret.",
            n=most,
        )
        super().__init__("too many filings")


def tally(identity: Identity) -> None:
    """Count a filing, inside its transaction.

    Raises:
        TooOften: there were as many within a day as are taken.
    """
    settings: Settings = current_app.extensions["portal.settings"]
    if not settings.rate_limits or not settings.max_filings_per_day:
        return
    named = f"{identity.id_type} {identity.id_number}".encode()
    digest = hmac.digest(current_vault().derive("repeat filers"), named, "sha256").hex()
    recent = FilingTally.digest == digest, FilingTally.at > clock.now() - WINDOW
    if (db.session.scalar(select(func.count()).where(*recent)) or 0) >= settings.max_filings_per_day:
        raise TooOften(settings.max_filings_per_day)
    db.session.add(FilingTally(digest=digest, at=clock.now()))


def forget_old() -> int:
    """Forget what was counted a month ago; how many there were."""
    old = FilingTally.at <= clock.now() - KEPT
    with transaction():
        number = db.session.scalar(select(func.count()).where(old)) or 0
        db.session.execute(delete(FilingTally).where(old))
    return number
