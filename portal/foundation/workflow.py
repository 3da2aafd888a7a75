"""States and transitions, declared as tables by the features and enforced here for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from portal.foundation.errors import DomainError

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


@dataclass(frozen=True)
class Transition(Generic[S, A]):
    """One act: from which states it may be done, and the state it leaves the thing in (None: the same)."""

    act: A
    sources: frozenset[S]
    target: S | None
    article: str = ""


class IllegalTransition(DomainError):
    """The act cannot be done in this state: done already, or the thing has moved on."""

    status = 409

    def __init__(self, act: StrEnum, state: StrEnum) -> None:
        self.act, self.state = act, state
        super().__init__(f"{act} is not possible from {state}")


class Workflow(Generic[S, A]):
    """A table of transitions, looked up by act and state. An act may lead elsewhere from another state, in a row of its own."""

    def __init__(self, transitions: Iterable[Transition[S, A]]) -> None:
        self.transitions = tuple(transitions)
        self._by_step: dict[tuple[A, S], Transition[S, A]] = {}
        for transition in self.transitions:
            for source in transition.sources:
                if (transition.act, source) in self._by_step:
                    raise ValueError("an act is declared twice for one state")
                self._by_step[transition.act, source] = transition

    def target(self, act: A, state: S) -> S:
        """The state after ``act``.

        Raises:
            IllegalTransition: where the act is not possible in ``state``.
        """
        transition = self._by_step.get((act, state))
        if transition is None:
            raise IllegalTransition(act, state)
        return transition.target or state

    def available(self, state: S) -> tuple[A, ...]:
        """The acts that are possible in ``state``, in the order of the table."""
        return tuple(transition.act for transition in self.transitions if state in transition.sources)
