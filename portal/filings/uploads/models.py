"""A file on its way: how much of it is here, and where its sealed parts lie."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Connection, ForeignKey, LargeBinary, String, event, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime
from portal.vault.parts import Part


class UploadState(StrEnum):
    """How far a file has come."""

    RECEIVING = "receiving"
    #: It is a file of its draft.
    TAKEN = "taken"
    #: All of it arrived, and it is none that can be taken.
    REFUSED = "refused"


class Upload(Base):
    """One file on its way into a draft. It goes with the draft, whatever becomes of that."""

    __tablename__ = "filing_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Its name in addresses and in the store: it cannot be guessed, and says nothing.
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("filing_draft.id", ondelete="CASCADE"), index=True)
    length: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    #: What the client said of the file, name and all, as it said it.
    sealed_metadata: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[UploadState] = mapped_column(EnumText(UploadState), default=UploadState.RECEIVING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    #: The request that writes now, and until when it is believed to be alive.
    held_by: Mapped[str] = mapped_column(String(32), default="")
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The draft's file that came of it. No foreign key: the file may be removed again, or sent.
    file_id: Mapped[int | None]

    draft: Mapped[FilingDraft] = relationship()
    parts: Mapped[list[UploadPart]] = relationship(
        back_populates="upload", order_by="UploadPart.start", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here."""
        return self.offset == self.length


class UploadPart(Base):
    """One sealed stretch of a file on its way."""

    __tablename__ = "filing_upload_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("filing_upload.id", ondelete="CASCADE"), index=True)
    start: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int]
    store_key: Mapped[str] = mapped_column(String(120), unique=True)

    upload: Mapped[Upload] = relationship(back_populates="parts")

    @property
    def part(self) -> Part:
        """Where it lies."""
        return Part(self.start, self.size, self.store_key)


@event.listens_for(DraftFile, "before_delete")
def _forget_file(_mapper: object, connection: Connection, gone: DraftFile) -> None:
    """Let no upload name a file that is removed: on some databases the next file bears its number."""
    connection.execute(update(Upload).where(Upload.file_id == gone.id).values(file_id=None))
