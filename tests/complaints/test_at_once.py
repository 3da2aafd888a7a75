"""Two at the same moment: one act counts, the other is refused in words and keeps what was written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from portal.authorities.rules import Role
from portal.complaints import queries, services
from portal.complaints.rules import CaseAct
from portal.foundation import audit
from portal.foundation.database import db
from portal.foundation.errors import DomainError, Stale


@pytest.fixture
def second_officer(app, people, make_person):
    """Another officer of Lhasa."""
    from portal.authorities import services as authorities

    lhasa = people.lhasa_officer.authority
    return authorities.create_account("second@portal.test", "second", lhasa, {Role.PREFECTURE_OFFICER}, "x" * 12)


def test_of_two_officers_one_acts_and_the_other_is_told(app, filed, people, second_officer):
    case_id, version = filed.filing.id, filed.filing.version
    persons = [people.lhasa_officer.id, second_officer.id]
    db.session.remove()
    start = Barrier(2)

    def accept(person_id: int) -> type[Exception] | None:
        from portal.authorities.models import Person

        with app.app_context():
            person = db.session.get(Person, person_id)
            queries.case_for(case_id, person)
            start.wait(20)
            try:
                services.act(case_id, CaseAct.ACCEPT, services.Instruction(version=version), by=person)
            except DomainError as refused:
                return type(refused)
            finally:
                db.session.remove()
        return None

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(accept, persons))
    assert sorted(told, key=str) == sorted([None, Stale], key=str)
    events = [event.act for event in queries.case_by_id(case_id).events]
    assert events.count(CaseAct.ACCEPT) == 1
    assert audit.verify() is None
