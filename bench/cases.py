"""Cases by the thousand, with everything in clear that a queue shows and sealed parts that open for nobody."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from portal.authorities.models import Authority, Person
from portal.complaints.handling.rules import NEVER
from portal.complaints.models import Case
from portal.complaints.rules import CaseStatus, ProblemKind, RespondentKind
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.identifiers import new_receipt
from portal.foundation.languages import Language

SEALED = 1500
PORTION = 2000
#: As many in each of the queues as a page shows.
FULL = {CaseStatus.FILED: 35, CaseStatus.REPORTED: 35, CaseStatus.CLOSED: 30}
#: Most cases of a portal that has stood for years are over.
STATES = {
    CaseStatus.CLOSED: 55,
    CaseStatus.REFUSED: 15,
    CaseStatus.FILED: 6,
    CaseStatus.SUPPLEMENT_REQUESTED: 3,
    CaseStatus.ACCEPTED: 5,
    CaseStatus.UNDER_VERIFICATION: 7,
    CaseStatus.REPORTED: 4,
    CaseStatus.UNDER_RECTIFICATION: 3,
    CaseStatus.DETERMINED: 2,
}


def sow(number: int, *, seed: int = 24, only: str = "", states: Mapping[CaseStatus, int] | None = None) -> None:
    """Put so many cases into the database, spread over people and three years.

    Args:
        only: the code of the one authority that they belong to; all eight otherwise.
        states: how often each state comes; as in a portal that has stood for years otherwise.
    """
    chance = random.Random(seed)
    authorities = [
        item for item in db.session.scalars(select(Authority)) if item.code == only or not (only or item.is_department)
    ]
    people = db.session.scalars(select(Person)).unique().all()
    before = db.session.scalar(select(func.count()).select_from(Case)) or 0
    rows = _rows(number, before, chance, authorities, people, states or STATES)
    while portion := [row for row, _ in zip(rows, range(PORTION), strict=False)]:
        db.session.execute(insert(Case), portion)
        db.session.commit()


def _rows(
    number: int,
    before: int,
    chance: random.Random,
    authorities: Sequence[Authority],
    people: Sequence[Person],
    states: Mapping[CaseStatus, int],
) -> Iterator[dict[str, Any]]:
    for count in range(before, before + number):
        filed = clock.now() - timedelta(minutes=chance.randrange(60 * 24 * 900))
        authority = chance.choice(authorities)
        (status,) = chance.choices(list(states), list(states.values()))
        is_open = status not in {CaseStatus.CLOSED, CaseStatus.REFUSED}
        due = clock.today() + timedelta(days=chance.randrange(-40, 60)) if is_open else None
        staff = [person.id for person in people if person.authority_id == authority.id]
        yield {
            "receipt": new_receipt(filed.year),
            "secret_digest": "0" * 64,
            "token_digest": f"{count:064d}",
            "filing_digest": "0" * 64,
            "language": Language.ZH,
            "wrapped_key": b"\0" * 200,
            "sealed_identity": b"\0" * 300,
            "sealed_statement": b"\0" * SEALED,
            "filed_at": filed,
            "clock_from": clock.local_day(filed),
            "clock_days": 15 if is_open else None,
            "due_on": due,
            "due_order": due or NEVER,
            "changed_at": filed + timedelta(hours=chance.randrange(200)),
            "is_sample": True,
            "respondent_kind": RespondentKind.NAMED,
            "respondent_name": f"样本{authority.code}第{count % 700}号单位",
            "problem_kind": chance.choice(list(ProblemKind)),
            "authority_id": authority.id,
            "status": status,
            "assignee_id": chance.choice([None, *staff]) if is_open else None,
        }
