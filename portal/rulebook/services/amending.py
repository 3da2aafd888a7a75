"""Changing a rule: one person proposes, a second one confirms, and what has begun keeps its entry."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.authorities.forms import REQUIRED
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import require
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, Stale
from portal.rulebook import hooks, rules
from portal.rulebook.models import SOURCE_LENGTH, Amendment
from portal.rulebook.rules import AmendmentAct, Rule, SamePerson, TooLate


def propose(
    rule: Rule, value: object, holds_from: date | None, source: str, source_url: str = "", *, by: Person
) -> Amendment:
    """Propose another value for a rule from a day on; it holds nothing until a second person confirms it.

    Raises:
        Invalid: a value that cannot be one, a day that lies too early, no source.
        NotPermitted: where ``by`` does not keep the register.
    """
    with transaction():
        require(by, Permission.KEEP_REGISTER)
        kept = rules.checked(rule, value, tuple(hooks.options_of(rule)))
        faults: dict[str, object] = {}
        if kept is None:
            faults["value"] = rules.BAD_VALUE
        if not source.strip():
            faults["source"] = REQUIRED
        if holds_from is None:
            faults["holds_from"] = REQUIRED
        elif holds_from < rules.earliest(clock.today()):
            faults["holds_from"] = rules.TOO_EARLY
        if faults or holds_from is None:
            raise Invalid(faults)
        amendment = Amendment(
            rule=rule,
            raw_value=list(kept) if isinstance(kept, tuple) else kept,
            holds_from=holds_from,
            source=source.strip()[:SOURCE_LENGTH],
            source_url=source_url.strip(),
            proposed_by_id=by.id,
            proposed_at=clock.now(),
        )
        db.session.add(amendment)
        db.session.flush()
        _record(amendment, "proposed", by)
    return amendment


def confirm(amendment_id: int, *, version: int, by: Person) -> Amendment:
    """Let a proposed entry hold from its day on.

    Raises:
        NotPermitted: where ``by`` may not publish.
        SamePerson: where ``by`` proposed it.
        TooLate: where its day has come already; it can be proposed anew.
        IllegalTransition: where it was confirmed or dropped before.
        Stale: where it changed after ``version``.
    """
    with transaction():
        require(by, Permission.PUBLISH)
        amendment = _locked(amendment_id, version)
        target = rules.WORKFLOW.target(AmendmentAct.CONFIRM, amendment.state)
        if amendment.proposed_by_id == by.id:
            raise SamePerson
        if amendment.holds_from < rules.earliest(clock.today()):
            raise TooLate
        amendment.state, amendment.decided_by_id, amendment.decided_at = target, by.id, clock.now()
        _record(amendment, "confirmed", by)
    return amendment


def drop(amendment_id: int, *, version: int, by: Person) -> Amendment:
    """Refuse a proposed entry, or take one's own proposal back.

    Raises:
        NotPermitted: where ``by`` neither proposed it nor may publish.
        IllegalTransition: where it was confirmed or dropped before.
        Stale: where it changed after ``version``.
    """
    with transaction():
        amendment = _locked(amendment_id, version)
        is_own = amendment.proposed_by_id == by.id
        require(by, Permission.KEEP_REGISTER if is_own else Permission.PUBLISH)
        amendment.state = rules.WORKFLOW.target(AmendmentAct.DROP, amendment.state)
        amendment.decided_by_id, amendment.decided_at = by.id, clock.now()
        _record(amendment, "dropped", by)
    return amendment


def _locked(amendment_id: int, version: int) -> Amendment:
    query = select(Amendment).where(Amendment.id == amendment_id).with_for_update(of=Amendment)
    amendment = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if amendment is None:
        raise NotFound
    if amendment.version != version:
        raise Stale
    return amendment


def _record(amendment: Amendment, what: str, by: Person) -> None:
    db.session.flush()
    audit.record(
        f"rulebook.amendment.{what}",
        f"rule:{amendment.rule}",
        by.actor,
        {"amendment": amendment.id, "value": amendment.raw_value, "from": amendment.holds_from.isoformat()},
    )
