"""The rounds' desk: what stands in a round, what is missing, and what can be done now."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import Section, add_section
from portal.register.batches import queries
from portal.register.batches.desk import candidates, rounds
from portal.register.batches.desk.frame import TAKE_PART, blueprint

__all__ = ["candidates", "install", "rounds"]


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    app.register_blueprint(blueprint)
    add_section(app, Section(35, "batches_desk.index", _l("Batches"), frozenset(TAKE_PART), queries.waiting))
