"""Changes that an enterprise states itself, in its own space (Art. 19); the register takes them from there."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.credentials.changes import my
from portal.credentials.members.my import Place, add_place


def install(app: Flask) -> None:
    """Bind the enterprise's page."""
    app.register_blueprint(my.blueprint)
    add_place(app, Place(20, "my_changes.index", _l("Change statements")))
