"""Statements of change among a unit's duties (Art. 19): what was stated, where it stands, and its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.authorities.models import Person
from portal.foundation.errors import DomainError
from portal.register.changes import queries, services
from portal.register.changes.forms import SeenForm
from portal.register.changes.models import ChangeStatement
from portal.register.changes.rules import (
    EXPLAINED,
    KIND_LABELS,
    OPEN_STATES,
    STATE_LABELS,
    ChangeAct,
    ChangeOrigin,
    ChangeState,
    to_be_stated_by,
)
from portal.register.changes.wording import STATEMENT_WORDS
from portal.register.duties import Duty, DutyPage, DutyState
from portal.register.models import Unit
from portal.rulebook import queries as rulebook
from portal.rulebook.rules import Rule

KIND = "change"


def of_unit(unit: Unit, _today: date) -> Iterator[Duty]:
    """The statements of a unit: those that are open, and what became of the others."""
    for statement in reversed(queries.statements_of(unit)):
        said = STATE_LABELS[statement.state]
        grounds = grounds_of(statement)
        yield Duty(
            key=statement.duty_key,
            title=KIND_LABELS[statement.kind],
            due_on=to_be_stated_by(statement.happened_on, lambda year: rulebook.yearly(Rule.FORM_BY, year)),
            state=DutyState.WAITING if statement.state in OPEN_STATES else DutyState.DONE,
            how=_l("Change statement"),
            ended=": ".join(filter(None, (str(said), grounds))),
            said=said,
        )


def page(unit: Unit, statement_id: int, by: Person) -> DutyPage | None:
    """A statement as its unit reads it; None when the request withdrew it."""
    fault: DomainError | None = None
    if request.method == "POST":
        try:
            services.withdraw_own(statement_id, unit=unit, version=SeenForm().seen, by=by)
        except DomainError as refused:
            fault = refused
        else:
            flash(_("Saved."), "success")
            return None
    statement = queries.statement_of(unit, statement_id)
    context = {
        **STATEMENT_WORDS,
        "statement": statement,
        "grounds": grounds_of(statement),
        "withdrawable": statement.origin is ChangeOrigin.UNIT and statement.state is ChangeState.STATED,
        "fault": fault.message if fault else None,
    }
    template = "register/changes/_unit_statement.html"
    return DutyPage(KIND_LABELS[statement.kind], "", template, context, fault.status if fault else 200)


def grounds_of(statement: ChangeStatement) -> str:
    """Why a statement was not confirmed or was withdrawn, or why its unit leaves the lists; empty where all is well."""
    acts = {*EXPLAINED} if statement.qualifies is not False else {*EXPLAINED, ChangeAct.CONFIRM}
    return next((event.note for event in reversed(statement.events) if event.act in acts), "")
