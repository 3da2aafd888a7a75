"""What a unit has to do and by when, in one place: each feature tells of the duties that it knows of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from flask import Flask, current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.register.models import Unit

_EXTENSION = "portal.register.duties"


class DutyState(StrEnum):
    """Whose turn it is: the unit's, the authority's, or nobody's any more."""

    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"


DUTY_LABELS: Mapping[DutyState, LazyString] = {
    DutyState.OPEN: _l("To be done"),
    DutyState.WAITING: _l("Awaits confirmation"),
    DutyState.DONE: _l("Done"),
}
OVERDUE = _l("overdue")
TONES: Mapping[DutyState, str] = {DutyState.OPEN: "saffron", DutyState.WAITING: "lake", DutyState.DONE: "pine"}


@dataclass(frozen=True)
class Duty:
    """One thing to do.

    ``key`` names it for ever among those of its unit. ``title`` may stand in a mail and says nothing of its content;
    ``about`` is for the unit's people alone. ``how`` says how it is answered, ``endpoint`` with ``values`` where.
    """

    key: str
    title: LazyString
    due_on: date | None
    state: DutyState
    how: LazyString
    about: str = ""
    endpoint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    #: The feature's own word for the state.
    said: LazyString | None = None

    def is_overdue(self, today: date) -> bool:
        """Whether the unit has let its day pass."""
        return self.state is DutyState.OPEN and self.due_on is not None and self.due_on < today

    def label(self, today: date) -> LazyString:
        """The state in words."""
        if self.is_overdue(today):
            return OVERDUE
        return self.said or DUTY_LABELS[self.state]

    def tone(self, today: date) -> str:
        """The state's colour."""
        return "madder" if self.is_overdue(today) else TONES[self.state]


#: The duties of a unit as they stand on a day.
Source = Callable[[Unit, date], Iterable[Duty]]


def add_duties(app: Flask, source: Source) -> None:
    """Have the duties of one kind told. Called by a feature when it is installed."""
    app.extensions.setdefault(_EXTENSION, []).append(source)


def duties_of(unit: Unit, today: date) -> list[Duty]:
    """All duties of a unit: what the unit itself must do comes first, by its day."""
    sources: list[Source] = current_app.extensions.get(_EXTENSION, [])
    found = [duty for source in sources for duty in source(unit, today)]
    order = list(DutyState)
    return sorted(found, key=lambda duty: (order.index(duty.state), duty.due_on or date.max, duty.key))
