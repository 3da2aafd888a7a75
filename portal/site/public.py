"""The home page and the pages about the site."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.foundation.web import LANGUAGE_PREFIX

blueprint = Blueprint("site", __name__, url_prefix=LANGUAGE_PREFIX)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Open publicity windows, latest announcements, search, ways in."""
    return render_template("site/home.html")


@blueprint.get("/about")
def about() -> ResponseReturnValue:
    """What the portal is, and on what law it rests."""
    return render_template("site/about.html")


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """What was done so that everybody can read, and what is still missing."""
    return render_template("site/accessibility.html")


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Full-text search over everything."""
    return render_template("site/search.html")


@blueprint.get("/feed.atom")
def feed() -> ResponseReturnValue:
    """The latest publications."""
    return render_template("site/feed.atom"), {"Content-Type": "application/atom+xml; charset=utf-8"}
