"""A page to keep: it checks list credentials without the portal, with the keys and the list of revocations in it."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from portal.credentials import credential
from portal.credentials.public import FRESH
from portal.credentials.rules import STANDING_LABELS, Standing
from portal.foundation import clock
from portal.foundation.web import LANGUAGE_PREFIX
from portal.settings import ROOT
from portal.vault import current_vault

blueprint = Blueprint("offline", __name__, url_prefix=LANGUAGE_PREFIX + "/verify/offline.html")
STATIC = ROOT / "static"


@blueprint.get("")
def page() -> ResponseReturnValue:
    """The page as one file. It is only ever kept: on this site no script may stand inside of a page."""
    made = render_template(
        "credentials/offline.html",
        words=_words(),
        kept={"keys": current_vault().signing.jwks(), "list": credential.signed_list(0) or ""},
        as_of=clock.now(),
        style=_part("css/offline.css"),
        script=_part("js/offline.js"),
    )
    answered = Response(made, mimetype="text/html")
    answered.headers.set("Content-Disposition", "attachment", filename="verify-offline.html")
    answered.headers["Cache-Control"] = FRESH
    return answered


def _words() -> dict[str, str]:
    return {
        "title": _("Check a credential without the portal"),
        "kept": _("Keys and list of revocations in this page are of"),
        "token": _("Signed text"),
        "file": _("Or the signed text as a file"),
        "newer": _("Newer keys and list of revocations"),
        "revocations": _("List of revocations"),
        "check": _("Check"),
        "script": _("This page works with scripts only: it computes the signature by itself."),
        "genuine": str(STANDING_LABELS[Standing.IN_FORCE]),
        "revoked": str(STANDING_LABELS[Standing.NOT_IN_FORCE]),
        "expired": _("Genuine, but out of date. A new credential can be fetched from the portal."),
        "unknown": _(
            "Genuine, but whether it is in force cannot be said: the list of revocations is missing or too old."
        ),
        "foreign": _("This portal did not sign this text."),
        "unit": _("Unit"),
        "list": _("List credential"),
        "year": _("Year"),
        "code": _("Code"),
        "asOf": _("As of"),
    }


@cache
def _part(name: str) -> Markup:
    """A file of our own, to stand inside the page."""
    return Markup((STATIC / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file
