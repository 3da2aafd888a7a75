"""The append-only audit log. Each record carries the digest of the one before it, so that a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock
from portal.foundation.database import Base, UtcDateTime, db

GENESIS = "0" * 64
KeyType = BigInteger().with_variant(Integer, "sqlite")


class AuditRecord(Base):
    """One act. ``action`` has three parts: feature, subject, act."""

    __tablename__ = "audit_record"

    id: Mapped[int] = mapped_column(KeyType, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80), index=True)
    action: Mapped[str] = mapped_column(String(80), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """The single row that orders writers: who holds it may append."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int] = mapped_column(KeyType)
    digest: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Broken:
    """The first link of the chain that does not hold."""

    record_id: int
    why: str


def digest_of(record: AuditRecord) -> str:
    """The digest of a record's content and of the digest before it (SHA-256, hexadecimal)."""
    content = json.dumps(
        [
            record.id,
            record.at.isoformat(timespec="microseconds"),
            record.actor,
            record.action,
            record.subject,
            record.data,
            record.previous,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


def record(action: str, subject: str, actor: str, data: Mapping[str, Any] | None = None) -> AuditRecord:
    """Append a record inside the transaction of the act.

    Args:
        action: three parts joined by dots, such as ``complaints.case.accepted``.
        subject: what was acted on, such as ``case:12``. Never a person's name or number.
        actor: who acted, such as ``staff:3``, ``complainant`` or ``system``.
        data: what a later reader needs, as JSON; never a secret, a name or an ID number.
    """
    session = db.session
    head = session.scalars(select(AuditHead).with_for_update()).one_or_none()
    if head is None:
        head = AuditHead(id=1, last_id=0, digest=GENESIS)
        session.add(head)
    entry = AuditRecord(
        id=head.last_id + 1,
        at=clock.now(),
        actor=actor,
        action=action,
        subject=subject,
        # What JSON cannot carry must fail here and not at the next reading.
        data=json.loads(json.dumps(dict(data or {}), ensure_ascii=False)),
        previous=head.digest,
    )
    entry.digest = digest_of(entry)
    head.last_id, head.digest = entry.id, entry.digest
    session.add(entry)
    session.flush()
    return entry


def verify() -> Broken | None:
    """Walk the whole chain; the first broken link, or None where all hold."""
    previous, expected_id = GENESIS, 1
    query = select(AuditRecord).order_by(AuditRecord.id).execution_options(yield_per=500)
    # Closed at once where a link is broken: the rest of the log is not read.
    with closing(db.session.scalars(query)) as entries:
        for entry in entries:
            if entry.id != expected_id:
                return Broken(expected_id, "missing")
            if entry.previous != previous:
                return Broken(entry.id, "does not follow the record before it")
            if entry.digest != digest_of(entry):
                return Broken(entry.id, "was changed")
            previous, expected_id = entry.digest, expected_id + 1
    head = db.session.get(AuditHead, 1)
    if head is not None and (head.last_id != expected_id - 1 or head.digest != previous):
        return Broken(expected_id, "missing")
    return None


def count() -> int:
    """How many records there are."""
    head = db.session.get(AuditHead, 1)
    return head.last_id if head else 0
