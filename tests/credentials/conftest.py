"""What the tests of codes and of the space share: a listed factory with its code, its people, an order given to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.complaints import services as complaints
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, Finding
from portal.credentials import queries
from portal.credentials.members.models import UnitMember
from portal.credentials.members.rules import MemberRole
from portal.credentials.models import ListCode
from portal.foundation.database import db, transaction
from portal.register import queries as register
from portal.register.models import Unit
from tests.complaints.conftest import filing
from tests.samples import SAMPLE_UNIT, list_unit, valid_code


@pytest.fixture
def unit(app: Flask) -> Unit:
    """A sample factory of Lhasa, listed in 2024."""
    list_unit(SAMPLE_UNIT, code=valid_code())
    found = register.unit_by_ref(valid_code())
    assert found is not None
    return found


@pytest.fixture
def code(unit: Unit) -> ListCode:
    """The code of its entry."""
    db.session.rollback()
    (found,) = queries.codes_of(unit).values()
    whole = queries.code_of(found.code)
    assert whole is not None
    return whole


@pytest.fixture
def owner(unit: Unit, make_person: Callable[..., Person]) -> Person:
    """Who speaks for the unit."""
    person = make_person(Role.ENTERPRISE, "lhasa")
    with transaction():
        db.session.add(UnitMember(unit_id=unit.id, person_id=person.id, role=MemberRole.OWNER))
    return person


def another_unit(person: Person) -> Unit:
    """A second listed factory, for which somebody else speaks."""
    name = f"{SAMPLE_UNIT}二厂"
    list_unit(name)
    found = db.session.scalars(select(Unit).where(Unit.name == name)).unique().one()
    with transaction():
        db.session.add(UnitMember(unit_id=found.id, person_id=person.id, role=MemberRole.OWNER))
    return found


def do(case: Case, what: CaseAct, by: Person, **facts: object) -> None:
    """An act upon a case, with what it needs."""
    db.session.refresh(case)
    told = complaints.Instruction(version=case.version, note="说明文字", **facts)  # type: ignore[arg-type]
    complaints.act(case.id, what, told, by=by)


def ordered(unit: Unit, people: SimpleNamespace, due: date) -> Case:
    """A case against the unit in which the department ordered it to rectify."""
    case = complaints.file_complaint(filing(Respondent(unit.name, unit)), complaints.new_token()).filing
    do(case, CaseAct.ACCEPT, people.lhasa_officer)
    do(case, CaseAct.VERIFY, people.lhasa_officer)
    do(case, CaseAct.REPORT, people.lhasa_officer, finding=Finding.SUBSTANTIATED)
    do(case, CaseAct.ORDER_RECTIFICATION, people.determiner, rectify_by=due, measures="请更正电表读数。")
    return case
