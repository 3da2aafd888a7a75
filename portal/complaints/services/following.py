"""What a complainant does with receipt number and secret beside reading: answer, add evidence."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from portal.complaints import clocks
from portal.complaints.models import Case, CaseEvent, Evidence
from portal.complaints.rules import WORKFLOW, CaseAct, CaseStatus
from portal.complaints.services.filing import COMPLAINANT, INTAKE
from portal.filings.drafts import sending
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import FilingDraft
from portal.filings.taking import Files, require_content
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.foundation.errors import NotFound


def add_reply(case_id: int, text: str, files: Files, draft: FilingDraft | None = None) -> Case:
    """Take a message and files of the complainant; a supplement that was asked for starts the clock again.

    Args:
        draft: what was begun for this message; its files come along, and it is gone then.

    Raises:
        Invalid: neither text nor file.
        IllegalTransition: the case is closed.
        NotTaken: a file was refused; nothing of the reply is kept.
        DraftGone: the draft was sent or deleted meanwhile.
    """
    brought = draft if draft is not None and draft.files else None
    if brought is None:
        require_content(text, files)
    known = db.session.get(Case, case_id)
    if known is None:
        raise NotFound
    WORKFLOW.target(CaseAct.REPLY, known.status)

    def enter(note: bytes | None, evidence: list[Evidence]) -> None:
        case = db.session.scalars(select(Case).where(Case.id == case_id).with_for_update(of=Case)).one()
        what = CaseAct.SUPPLEMENT if case.status is CaseStatus.SUPPLEMENT_REQUESTED else CaseAct.REPLY
        target = WORKFLOW.target(what, case.status)
        case.events.append(CaseEvent(act=what, at=clock.now(), public=True, sealed_note=note))
        case.evidence.extend(evidence)
        clocks.step(case, target, clock.today())
        case.come_to(target)
        audit.record(f"complaints.case.{what}", case.subject, COMPLAINANT, {"files": len(evidence)})

    def bring(begun: FilingDraft) -> list[Evidence]:
        return [sending.moved(Evidence, item) for item in drafts.take_out(begun)]

    INTAKE.add(known, text, files, enter=enter, bring=partial(bring, brought) if brought is not None else None)
    return known


def renew_secret(case_id: int) -> str:
    """A new secret for the complainant, who follows the case; the old one is worth nothing any more.

    Raises:
        NotFound: no such case.
    """
    case = db.session.get(Case, case_id)
    if case is None:
        raise NotFound
    return INTAKE.renew_secret(case, action="complaints.secret.renewed", by=COMPLAINANT)
