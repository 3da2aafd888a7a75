"""Documents with their attachments and the timeline of what was done with them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.authorities.models import Authority, Person
from portal.content.rules import WRITING, DocumentAct, DocumentContent, DocumentState, DocumentType
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, LocalizedText, UtcDateTime
from portal.foundation.languages import Localized
from portal.vault.columns import StoreKey


class Document(Base):
    """One document. ``version`` grows with every change, so that nobody overwrites what they have not seen."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_public", "type", "state", "published_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    type: Mapped[DocumentType] = mapped_column(EnumText(DocumentType))
    state: Mapped[DocumentState] = mapped_column(EnumText(DocumentState), default=DocumentState.DRAFT, index=True)
    title: Mapped[Localized] = mapped_column(LocalizedText)
    summary: Mapped[Localized] = mapped_column(LocalizedText)
    body: Mapped[Localized] = mapped_column(LocalizedText)
    number: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    published_on: Mapped[date | None]
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)
    sent_back: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column()
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The published document that this one corrects; that one is never edited.
    erratum_of_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)

    erratum_of: Mapped[Document | None] = relationship(back_populates="errata", remote_side="Document.id")
    errata: Mapped[list[Document]] = relationship(back_populates="erratum_of", order_by="Document.id")
    authority: Mapped[Authority] = relationship(lazy="joined", innerjoin=True)
    author: Mapped[Person | None] = relationship(foreign_keys=author_id)
    reviewer: Mapped[Person | None] = relationship(foreign_keys=reviewer_id)
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="document", order_by="Attachment.id", cascade="all, delete-orphan"
    )
    events: Mapped[list[DocumentEvent]] = relationship(
        back_populates="document", order_by="DocumentEvent.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the mapper reads it, nobody changes it

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it now."""
        return self.state is DocumentState.PUBLISHED

    @property
    def was_public(self) -> bool:
        """Whether it was published once and is not any more."""
        return self.published_at is not None and not self.is_public

    @property
    def public_errata(self) -> list[Document]:
        """The published documents that correct it, oldest first."""
        return [erratum for erratum in self.errata if erratum.is_public]

    @property
    def writers(self) -> frozenset[int]:
        """The ids of the people who had a hand in the text."""
        return frozenset(event.person_id for event in self.events if event.person_id and event.act in WRITING)

    @property
    def content(self) -> DocumentContent:
        """What its editor wrote."""
        return DocumentContent(
            type=self.type,
            title=self.title,
            summary=self.summary,
            body=self.body,
            number=self.number,
            source=self.source,
            published_on=self.published_on,
            slug=self.slug,
            is_sample=self.is_sample,
        )


class DocumentEvent(Base):
    """One act in a document's timeline, with the note that explains it. Without a person the system acted."""

    __tablename__ = "document_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), index=True)
    act: Mapped[DocumentAct] = mapped_column(EnumText(DocumentAct))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")

    document: Mapped[Document] = relationship(back_populates="events")
    person: Mapped[Person | None] = relationship()


class Attachment(Base):
    """A file of a document. ``key`` is its place in the store, ``size`` in bytes, ``sha256`` in hexadecimal."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(StoreKey("attachments"), unique=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    document: Mapped[Document] = relationship(back_populates="attachments")
