"""The accounts desk of the system administrator."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from portal.authorities import queries, services
from portal.authorities.desk import Section, add_section, staff
from portal.authorities.forms import AccountChangeForm, AccountForm
from portal.authorities.models import Person
from portal.authorities.rules import Permission, Role
from portal.foundation.choices import choice
from portal.foundation.errors import Invalid, NotFound

blueprint = Blueprint("accounts", __name__, url_prefix="/desk/accounts")


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    add_section(app, Section(80, "accounts.index", _l("Accounts"), frozenset({Permission.MANAGE_ACCOUNTS})))


@blueprint.get("/")
@staff(Permission.MANAGE_ACCOUNTS)
def index(_person: Person) -> ResponseReturnValue:
    """All accounts."""
    return render_template("desk/accounts.html", accounts=queries.staff())


@blueprint.route("/new", methods=["GET", "POST"])
@staff(Permission.MANAGE_ACCOUNTS)
def create(person: Person) -> ResponseReturnValue:
    """Open an account."""
    form = AccountForm()
    form.authority.choices = [choice(item.code, str(item.name)) for item in queries.authorities()]
    if form.validate_on_submit():
        authority = queries.authority_by_code(form.authority.data)
        if authority is None:
            raise NotFound
        roles = {Role(role) for role in form.roles.data or []}
        try:
            services.create_account(
                form.email.data or "", form.name.data or "", authority, roles, form.password.data or "", by=person
            )
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("accounts.index"))
    return render_template("desk/account.html", form=form, account=None)


@blueprint.route("/<int:account_id>", methods=["GET", "POST"])
@staff(Permission.MANAGE_ACCOUNTS)
def change(person: Person, account_id: int) -> ResponseReturnValue:
    """Change an account or close it."""
    account = queries.person(account_id)
    hindrance: services.Hindrance | None = None
    form = AccountChangeForm(
        data={"name": account.name, "active": account.active, "roles": [str(role) for role in account.role_set]}
    )
    if form.validate_on_submit():
        try:
            roles = {Role(role) for role in form.roles.data or []}
            services.change_account(
                account, name=form.name.data or "", roles=roles, active=bool(form.active.data), by=person
            )
            if form.password.data:
                services.set_password(account, form.password.data, by=person)
        except Invalid as refused:
            show_faults(form, refused)
        except services.AccountInUse as refused:
            hindrance = refused.hindrance
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("accounts.index"))
    page = render_template("desk/account.html", form=form, account=account, hindrance=hindrance)
    return page, services.AccountInUse.status if hindrance else 200


def show_faults(form: FlaskForm, refused: Invalid) -> None:
    """Put what a service refused beside the fields at fault."""
    for name, fault in refused.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, fault]
