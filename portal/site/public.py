"""The home page, the search page, the pages about the site, the feed."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal.authorities import queries as authority_queries
from portal.content import queries as content_queries
from portal.content.addresses import document_url
from portal.content.rules import COLLECTED_TYPES, TYPE_LABELS, DocumentType
from portal.foundation import clock
from portal.foundation.web import LANGUAGE_PREFIX
from portal.register import queries as register_queries
from portal.register.batches.queries import counts_of_notices
from portal.register.queries import Scope
from portal.register.queries.facts import facts
from portal.register.rules import CATEGORY_LABELS, LEVEL_LABELS
from portal.site import feed as atom
from portal.site import searching, showing
from portal.site import statistics as counting

blueprint = Blueprint("site", __name__, url_prefix=LANGUAGE_PREFIX)
LATEST = 6
#: The home page's latest documents leave publicity out: its open windows stand above.
READ_AT_HOME = (DocumentType.ANNOUNCEMENT, *COLLECTED_TYPES)


@blueprint.context_processor
def _words() -> dict[str, object]:
    """``has(endpoint)``: a composed page links only to what is there."""
    return {"has": current_app.view_functions.__contains__}


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Open publicity windows, ways in, the latest documents, the lists in numbers."""
    windows = register_queries.open_windows(clock.today())
    return render_template(
        "site/home.html",
        windows=windows,
        candidates=counts_of_notices([item.document.id for item in windows]) if windows else {},
        latest=content_queries.latest(READ_AT_HOME, LATEST),
        numbers=register_queries.numbers(),
        authorities=authority_queries.authorities(),
        type_labels=TYPE_LABELS,
        level_labels=LEVEL_LABELS,
        category_labels=CATEGORY_LABELS,
        document_url=document_url,
    )


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Full-text search over everything, the region's units first among equals."""
    wanted = searching.parse(request.args)
    found = searching.run(wanted)
    return render_template("site/search.html", wanted=wanted, found=found, header_query=wanted.q, **searching.words())


@blueprint.get("/statistics")
def statistics() -> ResponseReturnValue:
    """The lists in numbers, drawn and told; the region's units unless everything is asked for."""
    scope = Scope.ALL if request.args.get("scope") == Scope.ALL else Scope.REGION
    numbers = counting.statistics(facts(scope), scope, clock.today())
    return render_template("site/statistics.html", numbers=numbers, **showing.words(numbers))


@blueprint.get("/about")
def about() -> ResponseReturnValue:
    """What the portal is, and on what law and on which lists it rests."""
    return render_template("site/about.html", authorities=authority_queries.authorities())


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """What was done so that everybody can read, and what is still missing."""
    return render_template("site/accessibility.html")


@blueprint.get("/feed.atom")
def feed() -> ResponseReturnValue:
    """The latest publications, as Atom."""
    return Response(atom.latest(), content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/lists/changes.atom")
def changes_feed() -> ResponseReturnValue:
    """The latest acts of the register, as Atom."""
    return Response(atom.register_changes(), content_type="application/atom+xml; charset=utf-8")
