"""Reads of green codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select
from sqlalchemy.orm import lazyload

from portal.authorities.models import Person
from portal.credentials.green_codes.models import GreenCode
from portal.credentials.green_codes.rules import CodeState, GreenLevel, Standing
from portal.credentials.queries import of_authority
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.register.models import Unit

PER_PAGE = 50
_PUBLIC = frozenset({CodeState.CONFIRMED, CodeState.SUPERSEDED})


@dataclass(frozen=True)
class Shown:
    """What a unit's public page says: the code that is valid today, and those that were."""

    valid: GreenCode | None
    past: Sequence[GreenCode]


def codes_of(unit: Unit) -> Sequence[GreenCode]:
    """All records of a unit, newest first."""
    query = select(GreenCode).where(GreenCode.unit_id == unit.id)
    return db.session.scalars(query.order_by(GreenCode.year.desc(), GreenCode.id.desc())).unique().all()


def shown(unit: Unit) -> Shown | None:
    """What everybody may see of a unit's codes: confirmed ones alone. None where there is none."""
    public = [code for code in codes_of(unit) if code.state in _PUBLIC]
    if not public:
        return None
    valid = next((code for code in public if code.standing is Standing.VALID), None)
    return Shown(valid, [code for code in public if code is not valid])


def current() -> dict[tuple[int, int], GreenLevel]:
    """What is recorded, by the unit's number and the year: what waits, or else what was confirmed."""
    query = select(GreenCode.unit_id, GreenCode.year, GreenCode.level)
    query = query.where(GreenCode.state.in_([CodeState.CONFIRMED, CodeState.WAITING]))
    # Of a unit and a year the newest record counts, which comes last.
    rows = db.session.execute(query.order_by(GreenCode.id))
    return {(unit_id, year): level for unit_id, year, level in rows}


def valid(unit_ids: Collection[int]) -> dict[int, GreenCode]:
    """The codes that are valid today, by the unit's number; units without one are left out."""
    query = select(GreenCode).where(GreenCode.unit_id.in_(unit_ids), GreenCode.state == CodeState.CONFIRMED)
    found = db.session.scalars(query.options(lazyload(GreenCode.unit)).order_by(GreenCode.id))
    return {code.unit_id: code for code in found if code.standing is Standing.VALID}


def records(person: Person) -> Pagination:
    """The records of a person's units; of all for the department. Those that wait first."""
    query = _of(person).order_by(GreenCode.state != CodeState.WAITING, GreenCode.id.desc())
    return db.paginate(query, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)


def record(code_id: int, person: Person) -> GreenCode:
    """One record for a person who may see it.

    Raises:
        NotFound: for everyone else.
    """
    found = db.session.scalars(_of(person).where(GreenCode.id == code_id)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def waiting(person: Person) -> int:
    """How many records wait for a person, who cannot confirm their own."""
    query = _of(person).where(GreenCode.state == CodeState.WAITING, GreenCode.recorded_by_id != person.id)
    return db.session.scalar(select(func.count()).select_from(query.with_only_columns(GreenCode.id).subquery())) or 0


def _of(person: Person) -> Select[GreenCode]:
    return of_authority(select(GreenCode).join(GreenCode.unit), person)
