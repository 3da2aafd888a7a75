"""Filing step by step: one topic a page, kept as a sealed draft that a code brings back."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.public import steps
from portal.complaints.public.forms import LookForm, WhomForm
from portal.complaints.public.frame import blueprint
from portal.complaints.public.resuming import gone_page, leave, to_step, with_draft
from portal.complaints.public.steps import Step
from portal.complaints.respondents import look_for
from portal.extensions import csrf, limiter
from portal.filings import limits, proofs
from portal.filings.drafts import holding
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import FilingDraft
from portal.filings.following import receipt_page
from portal.filings.forms import ID_TYPE_LABELS, sent_files
from portal.filings.taking import NotTaken
from portal.foundation.errors import DomainError
from portal.foundation.languages import current_language
from portal.vault.evidence import accept_attribute

# Whom


def first_page(form: WhomForm | None = None, code: int = 200) -> ResponseReturnValue:
    """Whom the complaint is about: found in the lists, or named."""
    draft = holding.held_or_none()
    if form is None:
        kept = drafts.fields_of(draft) if draft else {}
        asked = request.args.keys() & {"respondent", "respondent_name", "find"}
        form = WhomForm(formdata=request.args if asked else None, data=None if asked else kept)
    form.filing_token.data = services.new_token()
    page = _page(
        Step.WHOM,
        draft,
        form=form,
        chosen=form.chosen,
        find=look_for(request.args.get("find", "")),
        find_unit=look_for(request.args.get("find_unit", ""), units_only=True),
    )
    return page, code


@blueprint.post("/new/whom")
@csrf.exempt
@limiter.limit("60 per hour")
def whom() -> ResponseReturnValue:
    """Begin, or change whom it is about."""
    form = WhomForm()
    about = form.about if form.validate() else None
    if about is None:
        return first_page(form, 422)
    known = about.unit or about.agency
    if known is not None:
        form.respondent.data = known.public_id
    if about.refusal is not None:
        return first_page(form, 422)
    draft = holding.held_or_none() or drafts.start(Case, current_language())
    fields = {name: value for name, value in steps.typed(form).items() if name != "filing_token"}
    drafts.save_step(draft, Step.WHAT, fields)
    holding.hold(draft)
    return to_step(Step.WHAT)


# What happened, who complains


@blueprint.route("/new/<any(what,who):step>", methods=["GET", "POST"])
@limiter.limit("200 per hour", methods=["POST"])
@with_draft
def step(draft: FilingDraft, step: str) -> ResponseReturnValue:
    """A step that is a form of its own. What was typed is kept also where it is not right yet."""
    here = Step(step)
    fields = drafts.fields_of(draft)
    if request.method == "GET":
        # Texts of a step that was sent before are shown as they were typed, without a word on them.
        return _page(here, draft, form=steps.FORMS[here](formdata=None, data=_shown(fields)))
    form = steps.FORMS[here]()
    kept = steps.typed(form)
    valid = form.validate()
    going = request.form.get("go", "next")
    drafts.save_step(draft, steps.after(here) if valid else here, {**kept, **(steps.typed(form) if valid else {})})
    if going != "next":
        return leave(draft, here, going)
    return to_step(steps.after(here)) if valid else (_page(here, draft, form=form), 422)


# Material


@blueprint.get("/new/material")
@with_draft
def material(draft: FilingDraft) -> ResponseReturnValue:
    """The files so far, and the field for more."""
    return _page(Step.MATERIAL, draft, faults=[])


@blueprint.post("/new/material")
@limiter.limit("200 per hour")
@with_draft
def add_material(draft: FilingDraft) -> ResponseReturnValue:
    """Take files, one after the other or together; each that is refused is named, the others stay."""
    dropped = request.form.get("drop", type=int)
    if dropped is not None:
        drafts.drop_file(draft, dropped)
        return to_step(Step.MATERIAL)
    faults: list[object] = []
    for name, stream in sent_files(request.files.getlist("evidence")):
        try:
            draft = drafts.add_file(draft, name, stream).draft
        except NotTaken as refused:
            faults.append(f"{refused.name}: {refused.why}")
    going = request.form.get("go", "next")
    if going == "next" and not faults and not draft.files:
        faults.append(_("Please choose at least one file as supporting material."))
    if faults:
        return _page(Step.MATERIAL, draft, faults=faults), 422
    if going != "next":
        return to_step(Step.MATERIAL) if going == "add" else leave(draft, Step.MATERIAL, going)
    drafts.save_step(draft, Step.WHO, {})
    return to_step(Step.WHO)


# Look through, send


@blueprint.get("/new/look")
@with_draft
def look(draft: FilingDraft) -> ResponseReturnValue:
    """What each side will see."""
    missing = steps.unfinished(draft)
    return to_step(missing) if missing is not None else _look_page(draft)


@blueprint.post("/new/look")
@limiter.limit("60 per hour")
def send() -> ResponseReturnValue:
    """Send the draft. Sent twice, the same receipt is shown."""
    draft = holding.held_or_none()
    if draft is None:
        again = services.sent_again(request.form.get("filing_token", ""))
        return receipt_page("complaints/receipt.html", again) if again else gone_page(drafts.DraftGone())
    if request.form.get("go") in {"back", "stop"}:
        return leave(draft, Step.LOOK, request.form["go"])
    missing = steps.unfinished(draft)
    return to_step(missing) if missing is not None else _send(draft)


def _send(draft: FilingDraft) -> ResponseReturnValue:
    form = LookForm()
    if not form.validate():
        return _look_page(draft, form, 422)
    try:
        proofs.require(services.signed_token(drafts.token_of(draft)), request.form)
        filed = services.send_draft(draft, steps.filing_of(draft, current_language()))
    except drafts.DraftGone as gone:
        return gone_page(gone)
    except DomainError as refused:
        form.form_errors = [refused.message]
        return _look_page(draft, form, refused.status)
    holding.let_go()
    return receipt_page("complaints/receipt.html", filed)


def _look_page(draft: FilingDraft, form: LookForm | None = None, code: int = 200) -> ResponseReturnValue:
    filing = steps.filing_of(draft, current_language())
    page = _page(
        Step.LOOK,
        draft,
        form=form or LookForm(formdata=None),
        filing=filing,
        assurance=drafts.assurance_of(draft, filing.content.identity),
        token=services.signed_token(drafts.token_of(draft)),
    )
    return page, code


def _page(here: Step, draft: FilingDraft | None, **facts: Any) -> str:
    """A step's page, with what every step shows: the way, whom it is about, the code to come back with."""
    fields = drafts.fields_of(draft) if draft else {}
    return render_template(
        steps.PAGES[here],
        here=here,
        order=steps.ORDER,
        labels=steps.STEP_LABELS,
        reached=steps.ORDER.index(Step(draft.step)) if draft and draft.step else 0,
        draft=draft,
        fields=fields,
        resume_code=drafts.resume_code(draft) if draft else "",
        about=steps.respondent(fields),
        limits=limits,
        accept=accept_attribute(),
        id_type_labels=ID_TYPE_LABELS,
        file_name=drafts.file_name,
        **facts,
    )


def _shown(fields: dict[str, str]) -> dict[str, object]:
    """What was typed, as a form takes it: a box that was not ticked has no value."""
    return {name: value if name != "notify" else bool(value) for name, value in fields.items() if value}
