"""The counter: staff enter a letter, a call or a visit, scan its papers, and print the receipt that everybody gets."""

from __future__ import annotations

import flask_babel
from flask import g, request
from flask.typing import ResponseReturnValue

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import onepage, services
from portal.complaints.desk.frame import CASE_STAFF
from portal.complaints.forms import CounterForm
from portal.filings.following import receipt_page
from portal.filings.rules import Channel
from portal.filings.trying import Refused, attempt
from portal.foundation.languages import Language


@staff(*CASE_STAFF)
def counter(person: Person) -> ResponseReturnValue:
    """Enter what came by letter, call or visit."""
    form = onepage.sent(CounterForm)
    if request.method == "GET":
        form.channel.data, form.language.data = form.channel.data or Channel.LETTER, form.language.data or Language.ZH
        return onepage.page("complaints/counter.html", form)
    filed = attempt(
        lambda: services.file_at_counter(
            form.filing, form.filing_token.data or "", channel=Channel(form.channel.data), by=person
        ),
        form,
    )
    if isinstance(filed, Refused):
        return onepage.page("complaints/counter.html", form, filed.status)
    # The receipt is in the language of whoever takes it home.
    g.language = filed.filing.language
    flask_babel.refresh()
    return receipt_page("complaints/receipt.html", filed)
