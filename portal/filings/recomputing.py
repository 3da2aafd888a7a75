"""What a changed calendar does to promised dates: those not known get known, those that run may become later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, or_

from portal.authorities.models import Person
from portal.authorities.services import SYSTEM
from portal.filings.models import SealedFiling
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction

F = TypeVar("F", bound=SealedFiling)


def recompute(
    model: type[F], waiting: Select[F], promised: Callable[[F], date | None], *, action: str, by: Person | None
) -> Sequence[F]:
    """Set the promised dates of filings anew, and give those that moved. A date that has passed stays, and none becomes earlier.

    Args:
        waiting: the filings whose clock runs.
        action: what the audit log calls it.
    """
    moved = []
    with transaction():
        query = waiting.where(or_(model.due_on.is_(None), model.due_on >= clock.today())).order_by(model.id)
        for filing in db.session.scalars(query.with_for_update(of=model)).unique().all():
            computed, before = promised(filing), filing.due_on
            if computed is None or (before is not None and computed <= before):
                continue
            filing.due_on = computed
            db.session.flush()
            facts = {"from": before.isoformat() if before else None, "due": computed.isoformat()}
            audit.record(action, filing.subject, by.actor if by else SYSTEM, facts)
            moved.append(filing)
    return moved
