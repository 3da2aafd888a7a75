"""Use cases of orders: issued, printed for the unit, answered by it, extended, and ended by the recheck."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import select

from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.models import Case, CaseEvent, Evidence
from portal.complaints.rectification.models import RectificationOrder
from portal.complaints.rectification.queries import (
    MEASURES,
    OpenedOrder,
    opened,
    order_by_id,
    order_of_unit,
    running_order,
)
from portal.complaints.rectification.rules import RUNNING, OrderState, WrongOrderSecret, new_number, normalize_number
from portal.complaints.rules import WORKFLOW, CaseAct, Origin
from portal.complaints.services.filing import INTAKE
from portal.filings import sealing
from portal.filings.taking import Files, forget, require_content
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import InvalidIdentifier, is_secret, secret_digest, secret_from
from portal.foundation.workflow import IllegalTransition
from portal.register.duties import tell_unit
from portal.register.models import Unit
from portal.vault import current_vault
from portal.vault.boxes import Box

ENTERPRISE = "enterprise"


def issue(case: Case, box: Box, measures: str, due_on: date) -> RectificationOrder:
    """Write the order of a case, within the act that determines it. Nobody knows its secret before a letter is printed."""
    order = RectificationOrder(
        case=case,
        number=new_number(clock.today().year),
        sealed_measures=box.seal_text(measures.strip(), MEASURES),
        issued_at=clock.now(),
        due_on=due_on,
        state=OrderState.OPEN,
        secret_digest="",
    )
    db.session.add(order)
    db.session.flush()
    _tell(order)
    return order


def new_secret(order: RectificationOrder) -> str:
    """A new secret for an order, within the act that prints its letter; an earlier one no longer opens it."""
    secret = secret_from(current_vault().derive("rectification secrets"), secrets.token_urlsafe(24))
    order.secret_digest = secret_digest(secret)
    return secret


def extend(case: Case, due_on: date) -> None:
    """Give the running order of a case a later date, within the act that extends it."""
    order = running_order(case)
    if order is not None:
        order.due_on = due_on
        _tell(order)


def end(case: Case, state: OrderState) -> None:
    """End the running order of a case, within the act that says how the recheck went."""
    order = running_order(case)
    if order is not None:
        order.state = state
        _tell(order)


def follow(number: str, secret: str) -> RectificationOrder:
    """The order of a number, for the unit that knows its secret.

    Raises:
        WrongOrderSecret: for everyone else.
    """
    try:
        wanted = normalize_number(number)
    except InvalidIdentifier:
        raise WrongOrderSecret from None
    query = select(RectificationOrder.id, RectificationOrder.secret_digest).where(RectificationOrder.number == wanted)
    # Compared in either case, as with receipts: the time tells nothing of which numbers exist.
    found = db.session.execute(query).one_or_none()
    if not is_secret(secret, (found.secret_digest if found else "") or "0" * 64) or found is None:
        raise WrongOrderSecret
    return order_by_id(found.id)


def open_order(unit: Unit, order_id: int, *, by: Person) -> tuple[RectificationOrder, OpenedOrder]:
    """An order with its texts opened for a person of its unit; that they opened it is recorded.

    Raises:
        NotFound: there is none, or it was given to another unit.
    """
    with transaction():
        order = order_of_unit(unit, order_id)
        audit.record("complaints.order.opened", order.case.subject, by.actor, {"order": order.id})
        return order, opened(order)


def answer(order_id: int, text: str, files: Files, *, by: Person | None = None) -> RectificationOrder:
    """Take the unit's answer to its order, with evidence, sealed into the case.

    Args:
        by: the person of the unit who answers in its space; None for whoever holds the letter.

    Raises:
        Invalid: neither text nor file.
        IllegalTransition: the order does not run any more.
        NotTaken: a file was refused; nothing of the answer is kept.
    """
    require_content(text, files)
    known = order_by_id(order_id)
    _require_running(known)
    box = sealing.open_filing(known.case)
    evidence = INTAKE.take_in(files, box)
    try:
        with transaction():
            _enter_answer(order_id, known.case_id, sealing.seal_note(box, text), evidence, by)
    except BaseException:
        forget(evidence)
        raise
    return known


def _enter_answer(order_id: int, case_id: int, note: bytes | None, evidence: list[Evidence], by: Person | None) -> None:
    queries.hold(case_id)
    query = select(RectificationOrder).where(RectificationOrder.id == order_id)
    order = db.session.scalars(query.execution_options(populate_existing=True)).one()
    case = queries.case_by_id(case_id)
    db.session.refresh(case)
    _require_running(order)
    # What the unit writes is for those who check it; the complainant reads that it answered.
    event = CaseEvent(act=CaseAct.ANSWER_RECTIFICATION, at=clock.now(), public=False, sealed_note=note)
    event.person_id = by.id if by else None
    case.events.append(event)
    for item in evidence:
        item.origin, item.event = Origin.ENTERPRISE, event
    case.evidence.extend(evidence)
    order.state = OrderState.ANSWERED
    case.version += 1
    facts = {"order": order.id, "files": len(evidence)}
    audit.record(f"complaints.case.{event.act}", case.subject, by.actor if by else ENTERPRISE, facts)


def _tell(order: RectificationOrder) -> None:
    if order.case.unit is not None:
        tell_unit(order.case.unit, order.duty_key)


def _require_running(order: RectificationOrder) -> None:
    if order.state not in RUNNING:
        raise IllegalTransition(CaseAct.ANSWER_RECTIFICATION, order.state)
    WORKFLOW.target(CaseAct.ANSWER_RECTIFICATION, order.case.status)
