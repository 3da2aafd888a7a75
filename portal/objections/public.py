"""The objector's pages: filing, receipt, following."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.authorities import queries as authorities
from portal.extensions import csrf, limiter
from portal.filings import limits
from portal.filings.following import Following, receipt_page
from portal.filings.trying import Refused, attempt
from portal.foundation import clock
from portal.foundation.web import LANGUAGE_PREFIX
from portal.objections import clocks, queries, services
from portal.objections.forms import ObjectionForm
from portal.objections.models import Objection
from portal.objections.rules import NotPublicised
from portal.register.queries import open_windows
from portal.rulebook import queries as rulebook
from portal.rulebook.rules import Rule
from portal.vault.evidence import accept_attribute

blueprint = Blueprint("objections", __name__, url_prefix=LANGUAGE_PREFIX + "/objections")


@blueprint.route("/new", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("30 per hour", methods=["POST"])
def new() -> ResponseReturnValue:
    """The form, and its filing. A complete POST works without session, cookie or script."""
    form = ObjectionForm(formdata=request.form if request.method == "POST" else request.args)
    if not form.candidate.data:
        form.candidate.data = request.args.get("candidate", "")
    if request.method == "GET":
        form.filing_token.data = services.new_token()
        return _form_page(form)
    form.evidence.data = request.files.getlist("evidence")
    filed = attempt(lambda: services.file_objection(form.filing, form.filing_token.data or ""), form)
    if isinstance(filed, Refused):
        return _form_page(form, filed.status)
    return receipt_page("objections/receipt.html", filed)


def facts(objection: Objection) -> Mapping[str, Any]:
    """What the status page shows of an objection."""
    due = clocks.due(objection)
    return {
        "due": due,
        "overdue": due is not None and due < clock.today(),
        "left": clocks.days_until(objection, clock.today()),
        "steps": clocks.steps(objection),
    }


Following(
    "objections",
    "followed_objection",
    services.follow,
    services.add_reply,
    facts,
    queries.objection_by_id,
    services.renew_secret,
    "objections/status_form.html",
    "objections/status.html",
).bind(blueprint)


def _form_page(form: ObjectionForm, code: int = 200) -> ResponseReturnValue:
    target = queries.target(form.candidate.data or "")
    refusal = target.refusal if target is not None else NotPublicised() if form.candidate.data else None
    today = clock.today()
    page = render_template(
        "objections/new.html",
        form=form,
        target=target,
        refusal=refusal,
        windows=[] if target is not None and refusal is None else open_windows(today),
        decide_days=rulebook.number(Rule.OBJECTION_DECIDE, today),
        department=authorities.department(),
        limits=limits,
        accept=accept_attribute(),
    )
    return page, code
