"""A rule is changed by two persons, and binds only what begins after that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.foundation import audit
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotPermitted, Stale
from portal.foundation.workflow import IllegalTransition
from portal.rulebook import queries, services
from portal.rulebook.models import Amendment
from portal.rulebook.rules import AmendmentState, Basis, Rule, SamePerson, TooLate
from tests.rulebook.conftest import at

MONDAY = date(2026, 3, 2)
LATER = date(2026, 4, 1)


@pytest.fixture
def proposed(app: Flask, people: SimpleNamespace) -> Amendment:
    """Seven working days of publicity from April on, proposed on a Monday in March."""
    with at(MONDAY):
        return services.propose(Rule.PUBLICITY_DAYS, 7, LATER, "样本决定", by=people.editor)


def test_a_proposed_change_holds_nothing(proposed, people):
    assert proposed.state is AmendmentState.PROPOSED
    assert queries.number(Rule.PUBLICITY_DAYS, LATER) == 5
    assert [item.id for item in queries.proposed()] == [proposed.id]
    assert queries.awaiting(people.reviewer) == 1
    assert queries.awaiting(people.editor) == 0


def test_a_second_person_lets_it_hold_from_its_day_on(proposed, people):
    with at(MONDAY):
        services.confirm(proposed.id, version=proposed.version, by=people.reviewer)
    assert queries.number(Rule.PUBLICITY_DAYS, LATER - timedelta(days=1)) == 5
    assert queries.number(Rule.PUBLICITY_DAYS, LATER) == 7
    entry = queries.entry(Rule.PUBLICITY_DAYS, LATER)
    assert (entry.basis, entry.source) == (Basis.AMENDMENT, "样本决定")
    assert [item.value for item in queries.history(Rule.PUBLICITY_DAYS)] == [5, 7]


def test_both_persons_and_what_they_did_stand_in_the_audit_log(proposed, people):
    with at(MONDAY):
        services.confirm(proposed.id, version=proposed.version, by=people.reviewer)
    records = db.session.scalars(
        select(AuditRecord).where(AuditRecord.subject == "rule:publicity_days").order_by(AuditRecord.id)
    ).all()
    assert [(record.action, record.actor) for record in records] == [
        ("rulebook.amendment.proposed", people.editor.actor),
        ("rulebook.amendment.confirmed", people.reviewer.actor),
    ]
    assert records[0].data == {"amendment": proposed.id, "value": 7, "from": "2026-04-01"}
    assert audit.verify() is None


def test_nobody_confirms_their_own_proposal_even_with_both_roles(
    app: Flask, make_person: Callable[..., Person]
) -> None:
    both = make_person(Role.DEPARTMENT_EDITOR)
    both.roles = [*both.roles, *make_person(Role.DEPARTMENT_REVIEWER).roles]
    db.session.commit()
    with at(MONDAY):
        own = services.propose(Rule.PUBLICITY_DAYS, 7, LATER, "样本决定", by=both)
        with pytest.raises(SamePerson):
            services.confirm(own.id, version=own.version, by=both)
    assert queries.number(Rule.PUBLICITY_DAYS, LATER) == 5


def test_the_database_itself_refuses_a_change_that_one_person_confirmed(proposed):
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE rulebook_amendment SET state = 'confirmed', decided_by_id = proposed_by_id"))
    db.session.rollback()


@pytest.mark.parametrize("who", ["lhasa_officer", "reviewer", "determiner", "administrator", "auditor"])
def test_only_an_editor_of_the_department_proposes(people, who):
    with at(MONDAY), pytest.raises(NotPermitted):
        services.propose(Rule.PUBLICITY_DAYS, 7, LATER, "样本决定", by=getattr(people, who))


@pytest.mark.parametrize("who", ["lhasa_officer", "determiner", "administrator", "auditor"])
def test_only_a_reviewer_of_the_department_confirms_or_rejects(proposed, people, who):
    for act in (services.confirm, services.drop):
        with at(MONDAY), pytest.raises(NotPermitted):
            act(proposed.id, version=proposed.version, by=getattr(people, who))


def test_the_proposer_takes_it_back_and_a_reviewer_rejects(proposed, people):
    with at(MONDAY):
        services.drop(proposed.id, version=proposed.version, by=people.editor)
        other = services.propose(Rule.PUBLICITY_DAYS, 9, LATER, "样本决定", by=people.editor)
        services.drop(other.id, version=other.version, by=people.reviewer)
    assert queries.number(Rule.PUBLICITY_DAYS, LATER) == 5
    assert not queries.proposed()


@pytest.mark.parametrize("holds_from", [MONDAY, MONDAY - timedelta(days=1), None])
def test_a_change_cannot_hold_from_the_day_of_its_proposal_or_before(people, holds_from):
    with at(MONDAY), pytest.raises(Invalid) as refused:
        services.propose(Rule.PUBLICITY_DAYS, 7, holds_from, "样本决定", by=people.editor)
    assert set(refused.value.fields) == {"holds_from"}


@pytest.mark.parametrize("confirmed_on", [LATER, LATER + timedelta(days=30)])
def test_a_change_whose_day_has_come_must_be_proposed_anew(proposed, people, confirmed_on):
    with at(confirmed_on), pytest.raises(TooLate):
        services.confirm(proposed.id, version=proposed.version, by=people.reviewer)
    assert queries.number(Rule.PUBLICITY_DAYS, confirmed_on) == 5


def test_what_cannot_be_a_value_is_named_with_everything_else_that_is_wrong(people):
    with at(MONDAY), pytest.raises(Invalid) as refused:
        services.propose(Rule.PUBLICITY_DAYS, 0, LATER, " ", by=people.editor)
    assert set(refused.value.fields) == {"value", "source"}


def test_a_list_keeps_its_codes_on_the_way_through_the_database(people):
    with at(MONDAY):
        made = services.propose(
            Rule.CATEGORIES_REGIONAL, ["green_industrial_park", "green_factory"], LATER, "样本决定", by=people.editor
        )
        services.confirm(made.id, version=made.version, by=people.reviewer)
    db.session.expire_all()
    assert queries.listed(Rule.CATEGORIES_REGIONAL, LATER) == ("green_factory", "green_industrial_park")
    assert len(queries.listed(Rule.CATEGORIES_REGIONAL, MONDAY)) == 3


def test_a_yearly_date_is_that_of_the_rules_of_the_day_that_is_asked_for(people):
    with at(MONDAY):
        made = services.propose(Rule.RECOMMEND_BY, "07-15", LATER, "样本决定", by=people.editor)
        services.confirm(made.id, version=made.version, by=people.reviewer)
    assert queries.yearly(Rule.RECOMMEND_BY, 2026) == date(2026, 6, 30)
    assert queries.yearly(Rule.RECOMMEND_BY, 2026, LATER) == date(2026, 7, 15)
    assert queries.yearly(Rule.RECOMMEND_BY, 2027) == date(2027, 7, 15)


@pytest.mark.usefixtures("sqlite_app")
def test_who_asks_for_a_number_gets_no_list():
    with pytest.raises(TypeError):
        queries.number(Rule.CATEGORIES_REGIONAL, MONDAY)
    with pytest.raises(TypeError):
        queries.yearly(Rule.PUBLICITY_DAYS, 2026)
    with pytest.raises(TypeError):
        queries.listed(Rule.RECOMMEND_BY, MONDAY)


def test_a_change_is_decided_once_and_not_on_an_old_page(proposed, people):
    with at(MONDAY):
        with pytest.raises(Stale):
            services.confirm(proposed.id, version=proposed.version + 1, by=people.reviewer)
        done = services.confirm(proposed.id, version=proposed.version, by=people.reviewer)
        with pytest.raises(IllegalTransition):
            services.drop(done.id, version=done.version, by=people.reviewer)
