"""Rectification orders among a unit's duties (Art. 24)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.complaints.models import Case
from portal.complaints.rectification.models import RectificationOrder
from portal.complaints.rectification.rules import STATE_LABELS, OrderState
from portal.foundation.database import db
from portal.register.duties import Duty, DutyState
from portal.register.models import Unit

_STATES: Mapping[OrderState, DutyState] = {
    OrderState.OPEN: DutyState.OPEN,
    OrderState.ANSWERED: DutyState.WAITING,
    OrderState.CONFIRMED: DutyState.DONE,
    OrderState.FAILED: DutyState.DONE,
}
_HOW = _l("Answer with evidence, with the order number and the secret of your letter.")


def of_unit(unit: Unit, _today: date) -> Iterator[Duty]:
    """The orders that were given to a unit. What they say opens with the secret of the letter alone."""
    query = select(RectificationOrder).join(RectificationOrder.case).where(Case.unit_id == unit.id)
    for order in db.session.scalars(query.order_by(RectificationOrder.id)):
        yield Duty(
            key=f"rectification:{order.id}",
            title=_l("Rectification order"),
            due_on=order.due_on,
            state=_STATES[order.state],
            how=_HOW,
            about=order.number,
            endpoint="rectification.index",
            said=STATE_LABELS[order.state],
        )
