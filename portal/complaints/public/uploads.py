"""Large files of a draft, in pieces over a line that may break (tus 1.0), and what hides in its files."""

from __future__ import annotations

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.complaints import queries
from portal.complaints.models import Case
from portal.complaints.public.following import FOLLOWING, reply_draft
from portal.complaints.public.frame import blueprint
from portal.complaints.public.resuming import with_draft
from portal.extensions import limiter
from portal.filings.drafts import details, holding
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import FilingDraft
from portal.filings.following import Following, followed
from portal.filings.rules import DraftKind
from portal.filings.taking import NotTaken
from portal.filings.uploads import answering, services
from portal.foundation.languages import current_language
from portal.settings import Settings
from portal.vault import parts
from portal.vault.metadata import DETAIL_LABELS

SPOKEN = {f"complaints.{view}" for view in ("uploads", "upload", "reply_uploads", "reply_upload")}


@blueprint.route("/new/uploads", methods=answering.COLLECTION)
@limiter.limit("300 per hour", methods=["POST"])
def uploads() -> ResponseReturnValue:
    """Announce a file of the draft that this browser writes on."""
    return answering.collection(holding.held, lambda handle: url_for("complaints.upload", handle=handle))


@blueprint.route("/new/uploads/<handle>", methods=answering.RESOURCE)
def upload(handle: str) -> ResponseReturnValue:
    """How far a file is, its bytes, or its end."""
    return answering.resource(holding.held, handle)


@blueprint.route("/status/uploads", methods=answering.COLLECTION)
@limiter.limit("300 per hour", methods=["POST"])
def reply_uploads() -> ResponseReturnValue:
    """Announce a file of a message to the case that this browser follows."""
    return answering.collection(_begun_reply, lambda handle: url_for("complaints.reply_upload", handle=handle))


@blueprint.route("/status/uploads/<handle>", methods=answering.RESOURCE)
def reply_upload(handle: str) -> ResponseReturnValue:
    """How far a file of a message is, its bytes, or its end."""
    return answering.resource(lambda: holding.held(DraftKind.REPLY), handle)


@blueprint.post("/status/drop")
@followed
def reply_drop(following: Following[Case], case_id: int) -> ResponseReturnValue:
    """Take a file out of a message that has not been sent."""
    draft, dropped = reply_draft(queries.case_by_id(case_id)), request.form.get("drop", type=int)
    if draft is not None and dropped is not None:
        drafts.drop_file(draft, dropped)
    return following.back(_anchor="reply")


def _begun_reply() -> FilingDraft:
    """The message that this browser writes to the case it follows, begun where there is none.

    Raises:
        DraftGone: it follows none, or one that has ended.
    """
    case_id = FOLLOWING.held()
    if case_id is None or not (case := queries.case_by_id(case_id)).is_open:
        raise drafts.DraftGone
    draft = reply_draft(case)
    if draft is None:
        draft = drafts.start_reply(case, current_language())
        holding.hold(draft)
    return draft


@blueprint.after_request
def sign_uploads(response: Response) -> Response:
    """Every answer of the protocol says its version, also where the request was refused before it came to a view."""
    return answering.sign(response) if request.endpoint in SPOKEN else response


@blueprint.post("/new/material/<int:file_id>")
@limiter.limit("200 per hour")
@with_draft
def hidden_details(draft: FilingDraft, file_id: int) -> ResponseReturnValue:
    """Send a file as it is, or a copy of it without what hides in it."""
    if request.form.get("what") != "clean":
        details.keep(draft, file_id)
        return redirect(url_for("complaints.material", _anchor="files"))
    try:
        details.clean(draft, file_id)
    except (details.CannotClean, NotTaken):
        return redirect(url_for("complaints.material", uncleaned=file_id, _anchor="files"))
    return redirect(url_for("complaints.material", _anchor="files"))


@blueprint.context_processor
def material_words() -> dict[str, object]:
    """What the page of the material asks for."""
    return {
        "sends_in_pieces": _sends_in_pieces,
        # A piece fills one part; a longer one would be put away in several.
        "upload_piece": parts.LARGEST,
        "uploads_of": services.on_their_way,
        "hidden_in": details.look_through,
        "detail_labels": DETAIL_LABELS,
        "draft_file_name": drafts.file_name,
    }


def _sends_in_pieces() -> bool:
    """Whether the client for it was fetched; without it, the field for files does the work."""
    settings: Settings = current_app.extensions["portal.settings"]
    return (settings.assets_dir / "tus.js").is_file()
