"""The rulebook desk: what holds, what is proposed, and the second person who confirms it."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.authorities.accounts import show_faults
from portal.authorities.desk import Section, add_section, staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.foundation import clock
from portal.foundation.errors import Invalid, NotFound
from portal.rulebook import queries, services
from portal.rulebook.forms import form_of
from portal.rulebook.rules import AmendmentAct, Rule, earliest

blueprint = Blueprint("rulebook_desk", __name__, url_prefix="/desk/rulebook")
MAY_READ = (Permission.KEEP_REGISTER, Permission.PUBLISH)


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    app.register_blueprint(blueprint)
    add_section(
        app, Section(70, "rulebook_desk.index", _l("Rulebook"), frozenset(MAY_READ), waiting=_waiting_for_confirmation)
    )


@blueprint.get("/")
@staff(*MAY_READ)
def index(person: Person) -> ResponseReturnValue:
    """Every rule with what holds today, and what waits for a second person."""
    mine = permissions(person.role_set)
    return render_template(
        "rulebook/desk_rules.html",
        histories={rule: queries.history(rule) for rule in Rule},
        present={rule: queries.entry(rule, clock.today()) for rule in Rule},
        proposed=queries.proposed(),
        person=person,
        may_propose=Permission.KEEP_REGISTER in mine,
        may_confirm=Permission.PUBLISH in mine,
    )


@blueprint.route("/<rule_code>/propose", methods=["GET", "POST"])
@staff(Permission.KEEP_REGISTER)
def propose(person: Person, rule_code: str) -> ResponseReturnValue:
    """Propose another value for a rule."""
    rule = _rule(rule_code)
    present = queries.entry(rule, clock.today())
    form = form_of(rule, present)
    if request.method == "GET":
        form.holds_from.data = earliest(clock.today())
    if form.validate_on_submit():
        try:
            services.propose(
                rule,
                form.given,
                form.holds_from.data,
                form.source.data or "",
                form.source_url.data or "",
                by=person,
            )
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("rulebook_desk.index"))
    return render_template("rulebook/desk_propose.html", form=form, rule=rule, present=present)


@blueprint.post("/amendments/<int:amendment_id>/<any(confirm,drop):act>")
@staff(*MAY_READ)
def decide(person: Person, amendment_id: int, act: str) -> ResponseReturnValue:
    """Confirm a proposed change, or refuse it."""
    use_case = services.confirm if act == AmendmentAct.CONFIRM else services.drop
    use_case(amendment_id, version=request.form.get("version", 0, type=int), by=person)
    flash(_("Saved."), "success")
    return redirect(url_for("rulebook_desk.index"))


def _waiting_for_confirmation(person: Person) -> int:
    return queries.awaiting(person) if Permission.PUBLISH in permissions(person.role_set) else 0


def _rule(code: str) -> Rule:
    try:
        return Rule(code)
    except ValueError as unknown:
        raise NotFound from unknown
