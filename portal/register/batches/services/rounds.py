"""The round as a whole: opened, closed to recommendations, and reported to the ministry at its end (Art. 12, 13)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import require
from portal.foundation import clock, sanitizing
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid
from portal.register.batches.models import Batch
from portal.register.batches.rules import ROUND_LEVELS, BatchAct, BatchState
from portal.register.batches.services.steps import begin, end, past
from portal.register.batches.statutory import recommendation_day, report_day
from portal.register.batches.words import NOT_A_ROUND, ROUND_EXISTS
from portal.register.lists.headings import is_year
from portal.register.lists.rows import FAULT_LABELS, Fault
from portal.register.rules import Level


def open_batch(level: Level, year: int, *, name: str = "", by: Person | None, is_sample: bool = False) -> Batch:
    """Open the round of a level and year; from now on the authorities can recommend.

    Args:
        name: what the list calls this batch; empty for the year alone.

    Raises:
        Invalid: a level that the region does not announce, a year that cannot be, a round that there is already.
        NotPermitted: where ``by`` does not keep the register.
    """
    with transaction():
        if by is not None:
            require(by, Permission.KEEP_REGISTER)
        if level not in ROUND_LEVELS:
            raise Invalid({"level": NOT_A_ROUND})
        today = clock.today()
        if not is_year(year, today):
            raise Invalid({"year": FAULT_LABELS[Fault.NO_YEAR]})
        if db.session.scalars(select(Batch.id).where(Batch.level == level, Batch.year == year)).first():
            raise Invalid({"year": ROUND_EXISTS})
        batch = Batch(
            level=level,
            year=year,
            name=sanitizing.normalize(name).strip()[:60] or str(year),
            state=BatchState.COLLECTING,
            opened_on=today,
            recommend_by=recommendation_day(year, today),
            report_by=report_day(year, today),
            is_sample=is_sample,
        )
        db.session.add(batch)
        db.session.flush()
        end(batch, BatchAct.OPEN, by, data={"level": str(level), "year": year})
    return batch


def close_recommendation(batch: Batch, *, by: Person | None, version: int | None = None, note: str = "") -> Batch:
    """Take no more recommendations; the review begins.

    Raises:
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`.
    """
    with transaction():
        batch = begin(batch, BatchAct.CLOSE_RECOMMENDATION, by, version=version)
        end(batch, BatchAct.CLOSE_RECOMMENDATION, by, note=note, data={"candidates": len(batch.candidates)})
    return batch


def reopen_recommendation(batch: Batch, *, by: Person | None, note: str, version: int | None = None) -> Batch:
    """Let authorities recommend again, for a reason.

    Raises:
        Invalid: without a reason.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`.
    """
    with transaction():
        batch = begin(batch, BatchAct.REOPEN_RECOMMENDATION, by, version=version)
        end(batch, BatchAct.REOPEN_RECOMMENDATION, by, note=note)
    return batch


def report_up(batch: Batch, on: date | None, *, by: Person | None, note: str = "", version: int | None = None) -> Batch:
    """Record that the department recommended representative units to the ministry (Art. 13: by 31 July).

    Raises:
        Invalid: a day that is missing or to come.
        IllegalTransition, NotPermitted, Stale: as for :func:`steps.begin`.
    """
    with transaction():
        batch = begin(batch, BatchAct.REPORT_UP, by, version=version)
        batch.reported_on = past(on, "on")
        end(batch, BatchAct.REPORT_UP, by, note=note, data={"on": batch.reported_on.isoformat()})
    return batch
