"""The counter: staff enter a letter, a call or a visit, scan its papers, and print the receipt that everybody gets."""

from __future__ import annotations

import flask_babel
from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities import queries as authorities
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import services
from portal.complaints.desk.frame import CASE_STAFF
from portal.complaints.forms import CounterForm
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent, find_respondents, respondent_of
from portal.complaints.rules import NotOurs
from portal.filings import limits
from portal.filings.forms import sent_files
from portal.filings.rules import Channel
from portal.filings.taking import Content, NotTaken, Taken
from portal.foundation.errors import DomainError
from portal.foundation.languages import Language
from portal.vault.evidence import accept_attribute


@staff(*CASE_STAFF)
def counter(person: Person) -> ResponseReturnValue:
    """Enter what came by letter, call or visit."""
    form = CounterForm(formdata=request.form if request.method == "POST" else request.args)
    if request.method == "GET":
        form.channel.data, form.language.data = form.channel.data or Channel.LETTER, form.language.data or Language.ZH
        form.filing_token.data = services.new_token()
        return _page(form)
    form.evidence.data = request.files.getlist("evidence")
    about = respondent_of(form.respondent.data or "", form.respondent_name.data or "", form.evaluated.data or "")
    valid = form.validate()
    if about is None:
        form.respondent_name.errors = [_("Please say whom the complaint is about.")]
    if about is None or not valid:
        return _page(form, 422)
    return _enter(form, about, person)


def _enter(form: CounterForm, about: Respondent, person: Person) -> ResponseReturnValue:
    content = Content(
        statement=form.statement.data or "",
        identity=form.identity,
        language=Language(form.language.data),
        notify=form.notify.data,
        files=sent_files(form.evidence.data or []),
    )
    filing, channel = services.Filing(about, form.problem, content), Channel(form.channel.data)
    try:
        filed = services.file_at_counter(filing, form.filing_token.data or "", channel=channel, by=person)
    except NotTaken as refused:
        form.evidence.errors = [f"{refused.name}: {refused.why}"]
    except NotOurs as refused:
        form.respondent_name.errors = [refused.message]
    except DomainError as refused:
        form.form_errors = [refused.message]
        return _page(form, refused.status)
    else:
        return _receipt(filed)
    return _page(form, 422)


def _receipt(filed: Taken[Case]) -> ResponseReturnValue:
    """The receipt in the language of whoever takes it home."""
    g.language = filed.filing.language
    flask_babel.refresh()
    return render_template("complaints/receipt.html", case=filed.filing, secret=filed.secret), 201


def _page(form: CounterForm, code: int = 200) -> ResponseReturnValue:
    about = respondent_of(form.respondent.data or "", "", form.evaluated.data or "")
    authority, not_ours = None, None
    if about is not None:
        try:
            authority = authorities.authority(about.authority_id())
        except NotOurs as refused:
            not_ours = refused
    find = request.args.get("find", "").strip()
    page = render_template(
        "complaints/counter.html",
        form=form,
        respondent=about,
        authority=authority,
        not_ours=not_ours,
        find=find,
        found=find_respondents(find) if find else None,
        limits=limits,
        accept=accept_attribute(),
    )
    return page, code
