"""Stopping in the middle of a complaint, and going on: here, or on another device by the draft's code."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from portal.complaints.public import steps
from portal.complaints.public.forms import ResumeForm
from portal.complaints.public.frame import blueprint
from portal.complaints.public.steps import Step
from portal.extensions import csrf, limiter
from portal.filings.drafts import holding
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import FilingDraft

P = ParamSpec("P")
Drafted = Callable[Concatenate[FilingDraft, P], ResponseReturnValue]


def with_draft(view: Drafted[P]) -> Callable[P, ResponseReturnValue]:
    """Hand a view the draft that this browser writes on. Where it is gone, the page says how to go on."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            return view(holding.held(), *args, **kwargs)
        except drafts.DraftGone as gone:
            holding.let_go()
            return gone_page(gone)

    return guarded


@blueprint.route("/new/resume", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("20 per 15 minutes", methods=["POST"], key_func=get_remote_address)
def resume() -> ResponseReturnValue:
    """Go on with a draft, on this device or another, by its code."""
    form = ResumeForm()
    if request.method == "GET":
        return _resume_page(form)
    try:
        draft = drafts.resume(form.code.data or "")
    except drafts.DraftGone as gone:
        return gone_page(gone, form)
    holding.hold(draft)
    return to_step(Step(draft.step) if draft.step else Step.WHOM)


@blueprint.post("/new/discard")
@limiter.limit("60 per hour")
@with_draft
def discard(draft: FilingDraft) -> ResponseReturnValue:
    """Delete a draft with its files."""
    drafts.discard(draft)
    holding.let_go()
    return redirect(url_for("complaints.index"))


def leave(draft: FilingDraft, here: Step, going: str) -> ResponseReturnValue:
    """Back to the step before, or away with the code in hand."""
    if going == "back":
        return to_step(steps.before(here))
    holding.let_go()
    return render_template("complaints/guide/stopped.html", code_=drafts.resume_code(draft), until=draft.expires_at)


def to_step(step: Step) -> ResponseReturnValue:
    """On to a step's page."""
    if step is Step.WHOM:
        return redirect(url_for("complaints.new"))
    if step in {Step.WHAT, Step.WHO}:
        return redirect(url_for("complaints.step", step=step))
    return redirect(url_for(f"complaints.{step}"))


def _resume_page(form: ResumeForm, code: int = 200) -> ResponseReturnValue:
    return render_template("complaints/guide/resume.html", form=form), code


def gone_page(gone: drafts.DraftGone, form: ResumeForm | None = None) -> ResponseReturnValue:
    """The question for a code, with why it is asked."""
    form = form or ResumeForm(formdata=None)
    form.form_errors = [gone.message]
    return _resume_page(form, gone.status)
