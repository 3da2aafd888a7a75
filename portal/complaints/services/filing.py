"""Filing: a real-name complaint with evidence, taken once, sealed before it touches disk or database."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from portal.complaints import clocks
from portal.complaints.models import Case, CaseEvent, Evidence
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, CaseStatus, ProblemKind
from portal.filings.taking import Content, Intake, Taken
from portal.foundation import audit, clock
from portal.foundation.database import db

COMPLAINANT = "complainant"
INTAKE = Intake(
    Case,
    Evidence,
    "complaint form",
    lambda receipt: _l(
        "This form has already been received under receipt number %(receipt)s. What you want to add can be sent to that "
        "case with receipt number and secret; for another complaint, open a new form.",
        receipt=receipt,
    ),
)
new_token, signed_token, follow = INTAKE.new_token, INTAKE.signed_token, INTAKE.follow


@dataclass(frozen=True)
class Filing:
    """A complaint as it comes from a form whose shape has been checked."""

    respondent: Respondent
    problem_kind: ProblemKind
    content: Content


def file_complaint(filing: Filing, token: str) -> Taken[Case]:
    """Take a complaint (Art. 24). The same form sent again gives the same receipt and secret.

    Raises:
        NotOurs: the unit stands under none of the nine authorities.
        AlreadyFiled: the form was sent before with other content.
        NotTaken: a file is empty, too large or of a wrong type; nothing is kept.
    """
    respondent = filing.respondent
    authority_id = respondent.authority_id()
    facts = [
        respondent.name,
        respondent.unit.id if respondent.unit else None,
        respondent.agency.id if respondent.agency else None,
        filing.problem_kind,
    ]
    return INTAKE.take(
        token, filing.content, facts, make=lambda receipt: _case(filing, receipt, authority_id), enter=_enter
    )


def _case(filing: Filing, receipt: str, authority_id: int) -> Case:
    respondent = filing.respondent
    case = Case(
        receipt=receipt,
        respondent_kind=respondent.kind,
        respondent_name=respondent.name,
        unit_id=respondent.unit.id if respondent.unit else None,
        agency_id=respondent.agency.id if respondent.agency else None,
        evaluated_unit_id=respondent.evaluated_unit.id if respondent.evaluated_unit else None,
        problem_kind=filing.problem_kind,
        authority_id=authority_id,
        filed_at=clock.now(),
    )
    clocks.step(case, CaseStatus.FILED, clock.today())
    case.status = CaseStatus.FILED
    return case


def _enter(case: Case) -> None:
    case.events.append(CaseEvent(act=CaseAct.FILE, public=True, at=case.filed_at))
    db.session.flush()
    facts = {"authority": case.authority_id, "problem": case.problem_kind, "files": len(case.evidence)}
    audit.record("complaints.case.filed", case.subject, COMPLAINANT, facts)
