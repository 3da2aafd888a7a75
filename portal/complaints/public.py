"""The citizen's pages: guidance, filing, receipt, following."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address

from portal.authorities import queries as authorities
from portal.complaints import clocks, queries, services
from portal.complaints.forms import ComplaintForm
from portal.complaints.respondents import Respondent, find_respondents, respondent_of
from portal.complaints.rules import CaseAct, NotOurs
from portal.extensions import csrf, limiter
from portal.filings import limits, sealing
from portal.filings.forms import ReplyForm, StatusForm, sent_files
from portal.filings.taking import Content, NotTaken, WrongSecret
from portal.foundation import clock
from portal.foundation.errors import DomainError, Invalid
from portal.foundation.languages import current_language
from portal.foundation.web import LANGUAGE_PREFIX
from portal.rulebook.queries import number
from portal.rulebook.rules import Rule
from portal.vault.evidence import accept_attribute

blueprint = Blueprint("complaints", __name__, url_prefix=LANGUAGE_PREFIX + "/complaints")
FOLLOWED = "followed_case"


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Who may complain, about what, to whom, what happens then."""
    today = clock.today()
    promises = {"accept": number(Rule.COMPLAINT_ACCEPT, today), "verify": number(Rule.COMPLAINT_VERIFY, today)}
    return render_template(
        "complaints/index.html",
        authorities=authorities.verifying_authorities(),
        limits=limits,
        promises=promises,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("30 per hour", methods=["POST"])
def new() -> ResponseReturnValue:
    """The form, and its filing. A complete POST works without session, cookie or script."""
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
    try:
        filed = services.file_complaint(_filing(form, respondent), form.filing_token.data or "")
    except NotTaken as refused:
        form.evidence.errors = [f"{refused.name}: {refused.why}"]
    except NotOurs as refused:
        form.respondent_name.errors = [refused.message]
    except DomainError as refused:
        form.form_errors = [refused.message]
        return _form_page(form, refused.status)
    else:
        return render_template("complaints/receipt.html", case=filed.filing, secret=filed.secret), 201
    return _form_page(form, 422)


@blueprint.route("/status", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("40 per 15 minutes", methods=["POST"], key_func=get_remote_address)
def status() -> ResponseReturnValue:
    """Ask for receipt number and secret, then show the case."""
    form = StatusForm()
    if request.method == "POST" and form.validate():
        try:
            case = services.follow(form.receipt.data or "", form.secret.data or "")
        except WrongSecret as wrong:
            form.form_errors = [wrong.message]
            return render_template("complaints/status_form.html", form=form), 403
        session.permanent = True
        session[FOLLOWED] = case.id
        return redirect(url_for("complaints.status"))
    case_id = session.get(FOLLOWED)
    if case_id is None or form.errors:
        if request.method == "GET":
            form.receipt.data = request.args.get("receipt", "")
        return render_template("complaints/status_form.html", form=form), 422 if form.errors else 200
    return _case_page(case_id, ReplyForm())


@blueprint.post("/status/reply")
@limiter.limit("30 per hour")
def reply() -> ResponseReturnValue:
    """A message or a supplement of the complainant."""
    case_id = session.get(FOLLOWED)
    if case_id is None:
        return redirect(url_for("complaints.status"))
    form = ReplyForm()
    if not form.validate():
        return _case_page(case_id, form, 422)
    try:
        services.add_reply(case_id, form.text.data or "", sent_files(request.files.getlist("evidence")))
    except Invalid as refused:
        form.text.errors = list(map(str, refused.fields.values()))
    except NotTaken as refused:
        form.evidence.errors = [f"{refused.name}: {refused.why}"]
    except DomainError as refused:
        form.form_errors = [refused.message]
    else:
        return redirect(url_for("complaints.status", sent=1))
    return _case_page(case_id, form, 422)


@blueprint.post("/status/leave")
def leave() -> ResponseReturnValue:
    """Forget the case in this browser."""
    session.pop(FOLLOWED, None)
    return redirect(url_for("complaints.status"))


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


def _case_page(case_id: int, form: ReplyForm, code: int = 200) -> ResponseReturnValue:
    case = queries.case_by_id(case_id)
    page = render_template(
        "complaints/status.html",
        opened=sealing.opened(case, for_filer=True),
        case=case,
        due=clocks.due(case),
        steps=clocks.steps(case),
        left=clocks.days_until(case, clock.today()),
        form=form,
        limits=limits,
        accept=accept_attribute(),
        identity_opened=[event for event in case.events if event.act is CaseAct.OPEN_IDENTITY],
        sent=request.args.get("sent") == "1",
    )
    return page, code


def _filing(form: ComplaintForm, respondent: Respondent) -> services.Filing:
    content = Content(
        statement=form.statement.data or "",
        identity=form.identity,
        language=current_language(),
        files=sent_files(form.evidence.data or []),
    )
    return services.Filing(respondent, form.problem, content)
