"""Objections against candidates. What an objector wrote is sealed; in clear stands only what the queue must show."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.models import Document
from portal.filings.models import FilingEvent, FilingEvidence, SealedFiling
from portal.foundation.database import Base, EnumText
from portal.objections.rules import PENDING, ObjectionAct, ObjectionStatus
from portal.register.batches.models import Candidate
from portal.register.models import NAME_LENGTH
from portal.register.rules import RemovalGround


class Objection(SealedFiling, Base):
    """One real-name objection against one candidate of one publicity, from filing to decision."""

    __tablename__ = "objection"
    __table_args__ = (Index("ix_objection_queue", "status", "due_on"),)
    BOX: ClassVar[str] = "objection"
    SUBJECT: ClassVar[str] = "objection"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    #: As it stood in the notice.
    candidate_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    notice_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    #: The last day of the window as it was when the objection came; None where the calendar did not know it.
    window_last: Mapped[date | None]
    status: Mapped[ObjectionStatus] = mapped_column(EnumText(ObjectionStatus), default=ObjectionStatus.FILED)
    #: The ground on which it was upheld.
    ground: Mapped[RemovalGround | None] = mapped_column(EnumText(RemovalGround))
    version: Mapped[int] = mapped_column(default=1)

    candidate: Mapped[Candidate] = relationship()
    notice: Mapped[Document] = relationship()
    events: Mapped[list[ObjectionEvent]] = relationship(back_populates="objection", order_by="ObjectionEvent.id")
    evidence: Mapped[list[ObjectionEvidence]] = relationship(
        back_populates="objection", order_by="ObjectionEvidence.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return self.status in PENDING


class ObjectionEvent(FilingEvent, Base):
    """One act in an objection's timeline."""

    __tablename__ = "objection_event"

    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    act: Mapped[ObjectionAct] = mapped_column(EnumText(ObjectionAct))

    objection: Mapped[Objection] = relationship(back_populates="events")


class ObjectionEvidence(FilingEvidence, Base):
    """One file of an objection."""

    __tablename__ = "objection_evidence"

    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)

    objection: Mapped[Objection] = relationship(back_populates="evidence")
