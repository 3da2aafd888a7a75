"""The letter of a rectification order: it carries a new secret for the unit, shown to nobody again."""

from __future__ import annotations

from dataclasses import dataclass

from portal.authorities.models import Person
from portal.complaints.models import Case
from portal.complaints.rectification import queries as orders
from portal.complaints.rectification import services as rectification
from portal.complaints.rectification.models import RectificationOrder
from portal.complaints.rules import CaseAct
from portal.complaints.services.acts import act
from portal.complaints.services.instruction import Instruction
from portal.filings import sealing
from portal.foundation.database import transaction
from portal.foundation.errors import NotFound


@dataclass(frozen=True)
class PrintedOrder:
    """A letter as it is printed once. The secret is not kept in clear."""

    case: Case
    order: RectificationOrder
    secret: str
    measures: str


def print_order(case_id: int, version: int, *, by: Person) -> PrintedOrder:
    """Print the letter of the order that runs; an earlier letter no longer opens it.

    Raises:
        NotFound: no such case for this person, or its order has no letter.
        NotPermitted, Stale, IllegalTransition: as for every act.
    """
    with transaction():
        case = act(case_id, CaseAct.PRINT_ORDER, Instruction(version=version), by=by)
        order = orders.running_order(case)
        if order is None:
            raise NotFound
        secret = rectification.new_secret(order)
        measures = orders.measures_of(order, sealing.open_filing(case))
    return PrintedOrder(case, order, secret, measures)
