"""The guided form as data: its steps, the form of each, and the complaint that comes of all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from portal.complaints.public.forms import WhatForm, WhoForm
from portal.complaints.respondents import Respondent, respondent_of
from portal.complaints.rules import ProblemKind
from portal.complaints.services import Filing
from portal.filings.drafts.models import FilingDraft
from portal.filings.drafts.services import fields_of
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.foundation.languages import Language


class Step(StrEnum):
    """One topic of the guided form."""

    WHOM = "whom"
    WHAT = "what"
    MATERIAL = "material"
    WHO = "who"
    LOOK = "look"


ORDER = tuple(Step)
STEP_LABELS: Mapping[Step, LazyString] = {
    Step.WHOM: _l("Respondent"),
    Step.WHAT: _l("What happened"),
    Step.MATERIAL: _l("Supporting material"),
    Step.WHO: _l("Complainant"),
    Step.LOOK: _l("Look through and send"),
}


PAGES: Mapping[Step, str] = {
    Step.WHOM: "complaints/guide/whom.html",
    Step.WHAT: "complaints/guide/what.html",
    Step.MATERIAL: "complaints/guide/material.html",
    Step.WHO: "complaints/guide/who.html",
    Step.LOOK: "complaints/guide/look.html",
}
FORMS: Mapping[Step, type[FlaskForm]] = {Step.WHAT: WhatForm, Step.WHO: WhoForm}


def before(step: Step) -> Step:
    """The step to go back to."""
    return ORDER[max(0, ORDER.index(step) - 1)]


def after(step: Step) -> Step:
    """The step to go on to."""
    return ORDER[min(len(ORDER) - 1, ORDER.index(step) + 1)]


def typed(form: FlaskForm) -> dict[str, str]:
    """What stands in the fields of a step's form, as it is kept."""
    return {
        field.name: ("y" if field.data else "") if isinstance(field, BooleanField) else str(field.data or "")
        for field in form
        if field.name != "csrf_token"
    }


def filled(step: Step, fields: Mapping[str, str]) -> FlaskForm:
    """The form of a step with what was typed, as if it were sent again; not checked yet."""
    given = MultiDict({name: value for name, value in fields.items() if value})
    return FORMS[step](formdata=given, meta={"csrf": False})


def respondent(fields: Mapping[str, str]) -> Respondent | None:
    """Whom the fields name."""
    return respondent_of(fields.get("respondent", ""), fields.get("respondent_name", ""), fields.get("evaluated", ""))


def unfinished(draft: FilingDraft) -> Step | None:
    """The first step that lacks something; None where all are ready to be sent."""
    fields = fields_of(draft)
    found = respondent(fields)
    if found is None or found.refusal is not None:
        return Step.WHOM
    if not filled(Step.WHAT, fields).validate():
        return Step.WHAT
    if not draft.files:
        return Step.MATERIAL
    return None if filled(Step.WHO, fields).validate() else Step.WHO


def identity_of(draft: FilingDraft) -> Identity | None:
    """Who complains, as far as the draft says it rightly."""
    who = filled(Step.WHO, fields_of(draft))
    assert isinstance(who, WhoForm)  # noqa: S101 - so the table says
    return who.identity if who.validate() else None


def filing_of(draft: FilingDraft, language: Language) -> Filing:
    """The complaint that a finished draft says; see :func:`unfinished`."""
    fields = fields_of(draft)
    about = respondent(fields)
    assert about is not None  # noqa: S101 - `unfinished` found one
    what, who = filled(Step.WHAT, fields), filled(Step.WHO, fields)
    assert isinstance(who, WhoForm)  # noqa: S101 - so the table says
    assert isinstance(what, WhatForm)  # noqa: S101
    # The fields are brought into their one written form where they are checked.
    what.validate()
    who.validate()
    content = Content(
        statement=what.statement.data or "", identity=who.identity, language=language, notify=who.notify.data
    )
    return Filing(about, ProblemKind(what.problem_kind.data), content)
