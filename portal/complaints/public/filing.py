"""Filing in one piece: a complete form, sent at once, by a browser or a plain client."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities import queries as authorities
from portal.complaints import services
from portal.complaints.forms import ComplaintForm
from portal.complaints.public.frame import blueprint
from portal.complaints.public.guide import first_page, receipt_page
from portal.complaints.respondents import Respondent, find_respondents, respondent_of
from portal.complaints.rules import NotOurs
from portal.complaints.services.filing import INTAKE
from portal.extensions import csrf, limiter
from portal.filings import limits, proofs
from portal.filings.forms import sent_files
from portal.filings.taking import Content, NotTaken
from portal.foundation.errors import DomainError
from portal.foundation.languages import current_language
from portal.vault.evidence import accept_attribute


@blueprint.route("/new", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("30 per hour", methods=["POST"])
def new() -> ResponseReturnValue:
    """The guided form's first step, or with ``all`` everything on one page; a complete POST files, without session or script."""
    if request.method == "GET" and "all" not in request.args:
        return first_page()
    form = ComplaintForm(formdata=request.form if request.method == "POST" else request.args)
    if request.method == "GET":
        form.filing_token.data = services.new_token()
        return _form_page(form)
    form.evidence.data = request.files.getlist("evidence")
    respondent = respondent_of(form.respondent.data or "", form.respondent_name.data or "", form.evaluated.data or "")
    valid = form.validate()
    if respondent is None:
        form.respondent_name.errors = [_("Please say whom the complaint is about.")]
        valid = False
    if not valid or respondent is None:
        return _form_page(form, 422)
    if INTAKE.token_in(form.filing_token.data or "") is None:
        form.filing_token.data = services.new_token()
    try:
        proofs.require(form.filing_token.data or "", request.form)
        filed = services.file_complaint(_filing(form, respondent), form.filing_token.data or "")
    except NotTaken as refused:
        form.evidence.errors = [f"{refused.name}: {refused.why}"]
    except NotOurs as refused:
        form.respondent_name.errors = [refused.message]
    except DomainError as refused:
        form.form_errors = [refused.message]
        return _form_page(form, refused.status)
    else:
        return receipt_page(filed)
    return _form_page(form, 422)


def _form_page(form: ComplaintForm, code: int = 200) -> ResponseReturnValue:
    respondent = respondent_of(form.respondent.data or "", "", form.evaluated.data or "")
    authority, not_ours = None, None
    if respondent is not None:
        try:
            authority = authorities.authority(respondent.authority_id())
        except NotOurs as refused:
            not_ours = refused
    find = request.args.get("find", "").strip()
    page = render_template(
        "complaints/new.html",
        form=form,
        respondent=respondent,
        authority=authority,
        not_ours=not_ours,
        find=find,
        found=find_respondents(find) if find else None,
        limits=limits,
        accept=accept_attribute(),
    )
    return page, code


def _filing(form: ComplaintForm, respondent: Respondent) -> services.Filing:
    content = Content(
        statement=form.statement.data or "",
        identity=form.identity,
        language=current_language(),
        notify=form.notify.data,
        files=sent_files(form.evidence.data or []),
    )
    return services.Filing(respondent, form.problem, content)
