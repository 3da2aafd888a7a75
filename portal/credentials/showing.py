"""A code to show: as a QR for print, as a poster and a certificate, as a badge on the unit's own pages.

All of it turns by itself: what is printed leads to an answer that is asked of the register, and the badge is one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import segno
from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l

from portal.credentials import credential, queries
from portal.credentials.models import ListCode
from portal.credentials.public import FRESH
from portal.credentials.rules import STANDING_LABELS, STANDING_TONES, Standing
from portal.foundation.errors import NotFound
from portal.foundation.languages import LANGUAGES, Language
from portal.foundation.web import LANGUAGE_PREFIX
from portal.register.models import ListEntry
from portal.register.rules import CATEGORY_LABELS, level_label

blueprint = Blueprint("showing", __name__, url_prefix=LANGUAGE_PREFIX + "/verify")
images = Blueprint("images", __name__, url_prefix="/c/<code>")

#: A quarter of the signs may be dirty or torn and it still reads (level Q).
CORRECTION = "q"
#: Dots of a PNG for one square of the QR: enough for eight centimetres in print.
SCALE = 20
INK, PAPER = "#1e2421", "#ffffff"
BOTH = (Language.ZH, Language.BO)
#: What stands on papers, in both languages.
WORDS: Mapping[str, LazyString] = {
    "title": _l("Certificate of list membership"),
    "scan": _l("Scan the code to see whether this unit is on the list today."),
    "counts": _l("What counts is the answer of the code at that moment, not this paper."),
    "listed": _l("Listed on"),
    "code": _l("Code"),
    "uscc": _l("Unified social credit code"),
    "sample": _l("Sample"),
}


@blueprint.get("/<code>/show")
def show(code: str) -> ResponseReturnValue:
    """What can be done with a code that is in force: pictures, papers to print, a badge to embed."""
    found = _in_force(code)
    return _page("credentials/show.html", found) if found else redirect(url_for("credentials.answer", code=code))


@blueprint.get("/<code>/poster")
def poster(code: str) -> ResponseReturnValue:
    """A poster to hang up, in Chinese and Tibetan."""
    found = _in_force(code)
    return _page("credentials/poster.html", found) if found else redirect(url_for("credentials.answer", code=code))


@blueprint.get("/<code>/certificate")
def certificate(code: str) -> ResponseReturnValue:
    """A certificate to print, in Chinese and Tibetan."""
    found = _in_force(code)
    return _page("credentials/certificate.html", found) if found else redirect(url_for("credentials.answer", code=code))


@images.get("/qr.svg")
def qr_svg(code: str) -> ResponseReturnValue:
    """The QR as lines."""
    drawn = io.BytesIO()
    _qr(code).save(drawn, kind="svg", border=4, dark=INK, light=PAPER, svgclass=None, lineclass=None, omitsize=True)
    return _image(drawn.getvalue(), "image/svg+xml")


@images.get("/qr.png")
def qr_png(code: str) -> ResponseReturnValue:
    """The QR as dots, for print."""
    drawn = io.BytesIO()
    _qr(code).save(drawn, kind="png", border=4, scale=SCALE, dark=INK, light=PAPER)
    return _image(drawn.getvalue(), "image/png")


@images.get("/badge.svg")
def badge(code: str) -> ResponseReturnValue:
    """What the code answers today, as a small picture for other sites: no script, nothing that follows anybody."""
    answer = queries.answer(code)
    entry = answer.entry
    drawn = render_template(
        "credentials/badge.svg",
        answer=answer,
        tone=STANDING_TONES[answer.standing],
        words=_in_both(lambda: str(STANDING_LABELS[answer.standing])),
        names=_in_both(lambda: _names(entry)) if entry else None,
    )
    return _image(drawn.encode(), "image/svg+xml", 404 if answer.standing is Standing.NOT_OURS else 200)


def _in_force(code: str) -> ListCode | None:
    """A code that may be shown; None for one that is not in force any more, or not ours."""
    found = queries.code_of(code)
    return found if found and queries.answer(found.code).standing is Standing.IN_FORCE else None


def _page(template: str, code: ListCode) -> ResponseReturnValue:
    page = render_template(
        template,
        item=code,
        entry=code.entry,
        unit=code.entry.unit,
        address=credential.address(code.code),
        names=_in_both(lambda: _names(code.entry)),
        words={name: _in_both(word.__str__) for name, word in WORDS.items()},
        both=BOTH,
    )
    return page, {"Cache-Control": FRESH}


def _in_both(word: Callable[[], str]) -> dict[Language, str]:
    """A text in the two languages that stand side by side in print, whatever the page's own is."""
    said = {}
    for language in BOTH:
        with force_locale(LANGUAGES[language].locale):
            said[language] = word()
    return said


def _names(entry: ListEntry) -> str:
    return f"{level_label(entry.level, in_region=entry.unit.in_region)} · {CATEGORY_LABELS[entry.category]}"


def _qr(code: str) -> segno.QRCode:
    """The QR of a code that was issued.

    Raises:
        NotFound: nobody prints a code that is not ours.
    """
    found = queries.code_of(code)
    if found is None:
        raise NotFound
    return segno.make_qr(credential.address(found.code), error=CORRECTION)


def _image(content: bytes, media_type: str, status: int = 200) -> Response:
    answered = Response(content, status=status, mimetype=media_type)
    answered.headers["Cache-Control"] = "public, max-age=300"
    # Other sites may show it, whatever they ask of their pictures.
    answered.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answered.headers["Access-Control-Allow-Origin"] = "*"
    return answered
