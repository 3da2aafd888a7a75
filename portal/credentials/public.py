"""The pages of a code: its answer, its credential, the list of revocations. Who scans is asked nothing and not noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.content.addresses import document_url
from portal.credentials import credential, queries
from portal.credentials.queries import Answer
from portal.credentials.rules import STANDING_LABELS, STANDING_SENTENCES, STANDING_TONES, Standing, standing
from portal.foundation import languages
from portal.foundation.errors import NotFound
from portal.foundation.web import LANGUAGE_PREFIX
from portal.register.models import Unit
from portal.register.rules import CATEGORY_LABELS, REMOVAL_LABELS, level_label

blueprint = Blueprint("credentials", __name__, url_prefix=LANGUAGE_PREFIX + "/verify")
#: Addresses without a language: they are printed, or read by machines.
short = Blueprint("codes", __name__)
COMPLAINT_FORM = "complaints.new"
#: A removal shows within so many seconds, whoever keeps copies.
FRESH = "public, max-age=60"


@blueprint.get("/<code>")
def answer(code: str) -> ResponseReturnValue:
    """One of three answers. A code that was typed in another form leads to its one address."""
    found = queries.answer(code)
    if found.code and found.code != code:
        return redirect(url_for("credentials.answer", code=found.code))
    return _page(found)


@short.get("/c/<code>")
def scanned(code: str) -> ResponseReturnValue:
    """The same for a camera: the answer at once, in the language that the phone asks for."""
    g.language = languages.negotiate()
    page = current_app.make_response(_page(queries.answer(code)))
    page.vary.add("Accept-Language")
    return page


@short.get("/credentials/<code>.jwt")
def document(code: str) -> ResponseReturnValue:
    """The signed credential of a code that is in force.

    Raises:
        NotFound: no such code, or not in force: nothing is signed about what ended.
    """
    found = queries.code_of(code)
    if found is None or queries.answer(found.code).standing is not Standing.IN_FORCE:
        raise NotFound
    answered = _machine(credential.signed(found), credential.MEDIA_TYPE)
    answered.headers.set("Content-Disposition", "attachment", filename=f"{found.code}.jwt")
    return answered


@short.get("/credentials/status/<int:number>")
def revocations(number: int) -> ResponseReturnValue:
    """A list of revocations, to be kept and asked off line."""
    signed = credential.signed_list(number)
    if signed is None:
        raise NotFound
    return _machine(signed, credential.MEDIA_TYPE)


@short.get("/credentials/issuer")
def issuer() -> ResponseReturnValue:
    """Who signs, with the keys."""
    answered = jsonify(credential.issuer_document())
    answered.headers["Cache-Control"] = FRESH
    answered.headers["Access-Control-Allow-Origin"] = "*"
    return answered


def codes_of_unit(unit: Unit) -> Mapping[str, Any] | None:
    """What a unit's page shows of its codes: those in force, by entry."""
    codes = queries.codes_of(unit)
    shown = [(entry, codes[entry.id]) for entry in unit.entries if entry.id in codes]
    in_force = [(entry, code) for entry, code in shown if standing(entry.status) is Standing.IN_FORCE]
    return {"codes": in_force} if in_force else None


def _page(found: Answer) -> ResponseReturnValue:
    complaint = None
    if found.unit is not None and COMPLAINT_FORM in current_app.view_functions:
        complaint = url_for(COMPLAINT_FORM, respondent=found.unit.public_id)
    page = render_template(
        "credentials/answer.html",
        answer=found,
        label=STANDING_LABELS[found.standing],
        sentence=STANDING_SENTENCES[found.standing],
        tone=STANDING_TONES[found.standing],
        category_labels=CATEGORY_LABELS,
        removal_labels=REMOVAL_LABELS,
        level_label=level_label,
        document_url=document_url,
        complaint_url=complaint,
    )
    # What is not ours is no page of ours: machines and search engines are told so.
    return page, 404 if found.standing is Standing.NOT_OURS else 200, {"Cache-Control": FRESH}


def _machine(text: str, media_type: str) -> Response:
    answered = Response(text, mimetype=media_type)
    answered.headers["Cache-Control"] = FRESH
    answered.headers["Access-Control-Allow-Origin"] = "*"
    return answered
