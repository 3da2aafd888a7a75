"""Opening an identity with a second person's consent, by those who do not work on the case."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.handling import diary, telling
from portal.complaints.handling.models import IdentityRequest
from portal.complaints.handling.rules import (
    REQUEST_LASTS,
    OwnRequest,
    RequestOver,
    RequestState,
    may_open_alone,
)
from portal.complaints.models import Case, CaseEvent
from portal.complaints.rules import CaseAct
from portal.filings import opening, sealing
from portal.filings.sealing import Identity
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound

#: What binds a reason to its place in the case's box.
REASON = "identity request"


def opens_alone(case: Case, person: Person) -> bool:
    """Whether a person opens the identity of a case without a second one."""
    return may_open_alone(person.id, case.assignee_id, diary.assignments(case.id))


def ask_for_identity(case_id: int, reason: str, *, by: Person) -> IdentityRequest:
    """Ask a second person to consent; those who could are mailed, and the complainant reads that it was asked, and why.

    Raises:
        NotFound, InterestDeclared: no such case for this person.
        Invalid: the reason is missing.
    """
    if len(reason.strip()) < opening.SHORTEST_REASON:
        raise Invalid({"reason": _l("Please say why the identity must be opened.")})
    with transaction():
        case = queries.case_for(case_id, by)
        now = clock.now()
        box = sealing.open_filing(case)
        request = IdentityRequest(
            case_id=case.id,
            asked_by_id=by.id,
            asked_at=now,
            sealed_reason=box.seal_text(reason.strip(), REASON),
            expires_at=now + REQUEST_LASTS,
        )
        db.session.add(request)
        _tell(case, CaseAct.ASK_IDENTITY, by, sealing.seal_note(box, reason))
        db.session.flush()
        telling.tell_who_could_consent(request)
        audit.record("complaints.identity.asked", case.subject, by.actor, {"request": request.id})
    return request


def decide_on_identity(request_id: int, *, consent: bool, by: Person) -> IdentityRequest:
    """Consent to a colleague's request, or decline it.

    Raises:
        NotFound, InterestDeclared: the case is not for this person.
        OwnRequest: nobody decides on their own.
        RequestOver: it was decided, or is too old.
    """
    with transaction():
        request, case = _request(request_id, by)
        if request.asked_by_id == by.id:
            raise OwnRequest
        if request.state is not RequestState.WAITING:
            raise RequestOver
        request.decided_by_id = by.id
        if consent:
            request.consented_at = clock.now()
        else:
            request.declined_at = clock.now()
        act = CaseAct.CONSENT_IDENTITY if consent else CaseAct.DECLINE_IDENTITY
        _tell(case, act, by, None)
        said = "consented" if consent else "declined"
        audit.record(f"complaints.identity.{said}", case.subject, by.actor, {"request": request.id})
    return request


def open_requested_identity(request_id: int, *, by: Person) -> tuple[Case, Identity]:
    """Open an identity once, after somebody consented.

    Raises:
        NotFound, InterestDeclared: the case is not for this person, or the request is another's.
        RequestOver: nobody consented, or the request was used or is too old.
    """
    with transaction():
        request, case = _request(request_id, by)
        if request.asked_by_id != by.id:
            raise NotFound
        if request.state is not RequestState.GRANTED:
            raise RequestOver
        request.used_at = clock.now()
        reason = sealing.open_filing(case).open_text(request.sealed_reason, REASON)
        event = CaseEvent(act=CaseAct.OPEN_IDENTITY)
        identity = opening.reveal(case, event, reason, action="complaints.identity.opened", by=by)
    return case, identity


def _request(request_id: int, by: Person) -> tuple[IdentityRequest, Case]:
    request = db.session.get(IdentityRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotFound
    return request, queries.case_for(request.case_id, by)


def _tell(case: Case, act: CaseAct, by: Person, note: bytes | None) -> None:
    case.events.append(
        CaseEvent(act=act, at=clock.now(), person_id=by.id, authority_id=by.authority_id, public=True, sealed_note=note)
    )
