"""How every act of a round begins and ends: the lock, the permission, the table of transitions, the step, the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.services import SYSTEM, require
from portal.content.rules import REQUIRED, TOO_LONG
from portal.foundation import audit, clock, sanitizing
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound, Stale
from portal.register.batches.models import Batch, BatchStep, Candidate
from portal.register.batches.rules import EXPLAINED, NEEDED, WORKFLOW, BatchAct
from portal.register.batches.words import FUTURE_DAY

NOTE_LENGTH = 1000


def begin(
    batch: Batch, act: BatchAct, by: Person | None, *, version: int | None = None, authority_id: int | None = None
) -> Batch:
    """Read the round under its lock and let the act pass or refuse it; the state moves at once.

    Args:
        version: the version of the round that the person saw; None where no page was looked at.
        authority_id: whose candidate is acted on; None for acts on the round.

    Raises:
        IllegalTransition: where the round has moved on, or is not there yet.
        NotPermitted: where ``by`` may not do this, or not here.
        Stale: where somebody changed the round meanwhile.
    """
    locked = db.session.scalars(
        select(Batch).where(Batch.id == batch.id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if locked is None:
        raise NotFound
    if by is not None:
        require(by, NEEDED[act], authority_id)
    target = WORKFLOW.target(act, locked.state)
    if version is not None and version != locked.version:
        raise Stale
    locked.state = target
    # What hangs on the round was read before the lock, and may have changed under the reader.
    db.session.expire(locked, ["candidates", "opinions", "steps"])
    return locked


def begin_with(candidate: Candidate, act: BatchAct, by: Person | None, version: int | None = None) -> Candidate:
    """The same for an act on one candidate; ``version`` is the candidate's.

    Raises:
        IllegalTransition, NotPermitted, Stale: as for :func:`begin`.
    """
    begin(candidate.batch, act, by, authority_id=candidate.authority_id)
    db.session.refresh(candidate)
    if version is not None and version != candidate.version:
        raise Stale
    return candidate


def end(
    batch: Batch,
    act: BatchAct,
    by: Person | None,
    *,
    candidate: Candidate | None = None,
    note: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Write the act into the timeline and the audit log.

    Raises:
        Invalid: where a note is needed and missing, or too long.
    """
    note = tidy_note(note)
    if act in EXPLAINED and not note:
        raise Invalid({"note": REQUIRED})
    db.session.add(
        BatchStep(
            batch_id=batch.id,
            candidate_id=candidate.id if candidate else None,
            act=act,
            person_id=by.id if by else None,
            note=note,
            at=clock.now(),
        )
    )
    db.session.flush()
    subject = f"candidate:{candidate.public_id}" if candidate else f"batch:{batch.id}"
    audit.record(f"register.batch.{act}", subject, by.actor if by else SYSTEM, {"batch": batch.id, **(data or {})})


def tidy_note(text: str, field: str = "note") -> str:
    """A text as it is kept.

    Raises:
        Invalid: where it is too long.
    """
    plain = sanitizing.normalize(text).strip()
    if len(plain) > NOTE_LENGTH:
        raise Invalid({field: TOO_LONG})
    return plain


def past(day: date | None, field: str) -> date:
    """A day that was given and is not to come.

    Raises:
        Invalid: without a day, or with a later one.
    """
    if day is None:
        raise Invalid({field: REQUIRED})
    if day > clock.today():
        raise Invalid({field: FUTURE_DAY})
    return day


def told(text: str, field: str) -> str:
    """A text that must not be empty.

    Raises:
        Invalid: where it is empty or too long.
    """
    plain = tidy_note(text, field)
    if not plain:
        raise Invalid({field: REQUIRED})
    return plain
