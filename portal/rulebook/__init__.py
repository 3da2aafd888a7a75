"""Dated numbers and lists of the procedure, each with its source and the day from which it holds; the calendar."""

from __future__ import annotations

from flask import Flask

from portal.foundation.workdays import WHY_LABELS
from portal.rulebook import calendar_desk, desk, hooks, public, wording
from portal.rulebook.citing import cite
from portal.rulebook.rules import KINDS, Rule

CONDITIONS = (Rule.CONDITIONS_FACTORY, Rule.CONDITIONS_PARK, Rule.CONDITIONS_SUPPLY_CHAIN)


def install(app: Flask) -> None:
    """Bind the public page and the two desks."""
    app.register_blueprint(public.blueprint)
    desk.install(app)
    calendar_desk.install(app)
    hooks.add_options(app, CONDITIONS, wording.CONDITION_LABELS)
    app.jinja_env.filters["cite"] = cite
    app.jinja_env.globals.update(
        rule_labels=wording.RULE_LABELS,
        rule_in_words=wording.in_words,
        rule_kinds=KINDS,
        basis_labels=wording.BASIS_LABELS,
        why_labels=WHY_LABELS,
        weekday=wording.weekday,
    )
