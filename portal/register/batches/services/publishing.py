"""From publicity to announcement: what is drafted, what follows a publication, and who comes to be listed (Art. 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import delete

from portal.authorities import queries as authority_queries
from portal.authorities.models import Person
from portal.authorities.services import SYSTEM
from portal.content import services as content
from portal.content.models import Document
from portal.content.rules import DocumentContent, DocumentState
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.languages import Localized
from portal.foundation.workflow import IllegalTransition
from portal.register import ledger
from portal.register.batches import queries
from portal.register.batches.drafts import in_all_languages, list_announcement, publicity_notice
from portal.register.batches.holds import UNDER_EXAMINATION, holds_of
from portal.register.batches.models import Batch, BatchLine, Candidate
from portal.register.batches.recommending import stands_already
from portal.register.batches.rules import (
    AFTER_PUBLICITY,
    LISTING_ARTICLE,
    BatchAct,
    BatchState,
    CandidatesChanged,
    CandidateState,
    Hold,
    HoldKind,
    NothingToAnnounce,
    NotReady,
    PublicityRuns,
    is_over,
    outcome,
)
from portal.register.batches.services.steps import begin, end
from portal.register.batches.words import ALREADY_LISTED
from portal.register.cleaning import CleanName
from portal.register.lists.book import Book
from portal.register.lists.rows import Fault, Row
from portal.register.models import Unit
from portal.register.rules import TIBET, EventKind
from portal.rulebook import queries as rulebook
from portal.rulebook.rules import Rule
from portal.search import mark_changed

Standing = tuple[CandidateState, Localized]


def open_publicity(batch: Batch, *, by: Person | None, version: int | None = None) -> Document:
    """Draft the notice that publicises every selected candidate. A second person reviews and publishes it.

    Raises:
        NotReady: where an opinion, a check, a review or a decision is missing, or something stands against somebody.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`.
    """
    with transaction():
        batch = begin(batch, BatchAct.OPEN_PUBLICITY, by, version=version)
        _require_ready(batch)
        days = int(str(rulebook.value(Rule.PUBLICITY_DAYS, clock.today())))
        drafted = publicity_notice(batch, len(queries.selected(batch)), days)
        batch.notice = _draft(batch.notice, drafted, by)
        end(batch, BatchAct.OPEN_PUBLICITY, by, data={"document": batch.notice.id})
        return batch.notice


def take_back_notice(batch: Batch, *, note: str, by: Person | None, version: int | None = None) -> Batch:
    """Go back to the review. The draft stays with the round, and cannot be published until it is drafted again.

    Raises:
        Invalid: without a reason.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`; also while the draft is with the reviewer.
    """
    with transaction():
        batch = begin(batch, BatchAct.TAKE_BACK_NOTICE, by, version=version)
        _require_draft(batch.notice)
        end(batch, BatchAct.TAKE_BACK_NOTICE, by, note=note)
    return batch


def publicise(document: Document, day: date, by: Person | None) -> None:
    """Let the candidates of a notice be publicised from ``day`` on, in the publication's own transaction.

    Raises:
        IllegalTransition: where the round is not waiting for this notice; the publication is then refused.
        NotReady: where something has come up against a candidate since the notice was drafted.
    """
    with transaction():
        batch = queries.batch_of_notice(document.id)
        if batch is None or batch.state is BatchState.ANNOUNCED or _is_supplement(batch):
            return
        batch = _follow(batch, BatchAct.PUBLICISE)
        _require_ready(batch)
        chosen = queries.selected(batch)
        for candidate in chosen:
            candidate.state, candidate.publicised_on = CandidateState.PUBLICISED, day
        end(batch, BatchAct.PUBLICISE, by, data={"document": document.id, "candidates": len(chosen)})


def notice_withdrawn(document: Document, by: Person | None) -> None:
    """End a publicity whose notice was withdrawn: nobody counts as publicised until it is published anew."""
    with transaction():
        batch = queries.batch_of_notice(document.id)
        if batch is None or batch.state is BatchState.ANNOUNCED or _is_supplement(batch):
            return
        batch = _follow(batch, BatchAct.NOTICE_WITHDRAWN)
        for candidate in batch.candidates:
            if candidate.state in AFTER_PUBLICITY:
                # One that was dropped meanwhile stays out of the next publicity.
                dropped = candidate.state is CandidateState.DROPPED
                candidate.state = CandidateState.NOT_SELECTED if dropped else CandidateState.SELECTED
                candidate.publicised_on = None
        end(batch, BatchAct.NOTICE_WITHDRAWN, by, data={"document": document.id})


def draft_announcement(batch: Batch, *, by: Person | None, version: int | None = None) -> Document:
    """Draft the announcement of exactly those who stood: publicised, their window over, nothing against them.

    After a first announcement only those who were held back and are not any more are announced.

    Raises:
        PublicityRuns: before the end of the window's last day, or where nobody knows it.
        NothingToAnnounce: where nobody waits for an announcement.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`.
    """
    with transaction():
        batch = begin(batch, BatchAct.DRAFT_ANNOUNCEMENT, by, version=version)
        _require_over(batch, clock.today())
        standings = _standings(batch)
        if not standings:
            raise NothingToAnnounce
        drafted = list_announcement(batch, [state for state, _reason in standings.values()])
        known = batch.announcement if batch.announcement and batch.announcement.published_at is None else None
        batch.announcement = _draft(known, drafted, by)
        db.session.flush()
        _write_lines(batch.announcement, standings)
        end(batch, BatchAct.DRAFT_ANNOUNCEMENT, by, data={"document": batch.announcement.id, **_numbers(standings)})
        return batch.announcement


def take_back_announcement(batch: Batch, *, note: str, by: Person | None, version: int | None = None) -> Batch:
    """Go back before the draft of the announcement, so that it can be drafted anew.

    Raises:
        Invalid: without a reason.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`; also while the draft is with the reviewer.
    """
    with transaction():
        batch = begin(batch, BatchAct.TAKE_BACK_ANNOUNCEMENT, by, version=version)
        _require_draft(batch.announcement)
        if queries.told_lines(batch):
            batch.state = BatchState.ANNOUNCED
        end(batch, BatchAct.TAKE_BACK_ANNOUNCEMENT, by, note=note)
    return batch


def announce(document: Document, day: date, by: Person | None) -> None:
    """List those whom this announcement names, from ``day`` on, in the publication's own transaction.

    Raises:
        CandidatesChanged: where what was drafted is not what stands now; the publication is then refused.
        PublicityRuns: where the window is not over on ``day``.
        IllegalTransition: where the round is not waiting for this announcement.
    """
    with transaction():
        batch = queries.batch_of_announcement(document.id)
        lines = queries.lines(document.id)
        # Published anew after a withdrawal: its units have been on the list since the first time.
        if batch is None or (lines and all(line.told_on for line in lines)):
            return
        batch = _follow(batch, BatchAct.ANNOUNCE)
        _require_over(batch, min(day, clock.today()))
        standings = _standings(batch)
        drafted = {line.candidate_id: line.outcome for line in lines}
        if drafted != {candidate.id: state for candidate, (state, _reason) in standings.items()}:
            raise CandidatesChanged
        # The reasons may be worded anew since the draft; what is published is what holds.
        _write_lines(document, standings, day)
        _settle(batch, standings, document, day, by)
        end(batch, BatchAct.ANNOUNCE, by, data={"document": document.id, **_numbers(standings)})


def _settle(
    batch: Batch, standings: Mapping[Candidate, Standing], document: Document, day: date, by: Person | None
) -> None:
    """Give every candidate its outcome, and the listed their entries through the ledger."""
    writer = ledger.Writer(reserve=len(standings))
    made: dict[str, Unit] = {}
    for candidate, (state, _reason) in standings.items():
        if state is not CandidateState.LISTED:
            candidate.state = state
            continue
        unit = candidate.unit or made.get(candidate.name_key)
        event = writer.record(
            EventKind.LISTED,
            unit=unit,
            effective_on=day,
            by_actor=by.actor if by else SYSTEM,
            article=LISTING_ARTICLE,
            document=document,
            data=_facts(batch, candidate, is_new=unit is None),
        )
        assert event.unit is not None  # noqa: S101 - the ledger makes the unit that it was not given
        made[candidate.name_key] = candidate.unit = event.unit
        candidate.entry = event.entry
        candidate.state = CandidateState.LISTED
        mark_changed(f"unit:{event.unit.public_id}")
        if event.agency is not None:
            mark_changed(f"agency:{event.agency.public_id}")
    writer.write()


def _facts(batch: Batch, candidate: Candidate, *, is_new: bool) -> dict[str, object]:
    """What the ledger keeps of a listing: everything that its unit and its entry are made of."""
    facts: dict[str, object] = {
        "category": candidate.category,
        "level": batch.level,
        "year": batch.year,
        "batch": batch.name,
        "agency": candidate.agency_name,
        "candidate": candidate.public_id,
        "publicised_on": candidate.publicised_on,
    }
    if is_new:
        facts |= {
            "name": candidate.name,
            "name_bo": candidate.name_bo,
            "uscc": candidate.uscc,
            "province": TIBET,
            "prefecture": candidate.prefecture,
            "authority": candidate.authority.code,
            "attribution_confirmed": True,
            "is_sample": candidate.is_sample,
        }
    return facts


def _standings(batch: Batch) -> dict[Candidate, Standing]:
    """What becomes of each candidate of whom no announcement has told yet, with the reason to publish.

    In a round that has announced before, one that is still held back is not announced again.
    """
    told = queries.told_lines(batch)
    dropped_before = {line.candidate_id for line in told if line.outcome is CandidateState.DROPPED}
    waiting = [
        item
        for item in batch.candidates
        if item.state in {CandidateState.PUBLICISED, CandidateState.HELD}
        or (item.state is CandidateState.DROPPED and item.id not in dropped_before)
    ]
    against = holds_of(waiting)
    book = Book()
    found: dict[Candidate, Standing] = {}
    for candidate in waiting:
        standing = _standing(candidate, [*against[candidate.id], *_known(batch, candidate, book)])
        if standing is not None and not (told and standing[0] is CandidateState.HELD):
            found[candidate] = standing
    return found


def _standing(candidate: Candidate, against: Sequence[Hold]) -> Standing | None:
    state = outcome(candidate.state, [hold.kind for hold in against])
    if state is None:
        return None
    if candidate.state is CandidateState.DROPPED:
        return state, Localized(zh=candidate.reason)
    wanted = HoldKind.SUSTAINED if state is CandidateState.DROPPED else HoldKind.PENDING
    reasons = [hold.reason for hold in against if hold.kind is wanted]
    return state, in_all_languages(lambda _language: reasons[0]) if reasons else Localized()


def _known(batch: Batch, candidate: Candidate, book: Book) -> list[Hold]:
    """What the register itself says now: the unit came into it meanwhile, or is on the list already."""
    if candidate.unit is None:
        unit = book.find(
            Row(
                name=CleanName(candidate.name),
                key=candidate.name_key,
                category=candidate.category,
                level=batch.level,
                year=batch.year,
                uscc=candidate.uscc,
                province=TIBET,
            )
        )
        if isinstance(unit, Fault):
            return [Hold(HoldKind.PENDING, UNDER_EXAMINATION)]
        candidate.unit = unit
    if candidate.unit is not None and stands_already(candidate.unit, batch, candidate.category):
        return [Hold(HoldKind.SUSTAINED, ALREADY_LISTED)]
    return []


def _is_supplement(batch: Batch) -> bool:
    """Whether what is drafted follows an announcement that has listed others of the round already."""
    return batch.state is BatchState.ANNOUNCEMENT_DRAFTED and bool(queries.told_lines(batch))


def _require_ready(batch: Batch) -> None:
    lacks = queries.lacks_of_batch(batch)
    if lacks:
        raise NotReady(lacks)


def _require_over(batch: Batch, day: date) -> None:
    known = queries.window(batch)
    if known is None or not is_over(known.last, day):
        raise PublicityRuns


def _require_draft(document: Document | None) -> None:
    if document is not None and document.state is not DocumentState.DRAFT:
        raise IllegalTransition(BatchAct.TAKE_BACK_NOTICE, document.state)


def _draft(document: Document | None, drafted: DocumentContent, by: Person | None) -> Document:
    """The round's own draft, written anew where there is one already."""
    if document is not None and document.state is DocumentState.DRAFT:
        return content.revise(document, drafted, by=by)
    return content.draft(drafted, authority_queries.department(), by=by)


def _follow(batch: Batch, act: BatchAct) -> Batch:
    """An act that follows a publication: its permission was asked for there."""
    return begin(batch, act, None)


def _write_lines(document: Document, standings: Mapping[Candidate, Standing], told_on: date | None = None) -> None:
    db.session.execute(delete(BatchLine).where(BatchLine.document_id == document.id))
    db.session.add_all(
        BatchLine(document_id=document.id, candidate_id=candidate.id, outcome=state, reason=reason, told_on=told_on)
        for candidate, (state, reason) in standings.items()
    )
    db.session.flush()


def _numbers(standings: Mapping[Candidate, Standing]) -> dict[str, object]:
    states = [state for state, _reason in standings.values()]
    return {str(state): states.count(state) for state in dict.fromkeys(states)}
