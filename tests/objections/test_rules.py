"""The tables of objections: until when, what may follow what, and what a decision does to a candidate."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.authorities.rules import Permission
from portal.objections import rules
from portal.objections.rules import PENDING, WORKFLOW, NotPublicised, ObjectionAct, ObjectionStatus, PublicityOver
from portal.register.batches.rules import CandidateState, HoldKind, outcome

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
STATES = st.sampled_from(list(CandidateState))
STATUSES = st.sampled_from(list(ObjectionStatus))
GROUNDS = st.sampled_from(rules.SUSTAIN_GROUNDS)


@given(st.lists(st.sampled_from(list(ObjectionAct)), max_size=30))
def test_a_random_walk_never_leaves_a_decision(walk):
    status = ObjectionStatus.FILED
    for act in walk:
        before = status
        if act in WORKFLOW.available(status):
            status = WORKFLOW.target(act, status)
        if before not in PENDING:
            assert status is before


@given(STATUSES)
def test_every_pending_objection_can_be_decided_either_way_and_no_other(status):
    deciding = {ObjectionAct.SUSTAIN, ObjectionAct.REJECT} & set(WORKFLOW.available(status))
    assert deciding == ({ObjectionAct.SUSTAIN, ObjectionAct.REJECT} if status in PENDING else set())


@given(DAYS, st.integers(-400, 400))
def test_the_window_is_open_to_the_end_of_its_last_day_and_no_day_longer(last, distance):
    today = last + timedelta(days=distance)
    if distance <= 0:
        rules.check_time(CandidateState.PUBLICISED, public=True, last=last, today=today)
    else:
        with pytest.raises(PublicityOver):
            rules.check_time(CandidateState.PUBLICISED, public=True, last=last, today=today)


@given(DAYS)
def test_a_window_that_the_calendar_does_not_know_has_not_ended(today):
    rules.check_time(CandidateState.PUBLICISED, public=True, last=None, today=today)


@given(STATES.filter(lambda state: state is not CandidateState.PUBLICISED), st.booleans(), DAYS)
def test_only_a_candidate_that_is_publicised_now_can_be_objected_to(state, public, today):
    with pytest.raises(NotPublicised):
        rules.check_time(state, public=public, last=today, today=today)


@given(DAYS)
def test_nobody_objects_to_a_notice_that_is_not_public(today):
    with pytest.raises(NotPublicised):
        rules.check_time(CandidateState.PUBLICISED, public=False, last=today, today=today)


@given(STATUSES, GROUNDS)
def test_a_pending_one_holds_back_an_upheld_one_drops_and_any_other_does_nothing(status, ground):
    hold = rules.hold_of(status, ground)
    became = outcome(CandidateState.PUBLICISED, [hold.kind] if hold else [])
    if status in PENDING:
        assert became is CandidateState.HELD
    elif status is ObjectionStatus.SUSTAINED:
        assert became is CandidateState.DROPPED
    else:
        assert became is CandidateState.LISTED


@given(st.lists(st.tuples(STATUSES, GROUNDS), max_size=6))
def test_of_many_objections_one_upheld_drops_and_else_one_pending_holds(found):
    kinds = [hold.kind for status, ground in found if (hold := rules.hold_of(status, ground))]
    statuses = {status for status, _ground in found}
    became = outcome(CandidateState.PUBLICISED, kinds)
    if ObjectionStatus.SUSTAINED in statuses:
        assert became is CandidateState.DROPPED
    elif statuses & PENDING:
        assert became is CandidateState.HELD
    else:
        assert became is CandidateState.LISTED
    assert set(kinds) <= set(HoldKind)


@given(STATUSES, st.sets(st.sampled_from(list(Permission))))
def test_only_determiners_are_offered_acts(status, allowed):
    offered = rules.acts_for(status, allowed)
    assert bool(offered) == (Permission.DETERMINE in allowed and status in PENDING)
    assert set(offered) <= set(rules.STAFF_ACTS)


def test_every_state_and_act_has_its_words():
    assert set(rules.STATUS_LABELS) == set(rules.STATUS_TONES) == set(rules.STATUS_SENTENCES) == set(ObjectionStatus)
    assert set(rules.ACT_LABELS) == set(ObjectionAct)
    assert set(rules.SUSTAIN_LABELS) == set(rules.SUSTAIN_GROUNDS)


def test_every_pending_state_has_a_clock_and_no_decided_one():
    assert set(rules.CLOCKS) == set(PENDING)
