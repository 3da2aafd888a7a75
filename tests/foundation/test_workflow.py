"""A workflow does what its table says, and nothing else."""

from __future__ import annotations

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.workflow import IllegalTransition, Transition, Workflow


class State(StrEnum):
    OPEN = "open"
    HELD = "held"
    DONE = "done"


class Act(StrEnum):
    HOLD = "hold"
    RESUME = "resume"
    FINISH = "finish"
    REMARK = "remark"


@st.composite
def tables(draw: st.DrawFn) -> list[Transition[State, Act]]:
    acts = draw(st.lists(st.sampled_from(Act), unique=True))
    return [
        Transition(
            act,
            draw(st.frozensets(st.sampled_from(State))),
            draw(st.none() | st.sampled_from(State)),
        )
        for act in acts
    ]


@given(table=tables(), act=st.sampled_from(Act), state=st.sampled_from(State))
def test_an_act_is_possible_exactly_where_the_table_says(
    table: list[Transition[State, Act]], act: Act, state: State
) -> None:
    workflow = Workflow(table)
    declared = next((row for row in table if row.act is act and state in row.sources), None)
    assert (act in workflow.available(state)) is (declared is not None)
    if declared is None:
        with pytest.raises(IllegalTransition) as refused:
            workflow.target(act, state)
        assert (refused.value.act, refused.value.state) == (act, state)
    else:
        assert workflow.target(act, state) is (declared.target or state)


@given(table=tables(), state=st.sampled_from(State))
def test_what_is_available_stands_in_the_order_of_the_table(table: list[Transition[State, Act]], state: State) -> None:
    order = [row.act for row in table]
    available = Workflow(table).available(state)
    assert list(available) == sorted(available, key=order.index)


def test_an_act_that_was_done_already_is_refused_as_a_conflict() -> None:
    workflow = Workflow([Transition(Act.FINISH, frozenset({State.OPEN}), State.DONE)])
    assert workflow.target(Act.FINISH, State.OPEN) is State.DONE
    with pytest.raises(IllegalTransition) as refused:
        workflow.target(Act.FINISH, State.DONE)
    assert refused.value.status == 409


def test_an_act_declared_twice_is_an_error_of_the_table() -> None:
    twice = Transition(Act.HOLD, frozenset({State.OPEN}), State.HELD)
    with pytest.raises(ValueError, match="declared twice"):
        Workflow([twice, twice])


def test_an_act_may_lead_elsewhere_from_another_state() -> None:
    workflow = Workflow(
        [
            Transition(Act.FINISH, frozenset({State.OPEN}), State.DONE),
            Transition(Act.FINISH, frozenset({State.HELD}), State.OPEN),
        ]
    )
    assert workflow.target(Act.FINISH, State.OPEN) is State.DONE
    assert workflow.target(Act.FINISH, State.HELD) is State.OPEN
    assert workflow.available(State.HELD) == (Act.FINISH,)


def test_an_act_without_target_leaves_the_state() -> None:
    workflow = Workflow([Transition(Act.REMARK, frozenset(State), None)])
    assert [workflow.target(Act.REMARK, state) for state in State] == list(State)
