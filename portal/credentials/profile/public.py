"""Profiles as anyone sees them: on the page of the unit, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.content import attachments
from portal.credentials.profile import files, queries
from portal.credentials.profile.files import SMALL_NAME
from portal.credentials.profile.models import ProfileFile, UnitProfile
from portal.credentials.profile.rules import MEASURE_LABELS, SECTION_LABELS, FileKind
from portal.filings import opening
from portal.foundation.errors import NotFound
from portal.foundation.web import LANGUAGE_PREFIX
from portal.register.models import Unit
from portal.vault.store import FileMissing

blueprint = Blueprint("showcase", __name__, url_prefix=LANGUAGE_PREFIX + "/showcase")
#: Short, so that a withdrawn file is soon gone from every cache.
FILE_CACHE = "public, max-age=60"


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The units that show something, the newest first."""
    number = request.args.get("page", "1")
    page = queries.published(int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1)
    return render_template("showcase/list.html", page=page, file_url=public_url)


@blueprint.get("/files/<int:file_id>/<name>")
@opening.sandbox
def file(file_id: int, name: str) -> ResponseReturnValue:
    """A file of a published profile."""
    found = queries.public_file(file_id)
    small = found.kind is FileKind.PICTURE and name == SMALL_NAME
    if name != found.name and not small:
        raise NotFound
    response = sent(found, small=small)
    response.headers["Cache-Control"] = FILE_CACHE
    response.set_etag(found.sha256 + "-small" * small)
    return response.make_conditional(request)


def panel_of(unit: Unit) -> Mapping[str, Any] | None:
    """What a unit shows on its public page; None for nothing."""
    profile = queries.published_version(unit.id)
    return None if profile is None else shown(profile)


def shown(profile: UnitProfile) -> dict[str, Any]:
    """What the drawing of a profile needs, wherever it is drawn."""
    return {
        "profile": profile,
        "series": queries.series_of(profile),
        "is_listed": any(entry.public_status == "active" for entry in profile.unit.entries),
        "section_labels": SECTION_LABELS,
        "measure_labels": MEASURE_LABELS,
        "file_url": public_url,
        "whole": False,
    }


def public_url(item: ProfileFile, *, small: bool = False) -> str:
    """The public address of a file, or of the smaller form of a picture."""
    return url_for("showcase.file", file_id=item.id, name=SMALL_NAME if small else item.name)


def sent(found: ProfileFile, *, small: bool = False) -> Response:
    """A file as an answer: a picture to look at, which the portal drew itself; anything else only to keep.

    Raises:
        NotFound: the store has lost it.
    """
    try:
        content = [files.small(found)] if small else attachments.read(found.store_key)
    except FileMissing:
        raise NotFound from None
    response = Response(content, content_type=found.media_type, direct_passthrough=True)
    if found.kind is not FileKind.PICTURE:
        response.headers.set("Content-Disposition", "attachment", filename=found.name)
    response.headers["Content-Length"] = str(len(content[0]) if isinstance(content, list) else found.size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
