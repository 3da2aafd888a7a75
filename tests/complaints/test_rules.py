"""The tables of Article 24: what may follow what, and where a complaint goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.authorities.rules import Permission
from portal.complaints import rules
from portal.complaints.rules import WORKFLOW, CaseAct, CaseStatus, RespondentKind

acts = st.sampled_from(list(CaseAct))
kinds = st.sampled_from(list(RespondentKind))
numbers = st.none() | st.integers(1, 9)
BOTH = {Permission.VERIFY, Permission.DETERMINE}


@given(st.lists(acts, max_size=30))
def test_a_random_walk_never_leaves_the_table_and_never_leaves_an_end(walk):
    status = CaseStatus.FILED
    for act in walk:
        before = status
        if act in WORKFLOW.available(status):
            status = WORKFLOW.target(act, status)
        if before in {CaseStatus.CLOSED, CaseStatus.REFUSED}:
            assert status is before


@given(st.lists(acts, max_size=40))
def test_nothing_is_determined_that_was_not_accepted_verified_and_reported(walk):
    status, done = CaseStatus.FILED, []
    for act in walk:
        if act in WORKFLOW.available(status):
            status = WORKFLOW.target(act, status)
            done.append(act)
            if act in rules.OUTCOMES:
                assert [step for step in (CaseAct.ACCEPT, CaseAct.VERIFY, CaseAct.REPORT) if step in done] == [
                    CaseAct.ACCEPT,
                    CaseAct.VERIFY,
                    CaseAct.REPORT,
                ]
                assert done.index(CaseAct.ACCEPT) < done.index(CaseAct.VERIFY) < done.index(CaseAct.REPORT)


def test_from_every_open_state_an_end_can_be_reached():
    ends = {CaseStatus.CLOSED, CaseStatus.REFUSED}
    for start in rules.OPEN:
        reached, frontier = {start}, [start]
        while frontier:
            state = frontier.pop()
            for act in WORKFLOW.available(state):
                target = WORKFLOW.target(act, state)
                if target not in reached:
                    reached.add(target)
                    frontier.append(target)
        assert reached & ends, start


@given(st.sampled_from(list(CaseStatus)), kinds, st.booleans())
def test_only_units_are_removed_and_only_agencies_excluded(status, kind, took_part):
    offered = rules.acts_for(status, kind, BOTH, took_part=took_part)
    assert (CaseAct.REMOVE not in offered) or kind is RespondentKind.UNIT
    assert (CaseAct.EXCLUDE not in offered) or kind is RespondentKind.AGENCY
    if took_part:
        assert not set(offered) & rules.DETERMINING


@given(st.sampled_from(list(CaseStatus)), kinds)
def test_an_officer_is_never_offered_a_determination(status, kind):
    offered = rules.acts_for(status, kind, {Permission.VERIFY}, took_part=False)
    assert not set(offered) & (set(rules.OUTCOMES) | {CaseAct.RETURN, CaseAct.CLOSE, CaseAct.ASSIGN})


@given(numbers, numbers, numbers)
def test_a_complaint_always_goes_to_exactly_one_authority(unit, agency, evaluated):
    department = 99
    found = rules.route(
        unit_authority=unit, agency_authority=agency, evaluated_unit_authority=evaluated, department=department
    )
    assert found == (unit or agency or evaluated or department)


def test_the_park_committee_does_not_verify_its_own_park():
    found = rules.route(
        unit_authority=8, agency_authority=None, evaluated_unit_authority=None, department=1, self_interested=True
    )
    assert found == 1


def test_every_state_and_act_has_its_words():
    assert set(rules.STATUS_LABELS) == set(rules.STATUS_TONES) == set(rules.STATUS_SENTENCES) == set(CaseStatus)
    assert set(rules.ACT_LABELS) == set(CaseAct)


@pytest.mark.parametrize("status", sorted(rules.OPEN))
def test_every_open_state_but_rectification_has_a_clock(status):
    assert (status in rules.CLOCKS) == (status is not CaseStatus.UNDER_RECTIFICATION)
