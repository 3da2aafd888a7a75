"""Statements of change with their evidence, reports to the ministry, and the announcements drafted for decisions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Authority, Person
from portal.content.models import Document
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.register.changes.rules import (
    REFERENCE_LENGTH,
    AnnouncementState,
    ChangeAct,
    ChangeKind,
    ChangeOrigin,
    ChangeState,
    ReportState,
)
from portal.register.models import NAME_LENGTH, ListEntry, PendingAct, Unit
from portal.vault.columns import StoreKey


class ChangeStatement(Base):
    """What a unit states of itself (Art. 19). ``authority`` is its own one at that time, which confirms."""

    __tablename__ = "change_statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(EnumText(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(EnumText(ChangeState), default=ChangeState.STATED, index=True)
    origin: Mapped[ChangeOrigin] = mapped_column(EnumText(ChangeOrigin), default=ChangeOrigin.AUTHORITY)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    #: The name at the time of the statement, so that the statement can be read for ever.
    old_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    new_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    new_name_bo: Mapped[str] = mapped_column(String(400), default="")
    new_authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"))
    #: Whether the unit still meets the standard, as its authority found; None until then.
    qualifies: Mapped[bool | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    #: What binds the key of the evidence to it, and that key. None for statements from before evidence was sealed.
    mark: Mapped[str | None] = mapped_column(String(32), unique=True, index=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()
    authority: Mapped[Authority] = relationship(foreign_keys=authority_id, lazy="joined", innerjoin=True)
    new_authority: Mapped[Authority | None] = relationship(foreign_keys=new_authority_id, lazy="joined")
    document: Mapped[Document | None] = relationship()
    evidence: Mapped[list[ChangeEvidence]] = relationship(
        back_populates="statement", order_by="ChangeEvidence.id", cascade="all, delete-orphan"
    )
    events: Mapped[list[ChangeEvent]] = relationship(
        back_populates="statement", order_by="ChangeEvent.id", cascade="all, delete-orphan"
    )
    removals: Mapped[list[PendingAct]] = relationship(order_by=PendingAct.id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def box_context(self) -> str:
        """What the key of the evidence is bound to."""
        return f"change statement {self.mark}"

    @property
    def duty_key(self) -> str:
        """Its name among the duties of its unit."""
        return f"change:{self.id}"


class ChangeEvidence(Base):
    """A file behind a statement, for staff alone, sealed in the vault. ``size`` in bytes, ``sha256`` in hexadecimal.

    ``name`` is of files from before evidence was sealed; the others have a ``sealed_name``.
    """

    __tablename__ = "change_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("change_statement.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    sealed_name: Mapped[bytes | None] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    #: In ``attachments`` lie those from before evidence was sealed.
    key: Mapped[str] = mapped_column(StoreKey("changes", "attachments"), unique=True)

    statement: Mapped[ChangeStatement] = relationship(back_populates="evidence")


class ChangeEvent(Base):
    """One act in a statement's timeline."""

    __tablename__ = "change_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("change_statement.id", ondelete="CASCADE"), index=True)
    act: Mapped[ChangeAct] = mapped_column(EnumText(ChangeAct))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")

    statement: Mapped[ChangeStatement] = relationship(back_populates="events")
    person: Mapped[Person | None] = relationship()


class HigherReport(Base):
    """The ministry is to be told of what concerns an entry of its list (Art. 19), and was: on a day, by a reference."""

    __tablename__ = "higher_report"
    __table_args__ = (CheckConstraint("(state = 'told') = (told_on IS NOT NULL)", name="told_has_a_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("list_entry.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("pending_act.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("change_statement.id"), index=True)
    #: A removal ground where the region found one, empty where only a change is reported.
    ground: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ReportState] = mapped_column(EnumText(ReportState), default=ReportState.DUE, index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    told_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), default="")
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    entry: Mapped[ListEntry] = relationship()
    statement: Mapped[ChangeStatement | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping


class ChangeAnnouncement(Base):
    """A draft that was made for decisions. When none of them is left, it is never published."""

    __tablename__ = "change_announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    state: Mapped[AnnouncementState] = mapped_column(
        EnumText(AnnouncementState), default=AnnouncementState.OPEN, index=True
    )
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping
