"""Who speaks for a unit: claims of a unit, the people who belong to it, and their place in the portal."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import Section, add_section
from portal.authorities.rules import Permission
from portal.credentials.members import claiming, desk, my, queries, telling


def install(app: Flask) -> None:
    """Bind the claim, the enterprises' space and the authorities' desk."""
    app.register_blueprint(claiming.blueprint)
    app.register_blueprint(my.blueprint)
    app.register_blueprint(desk.blueprint)
    telling.install(app)
    my.add_place(app, my.Place(0, "my.unit", _l("Unit")))
    my.add_place(app, my.Place(90, "my.people", _l("People")))
    add_section(
        app,
        Section(
            60, "enterprises.index", _l("Enterprises"), frozenset({Permission.CONFIRM_UNITS}), queries.waiting_claims
        ),
    )
