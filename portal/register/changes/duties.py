"""Statements of change among a unit's duties (Art. 19): what was stated and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.foundation.database import db
from portal.register.changes.models import ChangeStatement
from portal.register.changes.rules import KIND_LABELS, OPEN_STATES, STATE_LABELS, ChangeState
from portal.register.duties import Duty, DutyState
from portal.register.models import Unit

_DONE = frozenset({ChangeState.EFFECTIVE})
_HOW = _l(
    "State changes of name, address, scope or boundary with the dynamic management form; your authority reviews them."
)


def of_unit(unit: Unit, _today: date) -> Iterator[Duty]:
    """The statements that are open, and those that took effect."""
    query = select(ChangeStatement).where(
        ChangeStatement.unit_id == unit.id, ChangeStatement.state.in_([*OPEN_STATES, *_DONE])
    )
    for statement in db.session.scalars(query.order_by(ChangeStatement.id)).unique():
        yield Duty(
            key=f"change:{statement.id}",
            title=KIND_LABELS[statement.kind],
            due_on=None,
            state=DutyState.DONE if statement.state in _DONE else DutyState.WAITING,
            how=_HOW,
            endpoint="register.unit",
            values={"ref": unit.ref},
            said=STATE_LABELS[statement.state],
        )
