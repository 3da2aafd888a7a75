"""What is found out of a candidate: the grounds of Art. 15, the experts, the departments, and the selection (Art. 13)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import SYSTEM, require
from portal.content.rules import REQUIRED
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.workflow import IllegalTransition
from portal.register.batches.models import AdverseOpinion, AgencyFinding, Batch, Candidate, Check, Opinion, Review
from portal.register.batches.rules import (
    BEFORE_PUBLICITY,
    GROUNDS,
    BatchAct,
    CandidateState,
    Organ,
    removed_lately,
)
from portal.register.batches.services.steps import begin, begin_with, end, past, tidy_note, told
from portal.register.batches.words import NO_SUCH_AGENCY, NOT_A_SCORE, REMOVED_LATELY
from portal.register.cleaning import name_key, tidy
from portal.register.models import Agency
from portal.register.rules import RemovalGround

#: Candidates whose grounds can still be looked into.
EXAMINED = BEFORE_PUBLICITY | {CandidateState.PUBLICISED, CandidateState.HELD}


def check(
    candidate: Candidate,
    ground: RemovalGround,
    *,
    applies: bool,
    checked_on: date | None,
    source: str,
    by: Person | None,
) -> Check:
    """Record that one ground of Art. 15 was looked into: where, on which day, and what was found. A later check stands.

    Raises:
        Invalid: without source or day, with a day to come, or against what the register itself shows of a removal.
        IllegalTransition, NotPermitted: as for :func:`steps.begin`.
    """
    with transaction():
        candidate = begin_with(candidate, BatchAct.CHECK, by)
        if candidate.state not in EXAMINED:
            raise IllegalTransition(BatchAct.CHECK, candidate.state)
        if ground not in GROUNDS:
            raise Invalid({"ground": REQUIRED})
        day, where = past(checked_on, "checked_on"), told(source, "source")
        removals = [entry.removed_on for entry in candidate.unit.entries] if candidate.unit else []
        if ground is RemovalGround.REMOVED_BEFORE and not applies and removed_lately(removals, clock.today()):
            raise Invalid({"applies": REMOVED_LATELY})
        found = Check(
            ground=ground,
            applies=applies,
            checked_on=day,
            source=where,
            person_id=by.id if by else None,
            at=clock.now(),
        )
        candidate.checks.append(found)
        data = {"ground": str(ground), "applies": applies, "checked_on": day.isoformat()}
        end(candidate.batch, BatchAct.CHECK, by, candidate=candidate, note=where, data=data)
    return found


def review(
    candidate: Candidate,
    expert: str,
    score: int | None,
    *,
    on_site_on: date | None = None,
    note: str = "",
    by: Person | None,
) -> Review:
    """Record what one expert found, and what was seen on the spot where somebody went there.

    Raises:
        Invalid: without the expert, with a score out of 0 to 100, or with a day to come.
        IllegalTransition, NotPermitted: as for :func:`steps.begin`.
    """
    with transaction():
        candidate = begin_with(candidate, BatchAct.REVIEW, by)
        if candidate.state not in BEFORE_PUBLICITY:
            raise IllegalTransition(BatchAct.REVIEW, candidate.state)
        if score is None or not 0 <= score <= 100:
            raise Invalid({"score": NOT_A_SCORE})
        found = Review(
            expert=told(expert, "expert")[:80],
            score=score,
            on_site_on=past(on_site_on, "on_site_on") if on_site_on else None,
            note=tidy_note(note),
            person_id=by.id if by else None,
            at=clock.now(),
        )
        candidate.reviews.append(found)
        data = {"score": score, "on_site": on_site_on is not None}
        end(candidate.batch, BatchAct.REVIEW, by, candidate=candidate, note=found.note, data=data)
    return found


def decide(
    candidate: Candidate, *, selected: bool, reason: str = "", by: Person | None, version: int | None = None
) -> Candidate:
    """Select a candidate for the yearly list, or not, for a reason.

    Raises:
        Invalid: where one is not selected without a reason.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`.
    """
    with transaction():
        candidate = begin_with(candidate, BatchAct.DECIDE, by, version)
        if candidate.state not in BEFORE_PUBLICITY:
            raise IllegalTransition(BatchAct.DECIDE, candidate.state)
        candidate.reason = tidy_note(reason, "reason") if selected else told(reason, "reason")
        candidate.state = CandidateState.SELECTED if selected else CandidateState.NOT_SELECTED
        end(
            candidate.batch,
            BatchAct.DECIDE,
            by,
            candidate=candidate,
            note=candidate.reason,
            data={"selected": selected},
        )
    return candidate


def consult(
    batch: Batch,
    organ: Organ,
    *,
    given_on: date | None,
    source: str,
    note: str = "",
    against: Collection[int] = (),
    by: Person | None,
) -> Opinion:
    """Record the answer of one of the three departments. A later answer of the same department stands.

    Args:
        source: the letter in which it answers, with its number.
        against: the ids of the candidates to which it objects.

    Raises:
        Invalid: without day or source.
        NotFound: where ``against`` names somebody who is no candidate of this round.
        IllegalTransition, NotPermitted: as for :func:`steps.begin`.
    """
    with transaction():
        batch = begin(batch, BatchAct.CONSULT, by)
        if set(against) - {candidate.id for candidate in batch.candidates}:
            raise NotFound
        opinion = Opinion(
            organ=organ,
            given_on=past(given_on, "given_on"),
            source=told(source, "source"),
            note=tidy_note(note),
            person_id=by.id if by else None,
            at=clock.now(),
            adverse=[AdverseOpinion(candidate_id=number) for number in sorted(set(against))],
        )
        batch.opinions.append(opinion)
        end(batch, BatchAct.CONSULT, by, note=opinion.source, data={"organ": str(organ), "against": sorted(against)})
    return opinion


def drop(candidate: Candidate, *, reason: str, by: Person | None, version: int | None = None) -> Candidate:
    """Decide after publicity that a candidate is not listed. The announcement tells the reason.

    Raises:
        Invalid: without a reason.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`.
    """
    with transaction():
        candidate = begin_with(candidate, BatchAct.DROP, by, version)
        if candidate.state not in {CandidateState.PUBLICISED, CandidateState.HELD}:
            raise IllegalTransition(BatchAct.DROP, candidate.state)
        candidate.reason = told(reason, "note")
        candidate.state = CandidateState.DROPPED
        end(candidate.batch, BatchAct.DROP, by, candidate=candidate, note=candidate.reason)
    return candidate


def find_lacking(agency_name: str, *, found_on: date | None, source: str, by: Person | None) -> AgencyFinding:
    """Record that an agency lacks the basic conditions: its reports are not accepted from that day (Art. 22).

    Raises:
        Invalid: an agency that the register does not know, no source, a day that is missing or to come.
        NotPermitted: where ``by`` does not keep the register.
    """
    with transaction():
        _require(by)
        key = name_key(tidy(agency_name))
        agency = db.session.scalars(select(Agency).where(Agency.name_key == key)).one_or_none() if key else None
        if agency is None:
            raise Invalid({"agency": NO_SUCH_AGENCY})
        finding = AgencyFinding(agency=agency, found_on=past(found_on, "found_on"), source=told(source, "source"))
        db.session.add(finding)
        db.session.flush()
        _record("found_lacking", finding, by)
    return finding


def lift_finding(finding: AgencyFinding, *, by: Person | None) -> AgencyFinding:
    """Record that the agency meets the basic conditions again, from today.

    Raises:
        IllegalTransition: where it was lifted already.
        NotPermitted: where ``by`` does not keep the register.
    """
    with transaction():
        _require(by)
        db.session.refresh(finding)
        if finding.lifted_on is not None:
            raise IllegalTransition(BatchAct.CHECK, CandidateState.WITHDRAWN)
        finding.lifted_on = clock.today()
        db.session.flush()
        _record("finding_lifted", finding, by)
    return finding


def _require(by: Person | None) -> None:
    if by is not None:
        require(by, Permission.KEEP_REGISTER)


def _record(act: str, finding: AgencyFinding, by: Person | None) -> None:
    subject = f"agency:{finding.agency.public_id}"
    audit.record(f"register.agency.{act}", subject, by.actor if by else SYSTEM, {"finding": finding.id})
