"""An order as its unit reads it, and the unit's answer: one page, by the letter's secret or in the unit's own space."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from portal.authorities.models import Person
from portal.complaints.rectification import services
from portal.complaints.rectification.models import RectificationOrder
from portal.complaints.rectification.queries import OpenedOrder
from portal.complaints.rectification.rules import RUNNING
from portal.complaints.rules import CaseStatus
from portal.filings import limits
from portal.filings.forms import ReplyForm, sent_files
from portal.filings.taking import NotTaken
from portal.foundation import clock
from portal.foundation.errors import DomainError, Invalid
from portal.vault.evidence import accept_attribute

TEMPLATE = "complaints/rectification/_order.html"
RECEIVED = _l("Your answer has been received.")


def context(order: RectificationOrder, opened: OpenedOrder, form: ReplyForm | None, action: str) -> dict[str, Any]:
    """What :data:`TEMPLATE` shows: the order, and the form that is sent to ``action`` while it can be answered."""
    return {
        "order": order,
        "opened": opened,
        "answerable": order.state in RUNNING and order.case.status is CaseStatus.UNDER_RECTIFICATION,
        "overdue": order.state in RUNNING and order.due_on < clock.today(),
        "form": form or ReplyForm(formdata=None),
        "action": action,
        "limits": limits,
        "accept": accept_attribute(),
    }


def take(order: RectificationOrder, form: ReplyForm, by: Person | None = None) -> bool:
    """Take the answer that the request sends; whether it was taken. What is wrong is written beside its field."""
    if not form.validate():
        return False
    try:
        services.answer(order.id, form.text.data or "", sent_files(request.files.getlist("evidence")), by=by)
    except Invalid as refused:
        form.text.errors = list(map(str, refused.fields.values()))
    except NotTaken as refused:
        form.evidence.errors = [f"{refused.name}: {refused.why}"]
    except DomainError as refused:
        form.form_errors = [refused.message]
    else:
        return True
    return False
