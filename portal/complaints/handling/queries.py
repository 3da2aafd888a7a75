"""Reads of the desk around a case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.authorities.models import Person
from portal.complaints.handling.models import SavedView
from portal.foundation.database import db


def views_of(person: Person, queue: str) -> Sequence[SavedView]:
    """The views that a person keeps of a queue, by name."""
    query = select(SavedView).where(SavedView.person_id == person.id, SavedView.queue == queue)
    return db.session.scalars(query.order_by(SavedView.name)).all()
