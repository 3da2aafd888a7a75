"""Cases of Article 24. What a citizen wrote is sealed; the columns in clear say only what a queue must show."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Authority
from portal.complaints.handling.columns import Handled, queue_indexes
from portal.complaints.rules import (
    OPEN,
    CaseAct,
    CaseStatus,
    Finding,
    Origin,
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
    #: The department verifies itself: because nobody else may, or because it took the case over.
    taken_over: Mapped[bool] = mapped_column(default=False)
    #: The promised date whose passing was told to both levels; each date is told of once.
    escalated_due: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    authority: Mapped[Authority] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    agency: Mapped[Agency | None] = relationship()
    evaluated_unit: Mapped[Unit | None] = relationship(foreign_keys=[evaluated_unit_id])
    document: Mapped[Document | None] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(back_populates="case", order_by="CaseEvent.id")
    evidence: Mapped[list[Evidence]] = relationship(back_populates="case", order_by="Evidence.id")
    allegations: Mapped[list[Allegation]] = relationship(back_populates="case", order_by="Allegation.id")

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
    #: The fields of an act that has a form of its own, such as an on-site check, sealed as one object.
    sealed_details: Mapped[bytes | None] = mapped_column(LargeBinary)

    case: Mapped[Case] = relationship(back_populates="events")


class Evidence(FilingEvidence, Base):
    """One file of a case."""

    __tablename__ = "complaint_evidence"

    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    origin: Mapped[Origin] = mapped_column(EnumText(Origin), default=Origin.COMPLAINANT)
    #: The act that it belongs to; none for what came with the complaint or a message.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_event.id"), index=True)

    case: Mapped[Case] = relationship(back_populates="evidence")
    event: Mapped[CaseEvent | None] = relationship()

    @property
    def from_filer(self) -> bool:
        """Whether the complainant sent it, and so may see that it is there."""
        return self.origin is not Origin.STAFF and self.origin is not Origin.ENTERPRISE


class Allegation(Base):
    """One thing that the complaint says is so, listed when it is accepted, and what the verification found about it."""

    __tablename__ = "complaint_allegation"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary)
    finding: Mapped[Finding | None] = mapped_column(EnumText(Finding))
    sealed_grounds: Mapped[bytes | None] = mapped_column(LargeBinary)

    case: Mapped[Case] = relationship(back_populates="allegations")
