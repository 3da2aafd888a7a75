"""The department, the prefecture bureaus and the park committee; their staff, roles and permissions."""

from __future__ import annotations

from flask import Flask

from portal.authorities import accounts, audit_desk, desk, login


def install(app: Flask) -> None:
    """Bind login, the desk's frame, the accounts and the audit log."""
    login.install(app)
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(accounts.blueprint)
    app.register_blueprint(audit_desk.blueprint)
    accounts.install(app)
    audit_desk.install(app)
