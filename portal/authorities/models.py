"""Authorities, staff accounts and their roles."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.rules import AuthorityKind, Role
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, LocalizedText, UtcDateTime
from portal.foundation.languages import Language, Localized


class Authority(Base):
    """One of the nine authorities of Art. 5: the department, seven prefecture bureaus, the park committee."""

    __tablename__ = "authority"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[AuthorityKind] = mapped_column(EnumText(AuthorityKind))
    position: Mapped[int]
    division: Mapped[str] = mapped_column(String(6), default="")
    place: Mapped[Localized] = mapped_column(LocalizedText)
    name: Mapped[Localized] = mapped_column(LocalizedText)

    @property
    def is_department(self) -> bool:
        """Whether this is the department, which determines and publishes."""
        return self.kind is AuthorityKind.DEPARTMENT


person_role = Table(
    "person_role",
    Base.metadata,
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class RoleRecord(Base, RoleMixin):
    """A role as the login library wants to see it; the members are those of :class:`Role`."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Person(Base, UserMixin):
    """A member of an authority's staff, or of an enterprise that stands under the authority."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: secrets.token_hex(32))
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[Language] = mapped_column(EnumText(Language), default=Language.ZH)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    authority: Mapped[Authority] = relationship(lazy="joined", innerjoin=True)
    roles: Mapped[list[RoleRecord]] = relationship(  # type: ignore[assignment]
        secondary=person_role, lazy="selectin", order_by=RoleRecord.id
    )

    @property
    def role_set(self) -> frozenset[Role]:
        """The person's roles as members of the enumeration."""
        return frozenset(Role(role.name) for role in self.roles)

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of an authority's staff, and not one of an enterprise."""
        return Role.ENTERPRISE not in self.role_set

    @property
    def actor(self) -> str:
        """The person's name in the audit log: a number, never a name."""
        return f"staff:{self.id}" if self.is_staff else f"enterprise:{self.id}"
