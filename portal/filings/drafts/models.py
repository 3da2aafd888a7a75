"""What somebody has begun to file. It lies in the box of the filing that it may become, so that sending it re-seals nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Person
from portal.filings.models import FilingEvidence
from portal.filings.rules import Assurance, Channel, DraftKind
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.foundation.languages import Language


class FilingDraft(Base):
    """One filing that is being written, or one reply to a filing with its files.

    ``receipt`` is the number that the filing will bear; nobody is told it before. A reply bears that of its filing.
    """

    __tablename__ = "filing_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DraftKind] = mapped_column(EnumText(DraftKind))
    #: The first word of the box's context: the ``BOX`` of the filing's model.
    box: Mapped[str] = mapped_column(String(24))
    receipt: Mapped[str] = mapped_column(String(24), index=True)
    #: What a session knows the draft by. Row numbers come back after a deletion; this does not.
    handle: Mapped[str] = mapped_column(String(48), unique=True)
    resume_digest: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[Language] = mapped_column(EnumText(Language))
    step: Mapped[str] = mapped_column(String(20), default="")
    channel: Mapped[Channel] = mapped_column(EnumText(Channel), default=Channel.ONLINE)
    #: The member of staff who enters a letter or a call.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    #: How sure the identity is, and sealed what of it was proven: it holds only while those fields stay as they were.
    assurance: Mapped[Assurance] = mapped_column(EnumText(Assurance), default=Assurance.DECLARED)
    sealed_proof: Mapped[bytes | None] = mapped_column(LargeBinary)

    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: The one-time token from which the resume code and, after sending, the filer's secret follow.
    sealed_token: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_fields: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person | None] = relationship()
    files: Mapped[list[DraftFile]] = relationship(
        back_populates="draft", order_by="DraftFile.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain mapping

    @property
    def box_context(self) -> str:
        """What binds the wrapped key to the filing that this becomes."""
        return f"{self.box} {self.receipt}"


class DraftFile(FilingEvidence, Base):
    """One file of a draft. When the draft is sent, the file's record moves and its sealed form stays where it lies."""

    __tablename__ = "filing_draft_file"

    draft_id: Mapped[int] = mapped_column(ForeignKey("filing_draft.id"), index=True)
    #: Hidden details found in the file, as JSON; empty until it was looked for any.
    sealed_details: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Whether the sender wants the file as it is, with what it carries; None until asked.
    as_it_is: Mapped[bool | None]

    draft: Mapped[FilingDraft] = relationship(back_populates="files")
