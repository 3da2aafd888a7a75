"""What a unit shows of itself: technologies, practices, disclosures, reports, pictures, figures (Art. 28)."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import Section, add_section
from portal.authorities.rules import Permission
from portal.credentials.members.my import Place, add_place
from portal.credentials.profile import desk, my, public, queries, telling
from portal.register.hooks import UnitPanel, add_unit_panel, add_unit_words


def install(app: Flask) -> None:
    """Bind the public showcase, the unit's own pages and the authorities' desk."""
    app.register_blueprint(public.blueprint)
    app.register_blueprint(my.blueprint)
    app.register_blueprint(desk.blueprint)
    telling.install(app)
    add_unit_panel(app, UnitPanel(20, "showcase/panel.html", public.panel_of))
    add_unit_words(app, queries.words_of)
    add_place(app, Place(50, "profile.index", _l("Showcase")))
    add_section(
        app,
        Section(62, "showcase_desk.index", _l("Showcase"), frozenset({Permission.CONFIRM_UNITS}), queries.waiting),
    )
