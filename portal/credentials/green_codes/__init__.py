"""The national green code (Art. 25): recorded from the national platform's export or from evidence, confirmed by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import Section, add_section
from portal.authorities.rules import Permission
from portal.credentials.green_codes import desk, my, queries, rules
from portal.credentials.members.my import Place, add_place
from portal.register.hooks import UnitPanel, add_unit_panel
from portal.register.models import Unit

DESK = Section(
    62, "green_codes.index", _l("National green code"), frozenset({Permission.CONFIRM_UNITS}), queries.waiting
)


def install(app: Flask) -> None:
    """Bind the enterprise's page, the desk's, and the part of the unit's public page."""
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(my.blueprint)
    add_section(app, DESK)
    add_place(app, Place(40, "my_green_code.index", _l("National green code")))
    add_unit_panel(app, UnitPanel(15, "green_codes/panel.html", _panel))
    app.jinja_env.globals.update(
        green_words={
            "sign": rules.SIGNS,
            "standing": rules.STANDING_LABELS,
            "tone": rules.TONES,
            "source": rules.SOURCE_LABELS,
        }
    )


def _panel(unit: Unit) -> Mapping[str, Any] | None:
    found = queries.shown(unit)
    return {"green": found} if found else None
