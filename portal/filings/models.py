"""Columns that every sealed filing has, as mixins: each feature has tables of its own, with keys and a law of its own."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.authorities.models import Authority, Person
from portal.filings.rules import Assurance
from portal.foundation import clock
from portal.foundation.database import EnumText, UtcDateTime
from portal.foundation.languages import Language
from portal.vault.columns import StoreKey
from portal.vault.scanning import ScanState


class SealedFiling:
    """What somebody filed under their real name. What they wrote is sealed; in clear stands only what a queue shows."""

    #: What binds the key of a filing to its kind, and what the audit log calls it. Neither may ever change.
    BOX: ClassVar[str]
    SUBJECT: ClassVar[str]

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(24), unique=True)
    secret_digest: Mapped[str] = mapped_column(String(64))
    #: Digest of the form's one-time token, and of what was filed with it: a form sent twice is one filing.
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    filing_digest: Mapped[str] = mapped_column(String(64))
    language: Mapped[Language] = mapped_column(EnumText(Language))
    assurance: Mapped[Assurance] = mapped_column(EnumText(Assurance), default=Assurance.DECLARED)
    #: Whether whoever filed wants to be told by e-mail or short message when something happens.
    notify: Mapped[bool] = mapped_column(default=False)

    #: The filing's own data key, wrapped; without it nothing below opens any more.
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_identity: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_statement: Mapped[bytes] = mapped_column(LargeBinary)

    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
    clock_from: Mapped[date]
    clock_days: Mapped[int | None]
    due_on: Mapped[date | None]
    #: Working days that were left when the clock stopped.
    days_left: Mapped[int | None]
    is_sample: Mapped[bool] = mapped_column(default=False)
    #: When everything sealed was erased because the time of retention had ended.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    if TYPE_CHECKING:
        status: Mapped[Any]
        version: Mapped[int]
        events: Mapped[list[Any]]
        evidence: Mapped[list[Any]]

    def come_to(self, status: StrEnum) -> None:
        """Set the state that an act leads to. The page that others have open is out of date even where the state stays."""
        if self.status is not status:
            self.status = status
        else:
            self.version += 1

    @property
    def subject(self) -> str:
        """The filing's name in the audit log."""
        return f"{self.SUBJECT}:{self.id}"

    @property
    def box_context(self) -> str:
        """What binds the wrapped key to this filing."""
        return f"{self.BOX} {self.receipt}"


class FilingEvent:
    """One act in the timeline of a filing. ``public``: whoever filed reads its note."""

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"))
    public: Mapped[bool] = mapped_column(default=False)
    sealed_note: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The signed receipt for what came in with this act.
    sealed_receipt: Mapped[bytes | None] = mapped_column(LargeBinary)

    @declared_attr
    def person(cls) -> Mapped[Person | None]:  # noqa: N805 - a declared attribute is given the class
        """Who acted; nobody for whoever filed."""
        return relationship()

    @declared_attr
    def authority(cls) -> Mapped[Authority | None]:  # noqa: N805 - a declared attribute is given the class
        """The authority that acted."""
        return relationship()


class FilingEvidence:
    """One file of a filing: what can be told of it in clear, and where its sealed form lies."""

    id: Mapped[int] = mapped_column(primary_key=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    store_key: Mapped[str] = mapped_column(StoreKey("evidence"), unique=True)
    #: What a scan for harmful software said; None until there was one.
    scan: Mapped[ScanState | None] = mapped_column(EnumText(ScanState))

    @property
    def from_filer(self) -> bool:
        """Whether whoever filed sent it. A feature in which others add files says so of each."""
        return True
