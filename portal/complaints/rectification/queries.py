"""Reads of orders: the one that runs in a case, and what the unit may see of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.complaints.models import Case
from portal.complaints.rectification.models import RectificationOrder
from portal.complaints.rectification.rules import RUNNING
from portal.complaints.rules import CaseAct, Origin
from portal.filings import sealing
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.register.models import Unit
from portal.vault.boxes import Box

MEASURES = "measures"


@dataclass(frozen=True)
class Entry:
    """One step as the unit reads it; nothing in it was written by or for the complainant alone."""

    at: datetime
    act: CaseAct
    text: str
    files: Sequence[str]


@dataclass(frozen=True)
class OpenedOrder:
    """What the unit reads of its order."""

    measures: str
    entries: Sequence[Entry]


def orders_of(case: Case) -> Sequence[RectificationOrder]:
    """The orders of a case, oldest first."""
    query = select(RectificationOrder).where(RectificationOrder.case_id == case.id)
    return db.session.scalars(query.order_by(RectificationOrder.id)).all()


def running_order(case: Case) -> RectificationOrder | None:
    """The order that a unit is to follow now; None for a case whose order was given before orders had numbers."""
    return next((order for order in reversed(orders_of(case)) if order.state in RUNNING), None)


def order_by_id(order_id: int) -> RectificationOrder:
    """One order, for the unit that has shown its secret.

    Raises:
        NotFound: where there is none.
    """
    found = db.session.get(RectificationOrder, order_id)
    if found is None:
        raise NotFound
    return found


def order_of_unit(unit: Unit, order_id: int) -> RectificationOrder:
    """One order that was given to a unit, whatever the unit's name was then.

    Raises:
        NotFound: there is none, or it was given to another unit.
    """
    query = select(RectificationOrder).join(RectificationOrder.case)
    found = db.session.scalars(query.where(RectificationOrder.id == order_id, Case.unit_id == unit.id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def measures_of(order: RectificationOrder, box: Box) -> str:
    """What the unit must do."""
    return box.open_text(order.sealed_measures, MEASURES)


def opened(order: RectificationOrder) -> OpenedOrder:
    """An order with its texts opened: what is ordered, what the unit answered, and the extensions that it was given."""
    case = order.case
    box = sealing.open_filing(case)
    entries = []
    for event in case.events:
        if event.at < order.issued_at or event.act not in {CaseAct.ANSWER_RECTIFICATION, CaseAct.EXTEND_RECTIFICATION}:
            continue
        names = [
            sealing.file_name_of(item, box)
            for item in case.evidence
            if item.event_id == event.id and item.origin is Origin.ENTERPRISE
        ]
        entries.append(Entry(event.at, event.act, sealing.note_of(event, box), names))
    return OpenedOrder(measures_of(order, box), entries)
