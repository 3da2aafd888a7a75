"""Amendments of the rulebook, and the days and years that were entered into the calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Person
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.rulebook.rules import AmendmentState, Basis, Entry, Rule, Value

SOURCE_LENGTH = 300
NAME_LENGTH = 60


class Amendment(Base):
    """A change of one rule: proposed by one person, in force once a second has confirmed it."""

    __tablename__ = "rulebook_amendment"
    __table_args__ = (
        CheckConstraint(
            "state <> 'confirmed' OR (decided_by_id IS NOT NULL AND decided_by_id <> proposed_by_id)",
            name="confirmed_by_a_second",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[Rule] = mapped_column(EnumText(Rule), index=True)
    raw_value: Mapped[Any] = mapped_column("value", JSON)
    holds_from: Mapped[date]
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    source_url: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[AmendmentState] = mapped_column(EnumText(AmendmentState), default=AmendmentState.PROPOSED, index=True)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def value(self) -> Value:
        """The value as the rules know it."""
        return tuple(self.raw_value) if isinstance(self.raw_value, list) else self.raw_value

    @property
    def entry(self) -> Entry:
        """What holds once it is confirmed."""
        return Entry(self.value, self.holds_from, Basis.AMENDMENT, source=self.source, source_url=self.source_url)


class CalendarYear(Base):
    """A national year whose official calendar was entered as a whole, before the package behind us knew it."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    source_url: Mapped[str] = mapped_column(Text, default="")
    #: The digest of the list of days as it was accepted.
    sha256: Mapped[str] = mapped_column(String(64), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    entered_by: Mapped[Person | None] = relationship()


class CalendarDay(Base):
    """A day declared free or working, for the country, the region or one authority, with where that is known from."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("place", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: ``national``, ``region``, or the code of an authority.
    place: Mapped[str] = mapped_column(String(30))
    day: Mapped[date] = mapped_column(index=True)
    working: Mapped[bool]
    #: What the day is called, in Chinese as a rule.
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    source_url: Mapped[str] = mapped_column(Text, default="")
    #: The digest of the list of days as it was accepted.
    sha256: Mapped[str] = mapped_column(String(64), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    entered_by: Mapped[Person | None] = relationship()
