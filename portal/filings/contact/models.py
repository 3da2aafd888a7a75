"""Codes that are out. What is compared is kept as keyed digests: neither the code nor the address can be read here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.foundation.outbox import Channel


class ContactCode(Base):
    """One code that was sent for one draft."""

    __tablename__ = "contact_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The draft's, which outlives its row's number: a later draft must not inherit a code.
    handle: Mapped[str] = mapped_column(String(48), index=True)
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    #: Where it went, sealed in the draft's box: what is proven is this address and no other.
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    address_digest: Mapped[str] = mapped_column(String(64), index=True)
    code_digest: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
    tries_left: Mapped[int]
