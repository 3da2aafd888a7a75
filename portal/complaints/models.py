"""Cases of Article 24. What a citizen wrote is sealed; the columns in clear say only what a queue must show."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Authority, Person
from portal.complaints.rules import (
    OPEN,
    Assurance,
    CaseAct,
    CaseStatus,
    Finding,
    Outcome,
    ProblemKind,
    RefusalGround,
    RespondentKind,
)
from portal.content.models import Document
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.foundation.languages import Language
from portal.register.models import Agency, Unit


class Case(Base):
    """One real-name complaint from filing to its end."""

    __tablename__ = "complaint_case"
    __table_args__ = (Index("ix_complaint_case_queue", "authority_id", "status", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(24), unique=True)
    secret_digest: Mapped[str] = mapped_column(String(64))
    #: Digest of the form's one-time token, and of what was filed with it: a form sent twice is one complaint.
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    filing_digest: Mapped[str] = mapped_column(String(64))
    language: Mapped[Language] = mapped_column(EnumText(Language))
    assurance: Mapped[Assurance] = mapped_column(EnumText(Assurance), default=Assurance.DECLARED)

    respondent_kind: Mapped[RespondentKind] = mapped_column(EnumText(RespondentKind))
    respondent_name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    #: The unit whose evaluation by an agency is complained about.
    evaluated_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    problem_kind: Mapped[ProblemKind] = mapped_column(EnumText(ProblemKind))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)

    #: The case's own data key, wrapped; without it nothing below opens any more.
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_identity: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_statement: Mapped[bytes] = mapped_column(LargeBinary)

    status: Mapped[CaseStatus] = mapped_column(EnumText(CaseStatus), default=CaseStatus.FILED, index=True)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
    clock_from: Mapped[date]
    clock_days: Mapped[int | None]
    due_on: Mapped[date | None]
    #: Working days that were left when the clock stopped.
    days_left: Mapped[int | None]

    refusal_ground: Mapped[RefusalGround | None] = mapped_column(EnumText(RefusalGround))
    finding: Mapped[Finding | None] = mapped_column(EnumText(Finding))
    outcome: Mapped[Outcome | None] = mapped_column(EnumText(Outcome))
    ground: Mapped[str] = mapped_column(String(40), default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    is_sample: Mapped[bool] = mapped_column(default=False)
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

    @property
    def subject(self) -> str:
        """The case's name in the audit log."""
        return f"case:{self.id}"

    @property
    def box_context(self) -> str:
        """What binds the wrapped key to this case."""
        return f"complaint {self.receipt}"


class CaseEvent(Base):
    """One act in the case's timeline. ``public``: the complainant reads its note."""

    __tablename__ = "complaint_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    act: Mapped[CaseAct] = mapped_column(EnumText(CaseAct))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"))
    public: Mapped[bool] = mapped_column(default=False)
    sealed_note: Mapped[bytes | None] = mapped_column(LargeBinary)

    case: Mapped[Case] = relationship(back_populates="events")
    person: Mapped[Person | None] = relationship()
    authority: Mapped[Authority | None] = relationship()


class Evidence(Base):
    """One file of a case: what can be told of it in clear, and where its sealed form lies."""

    __tablename__ = "complaint_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    store_key: Mapped[str] = mapped_column(String(120), unique=True)

    case: Mapped[Case] = relationship(back_populates="evidence")
