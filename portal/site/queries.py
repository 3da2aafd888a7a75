"""Reads for what is composed of everything public."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defer

from portal.content.models import Document
from portal.content.rules import DocumentState
from portal.foundation.database import db
from portal.register.models import Unit
from portal.register.rules import public_id


def documents_for_robots(limit: int) -> Sequence[Document]:
    """Published documents without their bodies, newest first."""
    query = select(Document).where(Document.state == DocumentState.PUBLISHED).options(defer(Document.body))
    return db.session.scalars(query.order_by(Document.id.desc()).limit(limit)).all()


def unit_refs(limit: int) -> Sequence[str]:
    """What stands in the addresses of the region's units."""
    query = select(Unit.id, Unit.uscc).where(Unit.authority_id.is_not(None)).order_by(Unit.id).limit(limit)
    return [code or public_id("u", number) for number, code in db.session.execute(query)]
