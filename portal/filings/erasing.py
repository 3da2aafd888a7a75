"""The end of retention: what a citizen wrote and sent is erased, what became of it stays.

The filing's wrapped key goes first and with it everything that was sealed with it, wherever it lies; the sealed columns
and files follow so that nothing is kept for nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, func, select

from portal.authorities.services import SYSTEM
from portal.filings import taking
from portal.filings.drafts.models import FilingDraft
from portal.filings.models import SealedFiling
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.rulebook import queries as rulebook
from portal.rulebook.rules import Rule
from portal.vault import current_vault


def kept_until(filed_on: date, last_act_on: date) -> date:
    """The first day on which a filing that has ended is no longer kept.

    Args:
        filed_on: the day whose rules hold for it.
        last_act_on: the day of the last thing that happened to it.
    """
    years = rulebook.number(Rule.RETENTION_YEARS, filed_on)
    try:
        return last_act_on.replace(year=last_act_on.year + years)
    except ValueError:
        return date(last_act_on.year + years, 3, 1)


def erase_due(model: type[SealedFiling], ended: ColumnElement[bool]) -> int:
    """Erase every filing of a kind whose retention has ended; how many there were.

    Each is a transaction of its own. Whatever is interrupted is found again, and nothing is done twice.

    Args:
        ended: whether a filing has come to its end.
    """
    last = func.max(model.events.property.mapper.class_.at)
    query = (
        select(model.id, model.filed_at, last)
        .join(model.events)
        .where(ended, model.erased_at.is_(None))
        .group_by(model.id, model.filed_at)
        .order_by(model.id)
    )
    today = clock.today()
    due = [
        found_id
        for found_id, filed_at, last_at in db.session.execute(query)
        if kept_until(clock.local_day(filed_at), clock.local_day(last_at)) <= today
    ]
    return sum(_erase(model, filing_id, ended) for filing_id in due)


def _erase(model: type[SealedFiling], filing_id: int, ended: ColumnElement[bool]) -> bool:
    """Erase one filing, unless it was opened again or erased meanwhile."""
    with transaction():
        held = select(model).where(model.id == filing_id, ended, model.erased_at.is_(None))
        filing = db.session.scalars(held.with_for_update(of=model)).unique().one_or_none()
        if filing is None:
            return False
        files = list(filing.evidence)
        # Before the rows forget where they lie: an erasing that is cut off here finds them again and goes on.
        for item in files:
            current_vault().store.delete(item.store_key)
            item.sha256 = ""
        for row in (filing, *filing.events, *files):
            blank(row)
        _end_messages(filing)
        filing.filing_digest, filing.notify, filing.erased_at = "", False, clock.now()
        audit.record(f"filings.{filing.SUBJECT}.erased", filing.subject, SYSTEM, {"files": len(files)})
    return True


def _end_messages(filing: SealedFiling) -> None:
    """Delete what was begun to be sent to a filing: it lies in the same box, and so has a copy of the key."""
    begun = select(FilingDraft).where(FilingDraft.box == filing.BOX, FilingDraft.receipt == filing.receipt)
    for draft in db.session.scalars(begun).unique().all():
        taking.forget(draft.files)
        db.session.delete(draft)


def blank(row: Any) -> None:
    """Empty every sealed column of a row, the wrapped key among them, inside the transaction of a use case."""
    table: Table = row.__table__
    for column in table.columns:
        if isinstance(column.type, LargeBinary):
            setattr(row, column.key, None if column.nullable else b"")
