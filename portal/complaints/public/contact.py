"""Confirming by a code that the complainant can be reached where they say. Nobody has to."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.complaints.public import steps
from portal.complaints.public.frame import blueprint
from portal.complaints.public.resuming import with_draft
from portal.complaints.public.steps import Step
from portal.extensions import limiter
from portal.filings.contact import services
from portal.filings.contact.services import Answer
from portal.filings.drafts.models import FilingDraft
from portal.filings.sealing import Identity
from portal.foundation.errors import DomainError
from portal.foundation.outbox import Channel


@blueprint.get("/new/contact")
@with_draft
def contact(draft: FilingDraft) -> ResponseReturnValue:
    """Where a code can go, and the field for one that is out."""
    identity = steps.identity_of(draft)
    return _first() if identity is None else _page(draft, identity)


@blueprint.post("/new/contact")
@limiter.limit("30 per hour")
@with_draft
def confirm_contact(draft: FilingDraft) -> ResponseReturnValue:
    """Send a code, or take one back."""
    identity = steps.identity_of(draft)
    if identity is None:
        return _first()
    wanted = next((channel for channel in Channel if channel == request.form.get("send")), None)
    if wanted is not None:
        try:
            services.send_code(draft, identity, wanted)
        except DomainError as refused:
            return _page(draft, identity, str(refused.message)), refused.status
        return redirect(url_for("complaints.contact"))
    answer = services.enter_code(draft, request.form.get("code", ""))
    if answer is Answer.RIGHT:
        return redirect(url_for("complaints.look"))
    wrong = answer is Answer.WRONG
    said = (
        _("The verification code is not correct.")
        if wrong
        else _("This code no longer holds. Please ask for a new one.")
    )
    return _page(draft, identity, said), 422


def _first() -> ResponseReturnValue:
    """To the step that asks who complains, which comes before."""
    return redirect(url_for("complaints.step", step=Step.WHO))


def _page(draft: FilingDraft, identity: Identity, fault: str = "") -> str:
    return render_template(
        "complaints/guide/contact.html",
        addresses=services.reachable(identity),
        sent=services.sent_to(draft),
        fault=fault,
        minutes=services.LIFE.seconds // 60,
    )
