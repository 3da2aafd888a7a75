"""The page where anybody checks what the portal signed, and the keys for those who check elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from flask import Blueprint, Flask, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from portal.extensions import csrf, limiter
from portal.filings import receipts
from portal.foundation.web import LANGUAGE_PREFIX, add_navigation
from portal.site.forms import CheckForm
from portal.vault import current_vault, signing
from portal.vault.signing import LONGEST, Described, NotGenuine, Reason, Statement

blueprint = Blueprint("verify", __name__, url_prefix=LANGUAGE_PREFIX + "/verify")
keys = Blueprint("keys", __name__)
CHUNK = 1024 * 1024
MOST_FILES = 50
LONGEST_SHOWN = 20_000
LONGEST_CODE = 60

WHY: dict[Reason, LazyString] = {
    Reason.MALFORMED: _l("This is not a whole signed text. Please paste all of it, or choose the file."),
    Reason.BAD_SIGNATURE: _l("This text was changed after it was signed."),
    Reason.UNKNOWN_KEY: _l("This portal did not sign this text."),
    Reason.WRONG_ALGORITHM: _l("This portal did not sign this text."),
    Reason.WRONG_TYPE: _l("This portal signed this text, but this page cannot read it."),
}


@dataclass(frozen=True)
class Compared:
    """One file that was compared with a receipt: its digest, and whether the receipt vouches for it."""

    name: str
    sha256: str
    vouched: bool


@dataclass(frozen=True)
class Answer:
    """What came of a check: genuine, with what it says, or not, with the reason."""

    genuine: bool
    why: LazyString | str = ""
    statement: Statement | None = None
    described: Described | None = None
    compared: Sequence[Compared] = field(default_factory=tuple)


def install(app: Flask) -> None:
    """Bind the page and the keys, and let receipts be told."""
    app.register_blueprint(blueprint)
    app.register_blueprint(keys)
    add_navigation(app, 45, "verify.page", _l("Verify a code"))
    signing.add_document(app, receipts.TYP, receipts.describe)
    app.jinja_env.globals["signed_receipts"] = receipts.of


@keys.get("/.well-known/jwks.json")
def jwks() -> ResponseReturnValue:
    """The public keys of everything that the portal signed, the replaced ones too (RFC 7517)."""
    answer = jsonify(current_vault().signing.jwks())
    answer.content_type = "application/jwk-set+json"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    # Whoever builds a checker on a page of their own may read them there.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """Ask for a code or for a signed text; a code that was typed leads to its answer."""
    if typed := request.args.get("code", "").strip()[:LONGEST_CODE].replace("/", "-"):
        return redirect(url_for("credentials.answer", code=typed))
    return render_template("site/verify.html", form=CheckForm(formdata=None), answer=None)


@blueprint.post("/")
@csrf.exempt  # type: ignore[untyped-decorator]  # the library has no types
@limiter.limit("60 per minute")
def check() -> ResponseReturnValue:
    """Say whether a signed text is genuine, and what it says. Nothing of what is sent is kept."""
    form = CheckForm(formdata=request.form)
    token = _sent_text(form.text.data or "")
    answer = _check(token) if token else Answer(genuine=False, why=WHY[Reason.MALFORMED])
    form.text.data = token if len(token) <= LONGEST_SHOWN else ""
    page = render_template("site/verify.html", form=form, answer=answer)
    return page, 200 if answer.genuine else 422, {"Cache-Control": "no-store"}


def _check(token: str) -> Answer:
    try:
        statement = current_vault().signing.open(token)
    except NotGenuine as not_ours:
        return Answer(genuine=False, why=WHY[not_ours.reason])
    described = signing.describe(current_app._get_current_object(), statement)  # type: ignore[attr-defined]  # noqa: SLF001 - the registry is the application's
    why = "" if described is not None else WHY[Reason.WRONG_TYPE]
    return Answer(True, why, statement, described, _compare(described) if described is not None else ())


def _sent_text(typed: str) -> str:
    """The signed text, from the field or from the file; nothing where it is longer than any of ours."""
    upload = request.files.get("document")
    if upload is not None and upload.filename:
        text = upload.stream.read(LONGEST + 1).decode("ascii", errors="replace")
    else:
        text = typed
    # A text that came through an e-mail or from paper has line breaks in it.
    return "".join(text.split())[:LONGEST]


def _compare(described: Described) -> list[Compared]:
    """The files that came along, and the digests that the browser made of them instead."""
    uploads = [item for item in request.files.getlist("file") if item and item.filename]
    made = [(item.filename or "", _digest(item)) for item in uploads[:MOST_FILES]]
    made += [("", digest.strip().lower()) for digest in request.form.getlist("sha256")[:MOST_FILES] if digest.strip()]
    return [Compared(name, digest, digest in described.files) for name, digest in made]


def _digest(upload: FileStorage) -> str:
    stream: BinaryIO = upload.stream  # type: ignore[assignment]
    found = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()
