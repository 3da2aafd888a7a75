"""Where higher packages join in: what follows a changed calendar, and what the codes of a list are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from blinker import Namespace
from flask import Flask, current_app
from flask_babel import LazyString

from portal.rulebook.rules import Rule

#: Sent inside the transaction with ``by``, the person who changed the calendar; the sender is the application. What
#: runs is computed anew here: a window or a deadline that was promised may become longer, never shorter.
calendar_changed = Namespace().signal("calendar-changed")


def add_options(app: Flask, rules: Iterable[Rule], labels: Mapping[Any, LazyString]) -> None:
    """Say which codes the lists of some rules may hold, and what each is called."""
    options: dict[Rule, dict[str, LazyString]] = app.extensions.setdefault("portal.rulebook.options", {})
    for rule in rules:
        options[rule] = {str(code): label for code, label in labels.items()}


def options_of(rule: Rule) -> Mapping[str, LazyString]:
    """The codes that the list of a rule may hold, with what each is called; none for other rules."""
    options: dict[Rule, dict[str, LazyString]] = current_app.extensions.get("portal.rulebook.options", {})
    return options.get(rule, {})
