"""A unit's duties in one place (Art. 16, 19, 24): the yearly form, and what other features tell of; reminded by e-mail."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import Section, add_section
from portal.authorities.rules import Permission
from portal.credentials.duties import desk, my, queries, reminding, wording
from portal.credentials.members.my import Place, add_place
from portal.register.duties import add_duties


def install(app: Flask) -> None:
    """Bind the enterprise's page, the desk's, the mails, and the duty of the yearly form."""
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(my.blueprint)
    add_section(app, Section(61, "dynamic_forms.index", wording.FORM, frozenset({Permission.CONFIRM_UNITS})))
    add_place(app, Place(10, "my_duties.index", _l("What is due")))
    add_duties(app, queries.of_unit)
    reminding.install(app)
