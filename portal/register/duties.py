"""What a unit has to do and by when, in one place: each feature tells of the duties that it knows of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from blinker import Namespace
from flask import Flask, current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities.models import Person
from portal.foundation.errors import NotFound
from portal.register.models import Unit

_EXTENSION, _PAGES = "portal.register.duties", "portal.register.duty_pages"
#: Sent by :func:`tell_unit`, inside the transaction of an act, with ``unit`` and the ``key`` of the duty that it concerns.
duty_news = Namespace().signal("duty-news")


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

    ``key``, a kind and a number such as ``form:2026``, names it for ever among those of its unit. ``title`` and ``ended``,
    how it ended and why, may stand in a mail and say nothing of its content; ``about`` is for the unit's people alone.
    ``how`` says how it is answered: on its own page where :func:`has_page`, else elsewhere.
    """

    key: str
    title: LazyString
    due_on: date | None
    state: DutyState
    how: LazyString
    about: str = ""
    ended: str = ""
    #: The feature's own word for the state.
    said: LazyString | None = None

    @property
    def place(self) -> tuple[str, int]:
        """The kind and the number of its key, which are the address of its page."""
        kind, _colon, number = self.key.partition(":")
        return kind, int(number)

    @property
    def has_page(self) -> bool:
        """Whether it has a page in the space of its unit."""
        return self.place[0] in current_app.extensions.get(_PAGES, {})

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


@dataclass(frozen=True)
class DutyPage:
    """The page of a duty: ``template`` is a part of a page and is given ``context``; ``status`` is the answer's."""

    title: LazyString
    about: str
    template: str
    context: Mapping[str, Any]
    status: int = 200


#: The duties of a unit as they stand on a day.
Source = Callable[[Unit, date], Iterable[Duty]]
#: Shows the duty of a number to a person of its unit, and takes what the request sends; None when something was taken.
#: NotFound is raised for a duty of any other unit.
PageSource = Callable[[Unit, int, Person], DutyPage | None]


def add_duties(app: Flask, source: Source) -> None:
    """Have the duties of one kind told. Called by a feature when it is installed."""
    app.extensions.setdefault(_EXTENSION, []).append(source)


def add_duty_page(app: Flask, kind: str, source: PageSource) -> None:
    """Give the duties of a kind pages in the space of their unit. Called by a feature when it is installed."""
    app.extensions.setdefault(_PAGES, {})[kind] = source


def duty_page(unit: Unit, kind: str, number: int, by: Person) -> DutyPage | None:
    """The page of a duty for a person of its unit; None when what the request sent was taken.

    Raises:
        NotFound: the unit has no such duty, or duties of this kind have no pages.
    """
    source: PageSource | None = current_app.extensions.get(_PAGES, {}).get(kind)
    if source is None:
        raise NotFound
    return source(unit, number, by)


def tell_unit(unit: Unit, key: str) -> None:
    """Say that something became of a duty, within the act by which it did; the unit's people are told."""
    duty_news.send(current_app._get_current_object(), unit=unit, key=key)  # type: ignore[attr-defined] # noqa: SLF001


def duties_of(unit: Unit, today: date) -> list[Duty]:
    """All duties of a unit: what the unit itself must do comes first, by its day."""
    sources: list[Source] = current_app.extensions.get(_EXTENSION, [])
    found = [duty for source in sources for duty in source(unit, today)]
    order = list(DutyState)
    return sorted(found, key=lambda duty: (order.index(duty.state), duty.due_on or date.max, duty.key))
