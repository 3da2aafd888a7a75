"""The rules for anyone: what holds today, what held before, and what each rests on."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.foundation import clock
from portal.foundation.web import LANGUAGE_PREFIX
from portal.rulebook import queries
from portal.rulebook.rules import Rule

blueprint = Blueprint("rulebook", __name__, url_prefix=LANGUAGE_PREFIX)


@blueprint.get("/rules")
def rules() -> ResponseReturnValue:
    """Every rule with its present value, and with those before and after it."""
    today = clock.today()
    present = {rule: queries.entry(rule, today) for rule in Rule}
    others = {rule: [item for item in queries.history(rule) if item != present[rule]] for rule in Rule}
    return render_template("rulebook/rules.html", present=present, others=others, today=today)
