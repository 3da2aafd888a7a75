"""Filing: a real-name complaint with evidence, taken once, sealed before it touches disk or database."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints import clocks
from portal.complaints.models import Case, CaseEvent, Evidence
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, CaseStatus, ProblemKind
from portal.filings import repeating
from portal.filings.drafts import sending
from portal.filings.drafts.models import FilingDraft
from portal.filings.rules import Channel
from portal.filings.taking import Content, Intake, Taken
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.foundation.errors import NotPermitted

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
        TooOften: the same document was named for too many complaints within a day.
    """
    authority_id = filing.respondent.authority_id()

    def enter(case: Case) -> None:
        if not case.is_sample:
            repeating.tally(filing.content.identity)
        _enter(case)

    return INTAKE.take(
        token, filing.content, _facts(filing), make=lambda receipt: _case(filing, receipt, authority_id), enter=enter
    )


def file_at_counter(filing: Filing, token: str, *, channel: Channel, by: Person) -> Taken[Case]:
    """Enter a letter or a call for somebody who complains that way (Art. 24). They get the same receipt and secret.

    Raises:
        NotPermitted: whoever enters it neither verifies nor determines.
        NotOurs, AlreadyFiled, NotTaken: as :func:`file_complaint`.
    """
    if not permissions(by.role_set) & {Permission.VERIFY, Permission.DETERMINE}:
        raise NotPermitted
    authority_id = filing.respondent.authority_id()

    def make(receipt: str) -> Case:
        case = _case(filing, receipt, authority_id)
        case.channel = channel
        return case

    facts = [*_facts(filing), channel]
    return INTAKE.take(token, filing.content, facts, make=make, enter=lambda case: _enter(case, by))


def send_draft(draft: FilingDraft, filing: Filing) -> Taken[Case]:
    """Make a draft a complaint (Art. 24), with the files that it has. Sent again, it gives the same receipt and secret.

    Raises:
        NotOurs: the unit stands under none of the nine authorities.
        DraftGone: it was sent long ago, deleted, or its time has run out.
        Invalid: there is no file.
        TooOften: the same document was named for too many complaints within a day.
    """
    authority_id = filing.respondent.authority_id()
    channel, by = draft.channel, draft.person

    def make(receipt: str) -> Case:
        case = _case(filing, receipt, authority_id)
        case.channel = channel
        return case

    def enter(case: Case) -> None:
        # Whoever comes to a counter is known there.
        if by is None:
            repeating.tally(filing.content.identity)
        _enter(case, by)

    return sending.send(INTAKE, draft, filing.content, make=make, enter=enter)


def sent_again(signed_token: str) -> Taken[Case] | None:
    """What came a moment ago of the draft that a form's token belongs to; None where nothing is known of it.

    Raises:
        AlreadyFiled: too long ago for the secret to be shown once more.
    """
    token = INTAKE.token_in(signed_token)
    if token is None or INTAKE.filed_with(token) is None:
        return None
    return sending.again(INTAKE, token)


def _facts(filing: Filing) -> list[object]:
    """What is the feature's own in a form, to know an equal one by."""
    respondent = filing.respondent
    return [
        respondent.name,
        respondent.unit.id if respondent.unit else None,
        respondent.agency.id if respondent.agency else None,
        filing.problem_kind,
    ]


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


def _enter(case: Case, by: Person | None = None) -> None:
    event = CaseEvent(act=CaseAct.FILE, public=True, at=case.filed_at)
    if by is not None:
        event.person_id, event.authority_id = by.id, by.authority_id
    case.events.append(event)
    db.session.flush()
    facts = {"authority": case.authority_id, "problem": case.problem_kind, "files": len(case.evidence)}
    if case.channel is not Channel.ONLINE:
        facts["channel"] = str(case.channel)
    audit.record("complaints.case.filed", case.subject, by.actor if by else COMPLAINANT, facts)
