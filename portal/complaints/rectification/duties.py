"""Rectification orders among a unit's duties (Art. 24)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from flask import flash, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.models import Person
from portal.complaints.models import Case
from portal.complaints.rectification import answering, queries, services
from portal.complaints.rectification.models import RectificationOrder
from portal.complaints.rectification.rules import STATE_LABELS, OrderState
from portal.filings.forms import ReplyForm
from portal.foundation.database import db
from portal.register.duties import Duty, DutyPage, DutyState
from portal.register.models import Unit

_STATES: Mapping[OrderState, DutyState] = {
    OrderState.OPEN: DutyState.OPEN,
    OrderState.ANSWERED: DutyState.WAITING,
    OrderState.CONFIRMED: DutyState.DONE,
    OrderState.FAILED: DutyState.DONE,
}
ORDER = _l("Rectification order")


def of_unit(unit: Unit, _today: date) -> Iterator[Duty]:
    """The orders that were given to a unit. What they say stands on their pages alone."""
    query = select(RectificationOrder).join(RectificationOrder.case).where(Case.unit_id == unit.id)
    for order in db.session.scalars(query.order_by(RectificationOrder.id)):
        yield Duty(
            key=order.duty_key,
            title=ORDER,
            due_on=order.due_on,
            state=_STATES[order.state],
            how=_l("Answer with evidence"),
            about=order.number,
            said=STATE_LABELS[order.state],
        )


def page(unit: Unit, order_id: int, by: Person) -> DutyPage | None:
    """An order on its page in the unit's space, for any person of the unit; None when their answer was taken."""
    form = ReplyForm() if request.method == "POST" else None
    if form is not None and answering.take(queries.order_of_unit(unit, order_id), form, by=by):
        flash(answering.RECEIVED, "success")
        return None
    order, opened = services.open_order(unit, order_id, by=by)
    context = answering.context(order, opened, form, request.path)
    return DutyPage(ORDER, order.number, answering.TEMPLATE, context, 422 if form else 200)
