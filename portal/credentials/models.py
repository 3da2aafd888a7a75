"""Codes of list membership, and the places of their credentials in the list of revocations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.foundation import clock
from portal.foundation.database import Base, UtcDateTime
from portal.register.models import ListEntry, Unit


class ListCode(Base):
    """The code of one list entry. Whether it is in force is asked of the register, never kept here."""

    __tablename__ = "list_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("list_entry.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    entry: Mapped[ListEntry] = relationship()
    unit: Mapped[Unit] = relationship()
    places: Mapped[list[RevocationPlace]] = relationship(
        back_populates="code", order_by="RevocationPlace.id", lazy="selectin"
    )

    @property
    def place(self) -> RevocationPlace:
        """The place of the credentials that are given out now."""
        return self.places[-1]


class RevocationPlace(Base):
    """One bit of the list of revocations; its number is its id. What was revoked once stays so.

    A removal that was corrected gives the code a new place: credentials of before stay revoked, new ones hold.
    """

    __tablename__ = "revocation_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("list_code.id"), index=True)
    revoked_on: Mapped[date | None]

    code: Mapped[ListCode] = relationship(back_populates="places")
