"""The law of a round: what it lacks, when its publicity is over, and who stands at its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.authorities.rules import Permission
from portal.foundation.workdays import NATIONAL
from portal.register.batches.rules import (
    ACT_LABELS,
    AFTER_PUBLICITY,
    CANDIDATE_LABELS,
    GROUND_LABELS,
    GROUNDS,
    LACK_LABELS,
    NEEDED,
    ORGAN_LABELS,
    STATE_LABELS,
    WORKFLOW,
    BatchAct,
    BatchState,
    CandidateState,
    Dossier,
    HoldKind,
    Lack,
    Organ,
    batch_lacks,
    is_over,
    lacks,
    outcome,
    parse_candidate_id,
    possible_acts,
    removed_lately,
)
from portal.register.rules import RemovalGround

dossiers = st.builds(
    Dossier,
    state=st.sampled_from(CandidateState),
    checked=st.dictionaries(st.sampled_from(GROUNDS), st.booleans()),
    reviews=st.integers(0, 3),
    adverse=st.booleans(),
    agency_barred=st.booleans(),
    removed_lately=st.booleans(),
)


@given(dossiers)
def test_nobody_goes_to_publicity_without_six_clear_checks_a_review_and_a_decision(dossier: Dossier) -> None:
    if not lacks(dossier):
        assert set(dossier.checked) == set(GROUNDS)
        assert not any(dossier.checked.values())
        assert dossier.reviews
        assert dossier.state is not CandidateState.RECOMMENDED
        assert (dossier.adverse, dossier.agency_barred, dossier.removed_lately) == (False, False, False)


def test_a_complete_dossier_lacks_nothing() -> None:
    complete = Dossier(CandidateState.SELECTED, dict.fromkeys(GROUNDS, False), 1, False, False, False)
    assert lacks(complete) == ()


@pytest.mark.parametrize("ground", GROUNDS)
def test_each_of_the_six_grounds_bars_and_each_must_be_checked(ground: RemovalGround) -> None:
    clear = dict.fromkeys(GROUNDS, False)
    assert lacks(Dossier(CandidateState.SELECTED, clear | {ground: True}, 1, False, False, False)) == (Lack.GROUND,)
    unchecked = {other: False for other in GROUNDS if other is not ground}
    assert lacks(Dossier(CandidateState.SELECTED, unchecked, 1, False, False, False)) == (Lack.UNCHECKED,)


@given(st.sets(st.sampled_from(Organ)), st.integers(0, 5))
def test_all_three_departments_are_asked(given_by: set[Organ], selected: int) -> None:
    found = batch_lacks(given_by, selected)
    assert (Lack.OPINION in found) == (given_by != set(Organ))
    assert (Lack.NOBODY in found) == (selected == 0)


@given(st.sampled_from(CandidateState), st.lists(st.sampled_from(HoldKind)))
def test_only_what_was_publicised_and_stands_is_listed(state: CandidateState, holds: list[HoldKind]) -> None:
    found = outcome(state, holds)
    assert (found is None) == (state not in AFTER_PUBLICITY)
    if found is CandidateState.LISTED and state is not CandidateState.LISTED:
        assert state in {CandidateState.PUBLICISED, CandidateState.HELD}
        assert holds == []
    if HoldKind.SUSTAINED in holds and state is CandidateState.PUBLICISED:
        assert found is CandidateState.DROPPED


@given(st.dates(date(2020, 1, 1), date(2026, 12, 1)))
def test_a_publicity_is_over_on_the_day_after_its_last_and_never_before(published: date) -> None:
    window = NATIONAL.window(published, 5)
    assert not any(
        is_over(window.last, published + timedelta(days=passed)) for passed in range((window.last - published).days + 1)
    )
    assert is_over(window.last, window.last + timedelta(days=1))


def test_a_window_that_nobody_knows_is_never_over() -> None:
    assert not is_over(None, date(2099, 1, 1))


def test_a_removal_bars_for_three_years() -> None:
    assert removed_lately([date(2023, 7, 1)], date(2026, 7, 1))
    assert not removed_lately([date(2023, 7, 1)], date(2026, 7, 2))
    assert not removed_lately([None], date(2026, 7, 1))


@pytest.mark.parametrize(
    ("labels", "members"),
    [
        (STATE_LABELS, BatchState),
        (ACT_LABELS, BatchAct),
        (CANDIDATE_LABELS, CandidateState),
        (ORGAN_LABELS, Organ),
        (LACK_LABELS, Lack),
        (GROUND_LABELS, GROUNDS),
        (NEEDED, BatchAct),
    ],
)
def test_everything_has_its_words(labels: dict[object, object], members: object) -> None:
    assert set(labels) == set(members)  # type: ignore[call-overload]


def test_every_act_but_the_first_is_a_transition() -> None:
    declared = {transition.act for transition in WORKFLOW.transitions}
    assert declared == set(BatchAct) - {BatchAct.OPEN}


@pytest.mark.parametrize("state", BatchState)
def test_an_authority_recommends_and_checks_and_nothing_else(state: BatchState) -> None:
    acts = possible_acts(state, {Permission.DRAFT, Permission.VERIFY})
    assert set(acts) <= {BatchAct.RECOMMEND, BatchAct.TAKE_OUT, BatchAct.CHECK}


@pytest.mark.parametrize(("text", "number"), [("c12", 12), (" C7 ", 7), ("c0", None), ("u12", None), ("c1x", None)])
def test_a_candidate_is_named_by_its_public_id(text: str, number: int | None) -> None:
    assert parse_candidate_id(text) == number
