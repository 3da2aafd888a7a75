"""What the portal itself vouches for: list membership, as a code that anybody can check (Art. 3, 13, 18, 19)."""

from __future__ import annotations

from flask import Flask

from portal.credentials import (
    batch_page,
    changes,
    documents,
    duties,
    green_codes,
    members,
    offline,
    profile,
    public,
    services,
    showing,
)
from portal.register.hooks import UnitPanel, acts_recorded, add_unit_panel


def install(app: Flask) -> None:
    """Bind the pages of codes, the signed credentials, and what follows an act of the register."""
    app.register_blueprint(public.blueprint)
    app.register_blueprint(public.short)
    # Before the page of a code, which any word could be.
    app.register_blueprint(batch_page.blueprint)
    app.register_blueprint(offline.blueprint)
    app.register_blueprint(showing.blueprint)
    app.register_blueprint(showing.images)
    acts_recorded.connect(services.on_acts_recorded)
    add_unit_panel(app, UnitPanel(10, "credentials/unit_codes.html", public.codes_of_unit))
    documents.install(app)
    members.install(app)
    duties.install(app)
    changes.install(app)
    green_codes.install(app)
    profile.install(app)
