"""Green codes as they were recorded. A record is never changed or removed: another of the same year supersedes it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Person
from portal.credentials.green_codes.rules import CodeState, GreenLevel, Source, Standing, last_day, standing
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.register.models import Unit
from portal.vault.columns import StoreKey


class GreenCode(Base):
    """One code of one unit for one year. The evidence of an enterprise lies in the vault; its name is sealed."""

    __tablename__ = "green_code"
    __table_args__ = (Index("ix_green_code_unit_id_year", "unit_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    level: Mapped[GreenLevel] = mapped_column(EnumText(GreenLevel))
    source: Mapped[Source] = mapped_column(EnumText(Source))
    state: Mapped[CodeState] = mapped_column(EnumText(CodeState), default=CodeState.WAITING, index=True)
    #: The SHA-256 of the export that it was read from, or of the evidence, in hexadecimal.
    sha256: Mapped[str] = mapped_column(String(64))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    mark: Mapped[str | None] = mapped_column(String(32), unique=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_name: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Bytes of the evidence.
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    store_key: Mapped[str | None] = mapped_column(StoreKey("greencodes"), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    recorded_by: Mapped[Person] = relationship(foreign_keys=recorded_by_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def box_context(self) -> str:
        """What the key of the evidence is bound to."""
        return f"green code {self.mark}"

    @property
    def standing(self) -> Standing:
        """What the record is worth today."""
        return standing(self.state, self.year, clock.today())

    @property
    def valid_until(self) -> date:
        """The last day of its year."""
        return last_day(self.year)
