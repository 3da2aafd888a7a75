"""Units, list entries, agencies, and the ledger of what happened to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from portal.authorities.models import Authority
from portal.content.models import Document
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.foundation.workdays import Window
from portal.register.changes.rules import Timing
from portal.register.rules import (
    Category,
    EntryStatus,
    EventKind,
    ExclusionGround,
    Level,
    NameKind,
    PendingKind,
    PendingState,
    RemovalGround,
    is_excluded,
    public_id,
)

NAME_LENGTH = 200


class Unit(Base):
    """An enterprise or a park that is or was listed. Known by name and province until its credit code is recorded."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("name_key", "province"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(String(NAME_LENGTH))
    #: The sound of the name, so that a list can be put in the order in which Chinese readers look things up.
    name_sound: Mapped[str] = mapped_column(String(1200), default="", index=True)
    name_bo: Mapped[str] = mapped_column(String(400), default="")
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    province: Mapped[str] = mapped_column(String(30), default="", index=True)
    prefecture: Mapped[str] = mapped_column(String(60), default="")
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"), index=True)
    attribution_confirmed: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    authority: Mapped[Authority | None] = relationship(lazy="joined")
    names: Mapped[list[UnitName]] = relationship(
        back_populates="unit", order_by="UnitName.id", cascade="all, delete-orphan"
    )
    entries: Mapped[list[ListEntry]] = relationship(
        back_populates="unit", order_by="ListEntry.year.desc(), ListEntry.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def public_id(self) -> str:
        """The id in forms and, without a credit code, in addresses."""
        return public_id("u", self.id)

    @property
    def ref(self) -> str:
        """What stands in the unit's address."""
        return self.uscc or self.public_id

    @property
    def former_names(self) -> list[str]:
        """The names that the unit bore before, oldest first."""
        return [item.name for item in self.names if item.kind is NameKind.FORMER]

    @property
    def in_region(self) -> bool:
        """Whether the unit stands under one of the nine authorities (Art. 2, 5)."""
        return self.authority_id is not None


class UnitName(Base):
    """Another name of a unit; ``key`` finds it again."""

    __tablename__ = "unit_name"
    __table_args__ = (UniqueConstraint("unit_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    key: Mapped[str] = mapped_column(String(NAME_LENGTH), index=True)
    kind: Mapped[NameKind] = mapped_column(EnumText(NameKind), default=NameKind.FORMER)

    unit: Mapped[Unit] = relationship(back_populates="names")


class Agency(Base):
    """A third-party evaluation body (Art. 20-22); its authority is where it is located, when that is in the region."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"), index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)

    authority: Mapped[Authority | None] = relationship(lazy="joined")
    entries: Mapped[list[ListEntry]] = relationship(back_populates="agency", order_by="ListEntry.year.desc()")
    exclusions: Mapped[list[Exclusion]] = relationship(
        back_populates="agency", order_by="Exclusion.first_day", lazy="selectin"
    )

    @property
    def public_id(self) -> str:
        """The id in forms and addresses."""
        return public_id("a", self.id)

    def excluded_on(self, day: date) -> bool:
        """Whether the agency may not evaluate in the region on a day (Art. 22)."""
        return is_excluded(((item.first_day, item.last_day) for item in self.exclusions), day)


class ListEntry(Base):
    """One unit in one category at one level, from one yearly list until a removal."""

    __tablename__ = "list_entry"
    __table_args__ = (
        UniqueConstraint("unit_id", "category", "level", "year"),
        CheckConstraint("(status = 'removed') = (removed_on IS NOT NULL)", name="removed_has_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    category: Mapped[Category] = mapped_column(EnumText(Category), index=True)
    level: Mapped[Level] = mapped_column(EnumText(Level), index=True)
    year: Mapped[int] = mapped_column(index=True)
    batch: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[EntryStatus] = mapped_column(EnumText(EntryStatus), default=EntryStatus.ACTIVE, index=True)
    listed_on: Mapped[date | None]
    removed_on: Mapped[date | None]
    ground: Mapped[RemovalGround | None] = mapped_column(EnumText(RemovalGround))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    source_url: Mapped[str] = mapped_column(Text, default="")
    source_name: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(back_populates="entries")
    agency: Mapped[Agency | None] = relationship(back_populates="entries")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def public_status(self) -> EntryStatus:
        """The status for visitors: what is decided and not yet announced is still on the list."""
        return EntryStatus.REMOVED if self.status is EntryStatus.REMOVED else EntryStatus.ACTIVE


class Exclusion(Base):
    """A time in which an agency may not evaluate in the region, both days included (Art. 22)."""

    __tablename__ = "exclusion"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    ground: Mapped[ExclusionGround] = mapped_column(EnumText(ExclusionGround))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)

    agency: Mapped[Agency] = relationship(back_populates="exclusions")


class RegisterEvent(Base):
    """One act in the register's ledger. Written once, never changed: a correction is an event of its own."""

    __tablename__ = "register_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(EnumText(EventKind), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("list_entry.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    #: The day from which the act holds; None where a published list names only its year.
    effective_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    recorded_by: Mapped[str] = mapped_column(String(80))
    article: Mapped[str] = mapped_column(String(40), default="")
    source_url: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    unit: Mapped[Unit | None] = relationship()
    entry: Mapped[ListEntry | None] = relationship()
    agency: Mapped[Agency | None] = relationship()


class PendingAct(Base):
    """A decision that takes effect when its announcement is published, and not before."""

    __tablename__ = "pending_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PendingKind] = mapped_column(EnumText(PendingKind))
    state: Mapped[PendingState] = mapped_column(EnumText(PendingState), default=PendingState.PENDING)
    #: None while a decision waits for the announcement that several share.
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("list_entry.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    #: A member of :class:`RemovalGround` or :class:`ExclusionGround`, as the kind says.
    ground: Mapped[str] = mapped_column(String(40))
    #: The case behind it, such as ``case:12``; empty for decisions without one.
    case_ref: Mapped[str] = mapped_column(String(80), default="")
    timing: Mapped[Timing] = mapped_column(EnumText(Timing), default=Timing.AT_ONCE)
    #: Why it was decided, and why it was withdrawn before its announcement; both for staff.
    note: Mapped[str] = mapped_column(Text, default="")
    dropped_for: Mapped[str] = mapped_column(Text, default="")
    #: The change after which the unit does not qualify any more (Art. 19).
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("change_statement.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document | None] = relationship()
    entry: Mapped[ListEntry | None] = relationship()
    agency: Mapped[Agency | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping


class PublicityWindow(Base):
    """The days in which anybody may object to what a notice publicises (Art. 13), as they were promised."""

    __tablename__ = "publicity_window"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    first: Mapped[date]
    last: Mapped[date] = mapped_column(index=True)
    #: The working days in it, as ISO dates.
    days: Mapped[list[str]] = mapped_column(JSON)

    @property
    def window(self) -> Window:
        """The window as the calendar computed it."""
        return Window(self.first, self.last, tuple(date.fromisoformat(day) for day in self.days))


class LedgerIsAppendOnly(RuntimeError):
    """Somebody tried to change or delete an event of the ledger."""


@event.listens_for(RegisterEvent, "before_update")
@event.listens_for(RegisterEvent, "before_delete")
def _refuse(_mapper: Mapper[RegisterEvent], _connection: Connection, target: RegisterEvent) -> None:
    raise LedgerIsAppendOnly(f"event {target.id} of the ledger cannot be changed")
