"""Documents of every type: drafting, review by a second person, publication, withdrawal, attachments."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.content import commands, desk, findings, indexing, public
from portal.content.rules import TYPE_LABELS, DocumentType
from portal.foundation.web import add_navigation
from portal.search import register_source
from portal.search.findings import register_resolver


def install(app: Flask) -> None:
    """Bind the public pages, the desk, the source for search and the commands."""
    app.register_blueprint(public.blueprint)
    desk.install(app)
    commands.install(app)
    register_source(app, indexing.DocumentSource())
    register_resolver(app, indexing.KIND, findings.find)
    add_navigation(app, 10, "content.publicity", TYPE_LABELS[DocumentType.PUBLICITY])
    add_navigation(app, 20, "content.announcements", TYPE_LABELS[DocumentType.ANNOUNCEMENT])
    add_navigation(app, 60, "content.documents", _l("Policies and practices"), doc_type=str(DocumentType.POLICY))
