"""Rounds, their candidates, and every step on the way from recommendation to announcement."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Authority, Person
from portal.content.models import Document
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, LocalizedText, UtcDateTime
from portal.foundation.languages import Localized
from portal.register.batches.rules import BatchAct, BatchState, CandidateState, Organ
from portal.register.models import NAME_LENGTH, Agency, ListEntry, Unit
from portal.register.rules import Category, Level, RemovalGround, public_id


class Batch(Base):
    """The round of one level and year. ``recommend_by`` and ``report_by`` are the statutory days as they were at its start."""

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("level", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[Level] = mapped_column(EnumText(Level))
    year: Mapped[int]
    name: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[BatchState] = mapped_column(EnumText(BatchState), default=BatchState.COLLECTING, index=True)
    opened_on: Mapped[date]
    recommend_by: Mapped[date]
    report_by: Mapped[date]
    reported_on: Mapped[date | None]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), unique=True)
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    notice: Mapped[Document | None] = relationship(foreign_keys=notice_id)
    announcement: Mapped[Document | None] = relationship(foreign_keys=announcement_id)
    candidates: Mapped[list[Candidate]] = relationship(
        back_populates="batch", order_by="Candidate.category, Candidate.id"
    )
    opinions: Mapped[list[Opinion]] = relationship(back_populates="batch", order_by="Opinion.id")
    steps: Mapped[list[BatchStep]] = relationship(back_populates="batch", order_by="BatchStep.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def asked(self) -> dict[Organ, Opinion]:
        """The last opinion of each department."""
        return {opinion.organ: opinion for opinion in self.opinions}


class Candidate(Base):
    """A unit that an authority recommends in a round. What was publicised of it does not change any more."""

    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("batch_id", "category", "name_key"),
        # The database itself lists nobody who was never publicised.
        CheckConstraint(
            "(state IN ('publicised', 'held', 'dropped', 'listed')) = (publicised_on IS NOT NULL)",
            name="publicised_has_a_day",
        ),
        CheckConstraint("(state = 'listed') = (entry_id IS NOT NULL)", name="listed_has_an_entry"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("list_entry.id"), unique=True)
    category: Mapped[Category] = mapped_column(EnumText(Category))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_bo: Mapped[str] = mapped_column(String(400), default="")
    uscc: Mapped[str | None] = mapped_column(String(18))
    prefecture: Mapped[str] = mapped_column(String(60), default="")
    #: The body that evaluated; empty for a self-evaluation (Art. 11).
    agency_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    agency_key: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    report_on: Mapped[date | None]
    recommended_on: Mapped[date]
    state: Mapped[CandidateState] = mapped_column(EnumText(CandidateState), default=CandidateState.RECOMMENDED)
    #: Why it was not selected, taken out or dropped; of a dropped one the announcement tells it.
    reason: Mapped[str] = mapped_column(Text, default="")
    publicised_on: Mapped[date | None]
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    batch: Mapped[Batch] = relationship(back_populates="candidates")
    authority: Mapped[Authority] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Unit | None] = relationship()
    entry: Mapped[ListEntry | None] = relationship()
    checks: Mapped[list[Check]] = relationship(back_populates="candidate", order_by="Check.id", lazy="selectin")
    reviews: Mapped[list[Review]] = relationship(back_populates="candidate", order_by="Review.id", lazy="selectin")
    steps: Mapped[list[BatchStep]] = relationship(order_by="BatchStep.id", viewonly=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def public_id(self) -> str:
        """The id in forms and addresses."""
        return public_id("c", self.id)

    @property
    def checked(self) -> dict[RemovalGround, Check]:
        """The last check of each ground."""
        return {check.ground: check for check in self.checks}

    @property
    def score(self) -> float | None:
        """The mean of the experts' scores, of 100; None without any."""
        scores = [review.score for review in self.reviews]
        return round(sum(scores) / len(scores), 1) if scores else None

    @property
    def is_late(self) -> bool:
        """Whether it was recommended after the statutory day (Art. 12)."""
        return self.recommended_on > self.batch.recommend_by


class Check(Base):
    """One look at one ground of Art. 15: where, on which day, and whether it applies. A later one stands."""

    __tablename__ = "candidate_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    ground: Mapped[RemovalGround] = mapped_column(EnumText(RemovalGround))
    applies: Mapped[bool]
    checked_on: Mapped[date]
    source: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    candidate: Mapped[Candidate] = relationship(back_populates="checks")


class Review(Base):
    """What one expert found: a score of 100, and what was seen on the spot (Art. 13)."""

    __tablename__ = "candidate_review"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score_of_100"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    expert: Mapped[str] = mapped_column(String(80))
    score: Mapped[int]
    on_site_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    candidate: Mapped[Candidate] = relationship(back_populates="reviews")


class Opinion(Base):
    """The answer of one of the three departments, with those it objects to. A later one stands (Art. 13)."""

    __tablename__ = "batch_opinion"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    organ: Mapped[Organ] = mapped_column(EnumText(Organ))
    given_on: Mapped[date]
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    batch: Mapped[Batch] = relationship(back_populates="opinions")
    adverse: Mapped[list[AdverseOpinion]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class AdverseOpinion(Base):
    """A candidate to which a department objects."""

    __tablename__ = "adverse_opinion"

    opinion_id: Mapped[int] = mapped_column(ForeignKey("batch_opinion.id"), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), primary_key=True)


class BatchStep(Base):
    """One act in a round's timeline, of the round itself or of one candidate. Without a person the system acted."""

    __tablename__ = "batch_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id"), index=True)
    act: Mapped[BatchAct] = mapped_column(EnumText(BatchAct))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")

    batch: Mapped[Batch] = relationship(back_populates="steps")
    candidate: Mapped[Candidate | None] = relationship(overlaps="steps")
    person: Mapped[Person | None] = relationship()


class BatchLine(Base):
    """One line of the reconciliation that an announcement publishes: what became of a publicised candidate, and why."""

    __tablename__ = "batch_line"
    __table_args__ = (
        CheckConstraint("outcome IN ('listed', 'held', 'dropped')", name="outcome_of_publicity"),
        UniqueConstraint("document_id", "candidate_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    outcome: Mapped[CandidateState] = mapped_column(EnumText(CandidateState))
    reason: Mapped[Localized] = mapped_column(LocalizedText)
    #: The day of the announcement; None while it is only drafted.
    told_on: Mapped[date | None]

    candidate: Mapped[Candidate] = relationship(lazy="joined", innerjoin=True)


class AgencyFinding(Base):
    """That an agency was found to lack the basic conditions, until the finding is lifted (Art. 22)."""

    __tablename__ = "agency_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    found_on: Mapped[date]
    lifted_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)

    agency: Mapped[Agency] = relationship(lazy="joined", innerjoin=True)

    def holds_on(self, day: date) -> bool:
        """Whether the agency's reports are not accepted on a day."""
        return self.found_on <= day and (self.lifted_on is None or day < self.lifted_on)
