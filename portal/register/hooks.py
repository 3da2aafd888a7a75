"""Where higher packages join in: what happens in the register, told inside the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from blinker import Namespace
from flask import Flask, current_app

from portal.register.models import Unit

#: Sent with ``events`` (the acts of the ledger, a sequence, in their order) after they were applied to the tables and
#: written; the sender is the application. A receiver that raises refuses the acts, and nothing has happened.
acts_recorded = Namespace().signal("acts-recorded")


@dataclass(frozen=True)
class UnitPanel:
    """A feature's part of a unit's public page: what ``context`` gives for the unit, shown by ``template``; None for nothing."""

    order: int
    template: str
    context: Callable[[Unit], Mapping[str, Any] | None]


def add_unit_panel(app: Flask, panel: UnitPanel) -> None:
    """Give a feature its part of the units' pages. Called by the feature when it is installed."""
    panels = app.extensions.setdefault("portal.register.panels", [])
    panels.append(panel)
    panels.sort(key=lambda item: item.order)


def panels_of(unit: Unit) -> list[tuple[str, Mapping[str, Any]]]:
    """What the features above show of a unit: templates with their contexts, in order."""
    panels: list[UnitPanel] = current_app.extensions.get("portal.register.panels", [])
    told = ((panel.template, panel.context(unit)) for panel in panels)
    return [(template, context) for template, context in told if context is not None]


#: What the features above say of units, by id, in all languages: of some units, or of all where None is asked for.
UnitWords = Callable[[Collection[int] | None], Mapping[int, str]]


def add_unit_words(app: Flask, words: UnitWords) -> None:
    """Let units be found by what a feature says of them. Called by the feature when it is installed."""
    app.extensions.setdefault("portal.register.words", []).append(words)


def words_of(ids: Collection[int] | None) -> Mapping[int, str]:
    """What all features say of units."""
    told: dict[int, str] = {}
    sources: Iterable[UnitWords] = current_app.extensions.get("portal.register.words", ())
    for words in sources:
        for unit_id, text in words(ids).items():
            told[unit_id] = f"{told[unit_id]}\n{text}" if unit_id in told else text
    return told
