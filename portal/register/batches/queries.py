"""Reads of rounds and candidates, shaped for the desk, for notices and for announcements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.content.models import Document
from portal.content.rules import DocumentState
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.register.batches.models import AgencyFinding, Batch, BatchLine, Candidate, Opinion
from portal.register.batches.rules import (
    AFTER_PUBLICITY,
    BatchState,
    CandidateState,
    Dossier,
    Lack,
    batch_lacks,
    is_over,
    lacks,
    parse_candidate_id,
    removed_lately,
)
from portal.register.models import Agency, PublicityWindow, Unit
from portal.register.queries import window_of


def batches() -> Sequence[Batch]:
    """All rounds, newest first."""
    query = select(Batch).options(selectinload(Batch.candidates)).order_by(Batch.year.desc(), Batch.id.desc())
    return db.session.scalars(query).unique().all()


def batch(batch_id: int) -> Batch:
    """A round with its candidates, opinions and steps.

    Raises:
        NotFound: where there is none.
    """
    query = (
        select(Batch)
        .where(Batch.id == batch_id)
        .options(
            selectinload(Batch.candidates).options(joinedload(Candidate.unit).selectinload(Unit.entries)),
            selectinload(Batch.opinions).selectinload(Opinion.adverse),
            selectinload(Batch.steps),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def visible(found: Batch, person: Person) -> list[Candidate]:
    """The candidates of a round that a person may see: those of their authority, for the department all (Art. 5)."""
    if person.authority.is_department:
        return list(found.candidates)
    return [candidate for candidate in found.candidates if candidate.authority_id == person.authority_id]


def candidate_for(batch_id: int, candidate_id: int, person: Person) -> Candidate:
    """A candidate for the desk.

    Raises:
        NotFound: where there is none, or none for this person.
    """
    found = next((item for item in visible(batch(batch_id), person) if item.id == candidate_id), None)
    if found is None:
        raise NotFound
    return found


def candidate_by_ref(ref: str) -> Candidate | None:
    """The candidate of a public id (``c12``) that is or was publicised in a notice that is public; None for none."""
    number = parse_candidate_id(ref)
    if number is None:
        return None
    query = (
        select(Candidate)
        .join(Candidate.batch)
        .join(Document, Document.id == Batch.notice_id)
        .where(
            Candidate.id == number,
            Candidate.state.in_(AFTER_PUBLICITY),
            Document.state == DocumentState.PUBLISHED,
        )
    )
    return db.session.scalars(query).unique().one_or_none()


def batch_of_notice(document_id: int) -> Batch | None:
    """The round that a publicity notice belongs to."""
    return db.session.scalars(select(Batch).where(Batch.notice_id == document_id)).one_or_none()


def batch_of_announcement(document_id: int) -> Batch | None:
    """The round whose announcement is drafted or was last published in a document."""
    return db.session.scalars(select(Batch).where(Batch.announcement_id == document_id)).one_or_none()


def publicised(document_id: int) -> Sequence[Candidate]:
    """The candidates in the table of a notice: those it publicises, or will when it is published."""
    found = batch_of_notice(document_id)
    if found is None or found.state in {BatchState.COLLECTING, BatchState.REVIEWING}:
        return []
    wanted = {CandidateState.SELECTED} if found.state is BatchState.NOTICE_DRAFTED else AFTER_PUBLICITY
    return [candidate for candidate in found.candidates if candidate.state in wanted]


def counts_of_notices(document_ids: Collection[int]) -> dict[int, int]:
    """How many candidates each notice publicises."""
    rows = db.session.scalars(
        select(Batch.notice_id)
        .join(Candidate, Candidate.batch_id == Batch.id)
        .where(Batch.notice_id.in_(document_ids), Candidate.state.in_(AFTER_PUBLICITY))
    )
    return dict(Counter(number for number in rows if number is not None))


def lines(document_id: int) -> Sequence[BatchLine]:
    """The reconciliation of an announcement: listed first, then held back, then dropped."""
    order = (CandidateState.LISTED, CandidateState.HELD, CandidateState.DROPPED)
    found = db.session.scalars(select(BatchLine).where(BatchLine.document_id == document_id)).unique().all()
    return sorted(found, key=lambda line: (order.index(line.outcome), str(line.candidate.category), line.candidate_id))


def told_lines(found: Batch) -> Sequence[BatchLine]:
    """What the published announcements of a round have told."""
    query = (
        select(BatchLine)
        .join(BatchLine.candidate)
        .where(Candidate.batch_id == found.id, BatchLine.told_on.is_not(None))
    )
    return db.session.scalars(query).unique().all()


def window(found: Batch) -> PublicityWindow | None:
    """The window of a round's notice while the notice is public; None where none runs or ran."""
    if found.notice is None or not found.notice.is_public:
        return None
    return window_of(found.notice.id)


def publicity_over(found: Batch, today: date) -> bool:
    """Whether the publicity of a round has ended: asked of the window and the day, whenever it is asked."""
    known = window(found)
    return known is not None and is_over(known.last, today)


def findings() -> Sequence[AgencyFinding]:
    """The findings that agencies lack the basic conditions, newest first."""
    query = select(AgencyFinding).order_by(AgencyFinding.found_on.desc(), AgencyFinding.id.desc())
    return db.session.scalars(query).unique().all()


def barred(candidates: Sequence[Candidate], today: date) -> set[int]:
    """The ids of candidates whose report comes from an agency excluded, or found lacking, on its day or today (Art. 22)."""
    keys = {candidate.agency_key for candidate in candidates if candidate.agency_key}
    by_key = agencies_by_key(keys)
    return {
        candidate.id
        for candidate in candidates
        if agency_is_barred(by_key.get(candidate.agency_key), candidate.report_on or candidate.recommended_on, today)
    }


AgencyFacts = tuple[Agency, list[AgencyFinding]]


def agencies_by_key(keys: Collection[str]) -> Mapping[str, AgencyFacts]:
    """Agencies with the findings about them, by the keys of their names."""
    agencies = db.session.scalars(select(Agency).where(Agency.name_key.in_(keys))).unique().all() if keys else []
    found: dict[str, AgencyFacts] = {agency.name_key: (agency, []) for agency in agencies}
    about = select(AgencyFinding).where(AgencyFinding.agency_id.in_([agency.id for agency in agencies]))
    for finding in db.session.scalars(about).unique() if agencies else ():
        found[finding.agency.name_key][1].append(finding)
    return found


def agency_is_barred(facts: AgencyFacts | None, report_on: date, today: date) -> bool:
    """Whether a report of this agency, made on one day, can be relied on today."""
    if facts is None:
        return False
    agency, about = facts
    return any(agency.excluded_on(day) or any(item.holds_on(day) for item in about) for day in (report_on, today))


def lacks_of(candidate: Candidate, barred_ids: Collection[int]) -> tuple[Lack, ...]:
    """What keeps a candidate from publicity."""
    adverse = {item.candidate_id for opinion in candidate.batch.asked.values() for item in opinion.adverse}
    removals = [entry.removed_on for entry in candidate.unit.entries] if candidate.unit else []
    return lacks(
        Dossier(
            state=candidate.state,
            checked={ground: check.applies for ground, check in candidate.checked.items()},
            reviews=len(candidate.reviews),
            adverse=candidate.id in adverse,
            agency_barred=candidate.id in barred_ids,
            removed_lately=removed_lately(removals, clock.today()),
        )
    )


def selected(found: Batch) -> list[Candidate]:
    """The candidates that the next publicity would show."""
    return [candidate for candidate in found.candidates if candidate.state is CandidateState.SELECTED]


def lacks_of_batch(found: Batch) -> tuple[Lack, ...]:
    """What keeps a round from publicity: its own lacks and those of the candidates it has selected."""
    chosen = selected(found)
    barred_ids = barred(chosen, clock.today())
    of_candidates = [lack for candidate in chosen for lack in lacks_of(candidate, barred_ids)]
    waiting = [Lack.UNDECIDED for item in found.candidates if item.state is CandidateState.RECOMMENDED]
    return tuple(dict.fromkeys([*batch_lacks(set(found.asked), len(chosen)), *waiting, *of_candidates]))


def waiting(person: Person) -> int:
    """How many rounds this person has something to do in."""
    keeps = Permission.KEEP_REGISTER in permissions(person.role_set)
    states = [BatchState.COLLECTING] if not keeps else [item for item in BatchState if item is not BatchState.ANNOUNCED]
    return len(db.session.scalars(select(Batch.id).where(or_(*(Batch.state == state for state in states)))).all())


def finding(finding_id: int) -> AgencyFinding | None:
    """A finding that an agency lacks the basic conditions; None for none."""
    return db.session.get(AgencyFinding, finding_id)
