"""Giving out codes, and marking the places of what the register ended. All of it follows acts of the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.authorities.services import SYSTEM
from portal.credentials.models import ListCode, RevocationPlace
from portal.credentials.rules import Standing, standing
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import new_list_code
from portal.register.models import ListEntry, RegisterEvent, Unit


def on_acts_recorded(_app: Flask, events: Sequence[RegisterEvent], **_extra: object) -> None:
    """Answer the register inside its transaction: a listing gets its code, a removal revokes, a correction restores."""
    # A unit that comes under an authority of the region brings all its entries.
    units = {event.unit_id for event in events if event.unit_id}
    follow(units)


def follow(units: Iterable[int] | None = None) -> int:
    """Bring codes and places up to what the register says of some units, or of all; the number of new codes.

    Entries of units that stand under none of the nine authorities get no code: the portal does not vouch for them.
    """
    with transaction():
        query = (
            select(ListEntry, ListCode)
            .join(ListEntry.unit)
            .outerjoin(ListCode, ListCode.entry_id == ListEntry.id)
            .where(ListCode.id.is_not(None) | Unit.authority_id.is_not(None))
            .options(joinedload(ListEntry.unit))
            .order_by(ListEntry.id)
        )
        if units is not None:
            query = query.where(ListEntry.unit_id.in_(sorted(units)))
        issued = 0
        for entry, found in db.session.execute(query).unique():
            code: ListCode | None = found
            if code is None:
                _issue(entry)
                issued += 1
            else:
                _mark(code, entry)
        db.session.flush()
        if issued:
            audit.record("credentials.codes.issued", "codes", SYSTEM, {"number": issued})
    return issued


def _issue(entry: ListEntry) -> None:
    code = ListCode(entry_id=entry.id, unit_id=entry.unit_id, code=new_list_code())
    code.places.append(RevocationPlace(revoked_on=_ended(entry)))
    db.session.add(code)


def _mark(code: ListCode, entry: ListEntry) -> None:
    ended = standing(entry.status) is Standing.NOT_IN_FORCE
    if ended and code.place.revoked_on is None:
        code.place.revoked_on = _ended(entry)
    elif not ended and code.place.revoked_on is not None:
        code.places.append(RevocationPlace())


def _ended(entry: ListEntry) -> date | None:
    if standing(entry.status) is Standing.IN_FORCE:
        return None
    return entry.removed_on or clock.today()
