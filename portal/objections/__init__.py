"""Objections against candidates while their publicity is open (Art. 13), from filing to decision."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import Section, add_section
from portal.foundation.web import add_private_path
from portal.objections import desk, public, queries, rules
from portal.objections.services.recomputing import on_calendar_changed
from portal.register.batches.holds import add_holds
from portal.rulebook.hooks import calendar_changed


def install(app: Flask) -> None:
    """Bind the objector's pages and the department's queue, and let objections hold candidates back."""
    app.register_blueprint(public.blueprint)
    app.register_blueprint(desk.blueprint)
    add_private_path(app, "objections/")
    calendar_changed.connect(on_calendar_changed)
    add_holds(app, queries.against)
    add_section(app, Section(45, "objections_desk.queue", _l("Objections"), frozenset({rules.STAFF}), queries.waiting))
    app.jinja_env.globals.update(
        objection_words={
            "status": rules.STATUS_LABELS,
            "tone": rules.STATUS_TONES,
            "sentence": rules.STATUS_SENTENCES,
            "act": rules.ACT_LABELS,
            "order": rules.STAFF_ACTS,
            "ground": rules.SUSTAIN_LABELS,
        }
    )
