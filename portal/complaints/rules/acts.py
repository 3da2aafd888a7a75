"""The acts of staff: how each is offered, who may do it, what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities.rules import Permission
from portal.complaints.rules.states import CaseAct


@dataclass(frozen=True)
class ActRule:
    """How an act is offered and who may do it; ``public``: the complainant reads what is written with it."""

    permission: Permission
    does: LazyString
    consequence: LazyString
    public: bool = False
    note_needed: bool = True


#: The acts of staff. The label is an order, the consequence says what follows for whom.
STAFF_ACTS: Mapping[CaseAct, ActRule] = {
    CaseAct.ACCEPT: ActRule(
        Permission.VERIFY,
        _l("Accept"),
        _l("The complainant is told. The time for verification begins."),
        public=True,
        note_needed=False,
    ),
    CaseAct.REQUEST_SUPPLEMENT: ActRule(
        Permission.VERIFY,
        _l("Ask for a supplement"),
        _l("The complainant reads your request. The clock stops until the supplement arrives."),
        public=True,
    ),
    CaseAct.REFUSE: ActRule(
        Permission.VERIFY,
        _l("Refuse"),
        _l("The complainant reads the ground and your explanation. The case ends here."),
        public=True,
    ),
    CaseAct.VERIFY: ActRule(
        Permission.VERIFY,
        _l("Record a verification"),
        _l("Kept in the case for the department. The complainant does not read it."),
    ),
    CaseAct.RECORD_ON_SITE: ActRule(
        Permission.VERIFY,
        _l("Record an on-site check"),
        _l("Kept in the case for the department. The complainant does not read it."),
    ),
    CaseAct.EXTEND: ActRule(
        Permission.VERIFY,
        _l("Extend the time for verification"),
        _l("Possible once. The complainant reads your reason and the new date."),
        public=True,
    ),
    CaseAct.REPORT: ActRule(
        Permission.VERIFY,
        _l("Report to the department"),
        _l("The case goes to the department for determination, with your report."),
    ),
    CaseAct.PRINT_ORDER: ActRule(
        Permission.DETERMINE,
        _l("Print the letter of the order"),
        _l("The letter carries a new secret for the unit; an earlier letter no longer opens the order."),
        note_needed=False,
    ),
    CaseAct.CONFIRM_RECTIFICATION: ActRule(
        Permission.VERIFY,
        _l("Confirm the rectification"),
        _l("The case is closed, and the complainant reads the result."),
        public=True,
    ),
    CaseAct.FAIL_RECTIFICATION: ActRule(
        Permission.VERIFY,
        _l("Report that rectification was not completed"),
        _l("The case goes back to the department for a new determination."),
    ),
    CaseAct.ASSIGN: ActRule(
        Permission.DETERMINE,
        _l("Assign to an authority"),
        _l("That authority decides on acceptance and verifies."),
    ),
    CaseAct.TAKE_OVER: ActRule(
        Permission.DETERMINE,
        _l("Take the case over"),
        _l("The department verifies itself. Whoever verifies cannot determine."),
    ),
    CaseAct.RETURN: ActRule(
        Permission.DETERMINE,
        _l("Return for further verification"),
        _l("The case goes back to the verifying authority with your questions."),
    ),
    CaseAct.FIND_UNSUBSTANTIATED: ActRule(
        Permission.DETERMINE,
        _l("Determine: not substantiated"),
        _l("The complainant reads your reasons."),
        public=True,
    ),
    CaseAct.ORDER_RECTIFICATION: ActRule(
        Permission.DETERMINE,
        _l("Order rectification"),
        _l("The unit must rectify by the date you set; the verifying authority checks the result."),
        public=True,
    ),
    CaseAct.EXTEND_RECTIFICATION: ActRule(
        Permission.DETERMINE,
        _l("Extend the time for rectification"),
        _l("The complainant and the unit read your reason and the new date."),
        public=True,
    ),
    CaseAct.REMOVE: ActRule(
        Permission.DETERMINE,
        _l("Determine removal from the list"),
        _l("The removal becomes pending and an announcement is drafted. It takes effect when that is published."),
        public=True,
    ),
    CaseAct.EXCLUDE: ActRule(
        Permission.DETERMINE,
        _l("Determine exclusion of the agency"),
        _l("The exclusion becomes pending and an announcement is drafted. It begins when that is published."),
        public=True,
    ),
    CaseAct.TAKE_BACK: ActRule(
        Permission.DETERMINE,
        _l("Take the determination back"),
        _l("What awaits its announcement falls with the draft. The case awaits a new determination."),
        public=True,
    ),
    CaseAct.CLOSE: ActRule(
        Permission.DETERMINE,
        _l("Tell the result and close"),
        _l("The complainant reads the result. The case is closed."),
        public=True,
    ),
    CaseAct.UPHOLD: ActRule(
        Permission.DETERMINE,
        _l("Uphold the decision"),
        _l("The complainant reads your reasons. The decision stands for good."),
        public=True,
    ),
    CaseAct.REOPEN: ActRule(
        Permission.DETERMINE,
        _l("Reopen the case"),
        _l("The complainant is told. The time for verification begins."),
        public=True,
    ),
    CaseAct.MESSAGE: ActRule(
        Permission.VERIFY,
        _l("Write to the complainant"),
        _l("The complainant reads it with receipt number and secret."),
        public=True,
    ),
}


def permission_for(act: CaseAct, *, taken_over: bool) -> Permission:
    """What an act of staff asks for. In a case that the department took over, its own determiners verify (Art. 24)."""
    return Permission.DETERMINE if taken_over else STAFF_ACTS[act].permission
