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
parts = st.frozensets(acts, max_size=4)
standings = st.builds(
    rules.Standing,
    status=st.sampled_from(list(CaseStatus)),
    kind=kinds,
    taken_over=st.booleans(),
    extended=st.booleans(),
    awaiting=st.booleans(),
)
numbers = st.none() | st.integers(1, 9)
BOTH = {Permission.VERIFY, Permission.DETERMINE}


@given(st.lists(acts, max_size=60))
def test_a_random_walk_never_leaves_the_table_and_leaves_an_end_only_by_review_or_a_fallen_decision(walk):
    status = CaseStatus.FILED
    for act in walk:
        before = status
        if act in WORKFLOW.available(status):
            status = WORKFLOW.target(act, status)
        if before in rules.ENDS and status is not before:
            assert act in {CaseAct.REQUEST_REVIEW, CaseAct.TAKE_BACK}


@given(st.lists(acts, max_size=80))
def test_nothing_is_determined_that_was_not_verified_and_reported(walk):
    status, done = CaseStatus.FILED, []
    for act in walk:
        if act in WORKFLOW.available(status):
            status = WORKFLOW.target(act, status)
            done.append(act)
            if act in rules.OUTCOMES:
                taken_up = [step for step in done if step in {CaseAct.ACCEPT, CaseAct.REOPEN}]
                checked = [step for step in done if step in {CaseAct.VERIFY, CaseAct.RECORD_ON_SITE}]
                assert taken_up
                assert checked
                assert done.index(taken_up[0]) < done.index(checked[0]) < done.index(CaseAct.REPORT)


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


@given(standings, parts)
def test_only_units_are_removed_and_only_agencies_excluded(standing, done):
    offered = rules.acts_for(standing, BOTH, done)
    assert (CaseAct.REMOVE not in offered) or standing.kind is RespondentKind.UNIT
    assert (CaseAct.EXCLUDE not in offered) or standing.kind is RespondentKind.AGENCY


@given(standings, parts)
def test_whoever_verified_is_never_offered_a_determination_nor_a_review(standing, done):
    offered = set(rules.acts_for(standing, BOTH, done))
    if done & rules.VERIFYING:
        assert not offered & (rules.DETERMINING | rules.REVIEWING)
    if done & rules.DECIDING:
        assert not offered & rules.REVIEWING


@given(st.sampled_from(list(CaseAct)), parts)
def test_what_is_not_offered_for_the_sake_of_separation_is_refused_too(act, done):
    if act in rules.barred(done):
        refusal = rules.VerifierCannotDetermine if done & rules.VERIFYING else rules.DeciderCannotReview
        with pytest.raises(refusal):
            rules.require_separate(act, done)
    else:
        rules.require_separate(act, done)


@given(standings, parts)
def test_an_officer_is_never_offered_a_determination(standing, done):
    offered = set(rules.acts_for(standing, {Permission.VERIFY}, done))
    assert not offered & (set(rules.OUTCOMES) | rules.REVIEWING | {CaseAct.RETURN, CaseAct.CLOSE, CaseAct.ASSIGN})
    if standing.taken_over:
        assert not offered


@given(standings, parts)
def test_a_determiner_verifies_only_what_the_department_took_over(standing, done):
    offered = set(rules.acts_for(standing, {Permission.DETERMINE}, done))
    if not standing.taken_over:
        assert not offered & rules.VERIFYING
    assert not (standing.taken_over and CaseAct.TAKE_OVER in offered)
    assert not (standing.extended and CaseAct.EXTEND in offered)


@given(st.lists(acts, max_size=60))
def test_each_decision_is_reviewed_at_most_once(walk):
    status, done, outcome = CaseStatus.FILED, [], None
    for act in walk:
        if act not in WORKFLOW.available(status):
            continue
        if act is CaseAct.REQUEST_REVIEW:
            wanted = rules.reviewable(status, outcome, done)
            if wanted is None:
                continue
            assert wanted not in rules.reviews_asked(done)
            assert rules.REVIEWED[WORKFLOW.target(act, status)] is wanted
        status = WORKFLOW.target(act, status)
        outcome = rules.OUTCOMES.get(act, outcome)
        done.append(act)
    assert done.count(CaseAct.REQUEST_REVIEW) <= len(rules.Reviewed)


@given(st.lists(st.sampled_from(list(rules.Finding)), min_size=1))
def test_a_case_is_partly_substantiated_unless_all_allegations_agree(findings):
    found = rules.overall(findings)
    assert (found is rules.Finding.PARTLY) == (len(set(findings)) > 1 or set(findings) == {rules.Finding.PARTLY})


def test_a_removal_leaves_nothing_to_contest():
    assert rules.reviewable(CaseStatus.CLOSED, rules.Outcome.REMOVAL, [CaseAct.REMOVE, CaseAct.CLOSE]) is None
    contested = [CaseAct.FIND_UNSUBSTANTIATED, CaseAct.CLOSE]
    assert rules.reviewable(CaseStatus.CLOSED, rules.Outcome.NOT_SUBSTANTIATED, contested) is rules.Reviewed.OUTCOME


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
