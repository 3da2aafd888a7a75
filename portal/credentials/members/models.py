"""Claims, members, invitations. How somebody is reached is sealed; the letter lies in the vault."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Person
from portal.credentials.members.rules import ClaimState, MemberRole
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.foundation.languages import Language
from portal.register.models import Unit
from portal.vault.columns import StoreKey


class UnitClaim(Base):
    """Somebody says that they speak for a unit; its authority confirms it or not."""

    __tablename__ = "unit_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[ClaimState] = mapped_column(EnumText(ClaimState), default=ClaimState.WAITING, index=True)
    language: Mapped[Language] = mapped_column(EnumText(Language))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    #: What binds the claim's key to it; chance, because the row has no number yet when its key is made.
    mark: Mapped[str] = mapped_column(String(32), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_contact: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    store_key: Mapped[str] = mapped_column(StoreKey("claims"), unique=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    decided_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def is_erased(self) -> bool:
        """Whether the time of its retention has ended: its key is gone, and with it contact and letter."""
        return not self.wrapped_key

    @property
    def box_context(self) -> str:
        """What the row's key is bound to; its name among the boxes, by which the key is wrapped anew."""
        return f"enterprise {self.mark}"


class UnitMember(Base):
    """One person who may speak for one unit."""

    __tablename__ = "unit_member"
    __table_args__ = (UniqueConstraint("unit_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[MemberRole] = mapped_column(EnumText(MemberRole))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class MemberInvitation(Base):
    """A link by which one person becomes a member, once; only its digest is kept."""

    __tablename__ = "member_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[MemberRole] = mapped_column(EnumText(MemberRole))
    language: Mapped[Language] = mapped_column(EnumText(Language))
    mark: Mapped[str] = mapped_column(String(32), unique=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_contact: Mapped[bytes] = mapped_column(LargeBinary)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)

    @property
    def box_context(self) -> str:
        """What the row's key is bound to; its name among the boxes, by which the key is wrapped anew."""
        return f"enterprise {self.mark}"
