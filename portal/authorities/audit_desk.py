"""The audit log's page, for the auditor."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.desk import Section, add_section, staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.foundation import audit
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db

blueprint = Blueprint("audit", __name__, url_prefix="/desk/audit")
PER_PAGE = 50


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    add_section(app, Section(90, "audit.index", _l("Audit log"), frozenset({Permission.READ_AUDIT})))


@blueprint.get("/")
@staff(Permission.READ_AUDIT)
def index(_person: Person) -> ResponseReturnValue:
    """The records, newest first, by act, actor or subject; on request the whole chain is walked."""
    query = select(AuditRecord).order_by(AuditRecord.id.desc())
    wanted = {name: request.args.get(name, "").strip()[:80] for name in ("action", "actor", "subject")}
    for name, value in wanted.items():
        if value:
            query = query.where(getattr(AuditRecord, name).startswith(value, autoescape=True))
    page = db.paginate(query, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    checked = request.args.get("check") == "1"
    return render_template(
        "desk/audit.html", page=page, wanted=wanted, checked=checked, broken=audit.verify() if checked else None
    )
