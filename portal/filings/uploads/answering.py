"""The tus protocol as answers to requests. A feature's views say whose draft it is; everything else is said here.

A view for the collection and one for each upload, as in ``complaints``::

    @blueprint.route("/new/uploads", methods=answering.COLLECTION)
    def uploads():
        return answering.collection(draft, lambda handle: url_for("complaints.upload", handle=handle))
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import BinaryIO, cast

from flask import Response, current_app, request
from werkzeug.http import http_date

from portal.filings.drafts.models import FilingDraft
from portal.filings.taking import NotTaken
from portal.filings.uploads import protocol, services
from portal.filings.uploads.errors import NoSeat
from portal.filings.uploads.protocol import MEDIA_TYPE, Checksum, Malformed
from portal.filings.uploads.services import Progress
from portal.filings.uploads.slowness import cut_slow_lines
from portal.foundation.errors import DomainError
from portal.vault import current_vault

COLLECTION = ["OPTIONS", "POST"]
#: ``POST`` is there for clients that cannot send the others and name the one they mean in a header.
RESOURCE = ["OPTIONS", "HEAD", "PATCH", "DELETE", "POST"]

#: Requests that may bring bytes at once in one process, so that threads are left for pages.
SEATS = 5
_seats = threading.BoundedSemaphore(SEATS)
_WAIT_SECONDS = "2"

Owner = Callable[[], FilingDraft]


def collection(owner: Owner, address: Callable[[str], str]) -> Response:
    """Answer a request to the address where uploads begin.

    Args:
        owner: the draft of whoever asks; it may refuse.
        address: of an upload, from its handle.
    """
    if request.method == "OPTIONS":
        return _abilities()
    return _answer(lambda: _create(owner(), address))


def resource(owner: Owner, handle: str) -> Response:
    """Answer a request to the address of one upload of the draft of whoever asks."""
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    if method == "OPTIONS":
        return _abilities()
    acts: dict[str, Callable[[FilingDraft, str], Response]] = {"HEAD": _tell, "PATCH": _receive, "DELETE": _end}
    act = acts.get(method)
    if act is None:
        return _plain(405, "HEAD, PATCH and DELETE are what can be done here.")
    return _answer(lambda: act(owner(), handle))


def _abilities() -> Response:
    response = _plain(204)
    response.headers["Tus-Version"] = protocol.VERSION
    response.headers["Tus-Extension"] = protocol.EXTENSIONS
    response.headers["Tus-Max-Size"] = str(current_vault().max_evidence_bytes)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(protocol.CHECKSUMS)
    return response


def _answer(act: Callable[[], Response]) -> Response:
    """Do what is asked, in the version that both speak; a refusal is one sentence that can be shown."""
    if request.headers.get("Tus-Resumable") != protocol.VERSION:
        response = _plain(412, f"Tus-Resumable must be {protocol.VERSION}.")
        response.headers["Tus-Version"] = protocol.VERSION
        return response
    try:
        return act()
    except Malformed as fault:
        return _plain(400, f"{fault.args[0]}.")
    except NotTaken as refused:
        # A limit that was met is no fault of the file's type.
        return _plain(getattr(refused.__cause__, "status", 413), str(refused.why))
    except DomainError as refused:
        response = _plain(refused.status, str(refused.message))
        if isinstance(refused, NoSeat):
            response.headers["Retry-After"] = _WAIT_SECONDS
        return response


def _create(draft: FilingDraft, address: Callable[[str], str]) -> Response:
    if "Upload-Defer-Length" in request.headers:
        raise Malformed("Upload-Defer-Length is not offered: Upload-Length must be a number of bytes")
    length = protocol.number(request.headers.get("Upload-Length"), "Upload-Length")
    brings = _brings_bytes()
    checksum = _checksum()
    made = services.announce(draft, length, request.headers.get("Upload-Metadata", ""))
    response = _plain(201)
    if brings:
        made = _take(draft, made.handle, 0, checksum)
        response.headers["Upload-Offset"] = str(made.offset)
    response.headers["Location"] = address(made.handle)
    return _dated(response, made)


def _tell(draft: FilingDraft, handle: str) -> Response:
    found = services.progress(draft, handle)
    response = _plain(200)
    response.headers["Upload-Offset"] = str(found.offset)
    response.headers["Upload-Length"] = str(found.length)
    if found.metadata:
        response.headers["Upload-Metadata"] = found.metadata
    return _dated(response, found)


def _receive(draft: FilingDraft, handle: str) -> Response:
    if request.mimetype != MEDIA_TYPE:
        return _plain(415, f"Content-Type must be {MEDIA_TYPE}.")
    offset = protocol.number(request.headers.get("Upload-Offset"), "Upload-Offset")
    received = _take(draft, handle, offset, _checksum())
    response = _plain(204)
    response.headers["Upload-Offset"] = str(received.offset)
    return _dated(response, received)


def _end(draft: FilingDraft, handle: str) -> Response:
    services.give_up(draft, handle)
    return _plain(204)


def _take(draft: FilingDraft, handle: str, offset: int, checksum: Checksum | None) -> Progress:
    if not _seats.acquire(blocking=False):
        # Whoever asks again finds the place of a line that is too slow.
        cut_slow_lines(current_app.extensions["portal.settings"].port)
        raise NoSeat
    try:
        # The bytes come from the line as they arrive, and are never written anywhere in clear.
        return services.receive(
            draft, handle, offset, cast("BinaryIO", request.stream), size=request.content_length, checksum=checksum
        )
    finally:
        _seats.release()


def _brings_bytes() -> bool:
    """Whether a request to begin an upload has its first bytes with it."""
    if request.mimetype == MEDIA_TYPE:
        return True
    if request.content_length:
        raise Malformed(f"Content-Type must be {MEDIA_TYPE} where bytes are sent")
    return False


def _checksum() -> Checksum | None:
    value = request.headers.get("Upload-Checksum")
    return Checksum.read(value) if value is not None else None


def _dated(response: Response, upload: Progress) -> Response:
    response.headers["Upload-Expires"] = http_date(upload.expires_at)
    return response


def _plain(status: int, sentence: str = "") -> Response:
    response = Response(sentence, mimetype="text/plain")
    response.status = protocol.MISMATCH if status == protocol.MISMATCH_STATUS else str(status)
    return response


def sign(response: Response) -> Response:
    """What every answer of the protocol carries, a refusal by others too. A blueprint calls it after its requests."""
    response.headers["Tus-Resumable"] = protocol.VERSION
    response.headers["Cache-Control"] = "no-store"
    return response
