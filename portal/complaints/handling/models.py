"""Tables of the desk: what happened there to a case, who keeps away from it, who asked to open an identity, personal views."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Authority, Person
from portal.complaints.handling.rules import NAME_LONGEST, DeskAct, RequestState, request_state
from portal.complaints.models import Case
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, LocalizedText, UtcDateTime
from portal.foundation.languages import Localized


class DeskEntry(Base):
    """One line of a case's own diary, for staff alone. What was written is sealed in the case's box."""

    __tablename__ = "complaint_desk_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    act: Mapped[DeskAct] = mapped_column(EnumText(DeskAct))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: The colleague whom it concerns.
    colleague_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sealed_text: Mapped[bytes | None] = mapped_column(LargeBinary)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    colleague: Mapped[Person | None] = relationship(foreign_keys=[colleague_id])


class CaseInterest(Base):
    """A person who has a stake in a case and keeps away from it."""

    __tablename__ = "case_interest"
    __table_args__ = (
        Index(
            "uq_case_interest_held",
            "person_id",
            "case_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sealed_reason: Mapped[bytes] = mapped_column(LargeBinary)
    #: From then on it keeps nobody away any more; what was declared stays on record.
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class IdentityRequest(Base):
    """Somebody who does not work on the case asks to open its identity; a second person decides."""

    __tablename__ = "identity_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sealed_reason: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def state(self) -> RequestState:
        """Where it stands now."""
        return request_state(
            clock.now(),
            expires_at=self.expires_at,
            consented_at=self.consented_at,
            declined_at=self.declined_at,
            used_at=self.used_at,
        )


class SavedView(Base):
    """A queue as one person likes to see it."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "queue", "name", name="uq_saved_view_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    queue: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(NAME_LONGEST))
    args: Mapped[dict[str, str]] = mapped_column(JSON)


class ReplyTemplate(Base):
    """A text that an authority writes often, in Chinese and Tibetan. It names nobody."""

    __tablename__ = "reply_template"
    __table_args__ = (Index("ix_reply_template_authority", "authority_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[str] = mapped_column(String(NAME_LONGEST))
    text: Mapped[Localized] = mapped_column(LocalizedText)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)

    authority: Mapped[Authority] = relationship()
