"""Cases of Article 24. What a citizen wrote is sealed; the columns in clear say only what a queue must show."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Authority
from portal.complaints.handling.columns import Handled, queue_indexes
from portal.complaints.rules import (
    OPEN,
    CaseAct,
    CaseStatus,
    Finding,
    Outcome,
    ProblemKind,
    RefusalGround,
    RespondentKind,
)
from portal.content.models import Document
from portal.filings.models import FilingEvent, FilingEvidence, SealedFiling
from portal.filings.rules import Channel
from portal.foundation.database import Base, EnumText
from portal.register.models import Agency, Unit


class Case(SealedFiling, Handled, Base):
    """One real-name complaint from filing to its end."""

    __tablename__ = "complaint_case"
    __table_args__ = queue_indexes()
    BOX: ClassVar[str] = "complaint"
    SUBJECT: ClassVar[str] = "case"

    respondent_kind: Mapped[RespondentKind] = mapped_column(EnumText(RespondentKind))
    respondent_name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    #: The unit whose evaluation by an agency is complained about.
    evaluated_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    problem_kind: Mapped[ProblemKind] = mapped_column(EnumText(ProblemKind))
    #: How it came in; letters and calls were entered by staff.
    channel: Mapped[Channel] = mapped_column(EnumText(Channel), default=Channel.ONLINE)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)

    status: Mapped[CaseStatus] = mapped_column(EnumText(CaseStatus), default=CaseStatus.FILED, index=True)
    refusal_ground: Mapped[RefusalGround | None] = mapped_column(EnumText(RefusalGround))
    finding: Mapped[Finding | None] = mapped_column(EnumText(Finding))
    outcome: Mapped[Outcome | None] = mapped_column(EnumText(Outcome))
    ground: Mapped[str] = mapped_column(String(40), default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    version: Mapped[int] = mapped_column(default=1)

    authority: Mapped[Authority] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    agency: Mapped[Agency | None] = relationship()
    evaluated_unit: Mapped[Unit | None] = relationship(foreign_keys=[evaluated_unit_id])
    document: Mapped[Document | None] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(back_populates="case", order_by="CaseEvent.id")
    evidence: Mapped[list[Evidence]] = relationship(back_populates="case", order_by="Evidence.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def is_open(self) -> bool:
        """Whether anything can still happen."""
        return self.status in OPEN


class CaseEvent(FilingEvent, Base):
    """One act in the case's timeline."""

    __tablename__ = "complaint_event"

    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    act: Mapped[CaseAct] = mapped_column(EnumText(CaseAct))

    case: Mapped[Case] = relationship(back_populates="events")


class Evidence(FilingEvidence, Base):
    """One file of a case."""

    __tablename__ = "complaint_evidence"

    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)

    case: Mapped[Case] = relationship(back_populates="evidence")
