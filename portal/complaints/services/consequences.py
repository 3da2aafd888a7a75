"""What follows from an act beyond the case's state: in the register, for the order, for who verifies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import lazy_gettext as _l

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority, Person
from portal.complaints.models import Case
from portal.complaints.rectification import services as orders
from portal.complaints.rectification.rules import OrderState
from portal.complaints.rules import OUTCOMES, CaseAct, CaseStatus
from portal.complaints.services import reporting
from portal.complaints.services.instruction import Instruction
from portal.foundation.database import db
from portal.foundation.errors import Invalid
from portal.register import queries as register_queries
from portal.register import services as register
from portal.register.rules import AlreadyPending
from portal.vault.boxes import Box

Consequence = Callable[[Case, Box, Instruction, Person], None]


def carry_out(case: Case, box: Box, what: CaseAct, instruction: Instruction, by: Person) -> None:
    """Let the consequence of an act come about, within its transaction.

    Raises:
        Invalid: what was chosen cannot be.
        portal.register.rules.NothingToRemove: the unit stands on no list any more.
    """
    consequence = CONSEQUENCES.get(what)
    if consequence is not None:
        consequence(case, box, instruction, by)
    if what in OUTCOMES:
        case.outcome = OUTCOMES[what]


def take_back(case: Case) -> None:
    """Forget what was determined: it fell, or a review reopened it. The timeline keeps it."""
    case.outcome, case.ground, case.document_id = None, "", None


def _accept(case: Case, box: Box, instruction: Instruction, _by: Person) -> None:
    reporting.list_allegations(case, box, instruction)


def _refuse(case: Case, _box: Box, instruction: Instruction, _by: Person) -> None:
    case.refusal_ground = instruction.refusal_ground


def _report(case: Case, box: Box, instruction: Instruction, _by: Person) -> None:
    reporting.find(case, box, instruction)


def _assign(case: Case, _box: Box, instruction: Instruction, _by: Person) -> None:
    authority = authority_queries.authority_by_code(instruction.authority)
    if authority is None or authority.is_department or authority.id == case.authority_id:
        raise Invalid({"authority": _l("Please choose an authority that verifies.")})
    _move(case, authority, taken_over=False)


def _take_over(case: Case, _box: Box, _instruction: Instruction, _by: Person) -> None:
    _move(case, authority_queries.department(), taken_over=True)


def _move(case: Case, authority: Authority, *, taken_over: bool) -> None:
    case.authority_id, case.authority, case.taken_over = authority.id, authority, taken_over


def _remove(case: Case, _box: Box, instruction: Instruction, by: Person) -> None:
    unit, ground = case.unit, instruction.removal_ground
    assert unit is not None  # noqa: S101 - `fits` let only units pass
    assert ground is not None  # noqa: S101 - `check` asked for it
    case.ground = ground
    try:
        case.document_id = register.propose_removal(unit, ground, by=by, case=case.subject).id
    except AlreadyPending:
        # Another complaint, or a decision of the year, removes the unit already: one announcement ends both.
        case.document_id = register_queries.awaited_removal(unit)


def _exclude(case: Case, _box: Box, instruction: Instruction, by: Person) -> None:
    agency, ground = case.agency, instruction.exclusion_ground
    assert agency is not None  # noqa: S101 - `fits` let only agencies pass
    assert ground is not None  # noqa: S101 - `check` asked for it
    case.ground = ground
    try:
        case.document_id = register.propose_exclusion(agency, ground, by=by, case=case.subject).id
    except AlreadyPending:
        case.document_id = register_queries.awaited_exclusion(agency)


def _order(case: Case, box: Box, instruction: Instruction, _by: Person) -> None:
    assert instruction.rectify_by is not None  # noqa: S101 - `check` asked for it
    orders.issue(case, box, instruction.measures, instruction.rectify_by)


def _extend_order(case: Case, _box: Box, instruction: Instruction, _by: Person) -> None:
    assert instruction.rectify_by is not None  # noqa: S101 - `check` asked for it
    orders.extend(case, instruction.rectify_by)


def _confirm(case: Case, _box: Box, _instruction: Instruction, _by: Person) -> None:
    orders.end(case, OrderState.CONFIRMED)


def _fail(case: Case, _box: Box, _instruction: Instruction, _by: Person) -> None:
    orders.end(case, OrderState.FAILED)


def _take_back(case: Case, _box: Box, _instruction: Instruction, by: Person) -> None:
    take_back(case)
    # So that whoever hears of it finds this case settled already.
    db.session.flush()
    register.withdraw_proposal(case.subject, by=by)


def _reopen(case: Case, _box: Box, _instruction: Instruction, _by: Person) -> None:
    if case.status is CaseStatus.REFUSAL_UNDER_REVIEW:
        case.refusal_ground = None
    else:
        take_back(case)


CONSEQUENCES: Mapping[CaseAct, Consequence] = {
    CaseAct.ACCEPT: _accept,
    CaseAct.REFUSE: _refuse,
    CaseAct.REPORT: _report,
    CaseAct.ASSIGN: _assign,
    CaseAct.TAKE_OVER: _take_over,
    CaseAct.REMOVE: _remove,
    CaseAct.EXCLUDE: _exclude,
    CaseAct.ORDER_RECTIFICATION: _order,
    CaseAct.EXTEND_RECTIFICATION: _extend_order,
    CaseAct.CONFIRM_RECTIFICATION: _confirm,
    CaseAct.FAIL_RECTIFICATION: _fail,
    CaseAct.TAKE_BACK: _take_back,
    CaseAct.REOPEN: _reopen,
}
