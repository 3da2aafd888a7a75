"""The end of retention: who claimed a unit and who was invited is erased, what became of it stays.

As with filings the wrapped key goes first and with it everything that was sealed with it; the sealed columns and the
letter follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import func, select

from portal.authorities.services import SYSTEM
from portal.credentials.members.models import MemberInvitation, UnitClaim
from portal.filings import erasing
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.vault import current_vault

Kept = UnitClaim | MemberInvitation
#: When each began, and when it came to its end: a claim that waits has none.
_TIMES: Mapping[type[Kept], tuple[Any, Any]] = {
    UnitClaim: (UnitClaim.filed_at, UnitClaim.decided_at),
    MemberInvitation: (
        MemberInvitation.invited_at,
        func.coalesce(MemberInvitation.used_at, MemberInvitation.expires_at),
    ),
}


def erase_expired() -> int:
    """Erase the contacts and letters of claims and invitations that ended long enough ago; how many there were.

    Each is a transaction of its own. Whatever is interrupted is found again, and nothing is done twice.
    """
    today, erased = clock.today(), 0
    for model, (begun, ended) in _TIMES.items():
        query = select(model.id, begun, ended).where(model.wrapped_key != b"", ended.is_not(None))
        for number, first, last in db.session.execute(query.order_by(model.id)).all():
            if erasing.kept_until(clock.local_day(first), clock.local_day(last)) <= today:
                erased += _erase(model, number)
    return erased


def _erase(model: type[Kept], number: int) -> bool:
    with transaction():
        held = select(model).where(model.id == number, model.wrapped_key != b"").with_for_update(of=model)
        row = cast("Kept | None", db.session.scalars(held).unique().one_or_none())
        if row is None:
            return False
        if isinstance(row, UnitClaim):
            # Before the row forgets its key: an erasing that is cut off here finds it again and goes on.
            current_vault().store.delete(row.store_key)
            row.sha256 = row.reason = ""
        erasing.blank(row)
        kind = "claim" if isinstance(row, UnitClaim) else "invitation"
        audit.record(f"credentials.{kind}.erased", f"{kind}:{row.id}", SYSTEM, {"unit": row.unit.public_id})
    return True
