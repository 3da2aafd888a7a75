"""Versions of profiles with their figures and files. A version once published is never changed, only replaced."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Person
from portal.credentials.profile.rules import EDITABLE, FileKind, Measure, ProfileState, Texts
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, LocalizedText, UtcDateTime
from portal.foundation.languages import Localized
from portal.register.models import Unit
from portal.vault.columns import StoreKey

#: Where the smaller forms of pictures lie.
SMALLER = "smaller"


class UnitProfile(Base):
    """One version of what a unit shows of itself."""

    __tablename__ = "unit_profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[ProfileState] = mapped_column(EnumText(ProfileState), default=ProfileState.DRAFT, index=True)
    title: Mapped[Localized] = mapped_column(LocalizedText, default=Localized)
    technologies: Mapped[Localized] = mapped_column(LocalizedText, default=Localized)
    practices: Mapped[Localized] = mapped_column(LocalizedText, default=Localized)
    disclosures: Mapped[Localized] = mapped_column(LocalizedText, default=Localized)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Why it was returned or withdrawn.
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=submitted_by_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)
    figures: Mapped[list[ProfileFigure]] = relationship(
        back_populates="profile", order_by="ProfileFigure.id", cascade="all, delete-orphan"
    )
    files: Mapped[list[ProfileFile]] = relationship(
        back_populates="profile", order_by="ProfileFile.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def texts(self) -> Texts:
        """What is written in it."""
        return Texts(self.title, self.technologies, self.practices, self.disclosures)

    @texts.setter
    def texts(self, told: Texts) -> None:
        self.title, self.technologies = told.title, told.technologies
        self.practices, self.disclosures = told.practices, told.disclosures

    @property
    def is_editable(self) -> bool:
        """Whether the unit may change it now."""
        return self.state in EDITABLE

    @property
    def reports(self) -> list[ProfileFile]:
        """Its reports, the newest year first."""
        return sorted((item for item in self.files if item.kind is FileKind.REPORT), key=lambda item: -(item.year or 0))

    @property
    def pictures(self) -> list[ProfileFile]:
        """Its pictures, in the order in which they came."""
        return [item for item in self.files if item.kind is FileKind.PICTURE]


class ProfileFigure(Base):
    """One measured number of one year, with its unit and source. ``value`` is a decimal number in plain digits."""

    __tablename__ = "profile_figure"
    __table_args__ = (UniqueConstraint("profile_id", "series", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("unit_profile.id", ondelete="CASCADE"), index=True)
    measure: Mapped[Measure] = mapped_column(EnumText(Measure))
    name: Mapped[Localized] = mapped_column(LocalizedText, default=Localized)
    unit: Mapped[str] = mapped_column(String(20))
    #: What makes figures of several years one trend: the same thing in the same unit.
    series: Mapped[str] = mapped_column(String(300))
    year: Mapped[int]
    value: Mapped[str] = mapped_column(String(30))
    source: Mapped[str] = mapped_column(String(200))

    profile: Mapped[UnitProfile] = relationship(back_populates="figures")

    @property
    def number(self) -> Decimal:
        """Its value to calculate with."""
        return Decimal(self.value)

    @property
    def words(self) -> str:
        """Its value to read."""
        return format(self.number, ",f")


class ProfileFile(Base):
    """A report or a picture. Versions share the place in the store: what was published stays as it was."""

    __tablename__ = "profile_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("unit_profile.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FileKind] = mapped_column(EnumText(FileKind))
    #: The title of a report, the description of a picture.
    title: Mapped[Localized] = mapped_column(LocalizedText)
    year: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    #: Of pictures, in pixels.
    width: Mapped[int | None]
    height: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(String(64))
    #: Smaller forms of pictures lie beside it.
    store_key: Mapped[str] = mapped_column(StoreKey("showcase", beside=SMALLER), index=True)

    profile: Mapped[UnitProfile] = relationship(back_populates="files")
