"""Units, list entries, agencies and their ledger; publicity windows; removal and exclusion."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.foundation.web import add_navigation
from portal.register import batches, commands, desk, findings, indexing, notices, public
from portal.register.changes import desk as changes_desk
from portal.register.changes import duties as changes_duties
from portal.register.duties import add_duties, add_duty_page
from portal.register.rules import CATEGORY_LABELS, REMOVAL_LABELS
from portal.rulebook.hooks import add_options
from portal.rulebook.rules import Rule
from portal.search import register_source
from portal.search.findings import register_resolver


def install(app: Flask) -> None:
    """Bind the public pages, the desk, the sources for search, the commands and what follows a publication."""
    app.register_blueprint(public.blueprint)
    desk.install(app)
    changes_desk.install(app)
    add_duties(app, changes_duties.of_unit)
    add_duty_page(app, changes_duties.KIND, changes_duties.page)
    commands.install(app)
    notices.install(app)
    batches.install(app)
    register_source(app, indexing.UnitSource())
    register_source(app, indexing.AgencySource())
    register_resolver(app, "unit", findings.find_units)
    register_resolver(app, "agency", findings.find_agencies)
    add_options(app, (Rule.CATEGORIES_NATIONAL, Rule.CATEGORIES_REGIONAL, Rule.CATEGORIES_PREFECTURAL), CATEGORY_LABELS)
    add_options(app, (Rule.REMOVAL_GROUNDS, Rule.REMOVAL_GROUNDS_AT_ONCE), REMOVAL_LABELS)
    add_navigation(app, 30, "register.lists", _l("Lists"))
