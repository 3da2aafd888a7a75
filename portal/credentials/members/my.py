"""The enterprises' space: which units one speaks for, who else does, and what the features put there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user

from portal.authorities.models import Person
from portal.credentials import queries as credentials
from portal.credentials.members import queries, sealing, services
from portal.credentials.members.forms import InviteForm
from portal.credentials.members.models import UnitMember
from portal.credentials.members.rules import MEMBER_LABELS, MemberRole
from portal.credentials.members.sealing import Contact
from portal.extensions import limiter
from portal.foundation.errors import DomainError, Invalid, NotFound, NotPermitted
from portal.register.models import Unit
from portal.register.rules import CATEGORY_LABELS, STATUS_LABELS, level_label

blueprint = Blueprint("my", __name__, url_prefix="/my")
PLACES, PANELS = "portal.my.places", "portal.my.panels"
View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Place:
    """A feature's page in the space of a unit; its endpoint takes ``ref``."""

    order: int
    endpoint: str
    label: LazyString


def add_place(app: Flask, place: Place) -> None:
    """Give a feature its page in the space of a unit. Called by the feature when it is installed."""
    places = app.extensions.setdefault(PLACES, [])
    places.append(place)
    places.sort(key=lambda item: item.order)


def add_panel(app: Flask, template: str, context: Callable[[Unit], Mapping[str, Any]]) -> None:
    """Give a feature its part of a unit's start page."""
    app.extensions.setdefault(PANELS, []).append((template, context))


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"unit_places": lambda: current_app.extensions[PLACES]} if request.path.startswith("/my") else {}


def person_at_work() -> Person | None:
    """The person of an enterprise who is logged in; None for nobody.

    Raises:
        NotPermitted: it is a member of staff, who has a desk instead.
    """
    if not current_user.is_authenticated:
        return None
    person: Person = current_user._get_current_object()  # noqa: SLF001 - the proxy must not leave the request
    if person.is_staff:
        raise NotPermitted
    return person


def member(view: View) -> View:
    """Let only people of the unit in, and hand the view their membership in place of the unit's id."""

    @wraps(view)
    def guarded(ref: str, **kwargs: Any) -> ResponseReturnValue:
        person = person_at_work()
        if person is None:
            return _to_login()
        return view(queries.membership(person, ref), **kwargs)

    guarded.for_members = True  # type: ignore[attr-defined]
    return guarded


def _who() -> str:
    """Whose limit it is: that of the person, from wherever they write."""
    return str(current_user.get_id() or get_remote_address())


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The units that one speaks for; with one alone, its space."""
    person = person_at_work()
    if person is None:
        return _to_login()
    found = queries.memberships(person)
    if len(found) == 1:
        return redirect(url_for("my.unit", ref=found[0].unit.public_id))
    return render_template("my/index.html", memberships=found, roles=MEMBER_LABELS)


@blueprint.get("/<ref>/")
@member
def unit(membership: UnitMember) -> ResponseReturnValue:
    """A unit's start page: its entries with their codes."""
    found = membership.unit
    return render_template(
        "my/unit.html",
        membership=membership,
        unit=found,
        codes=credentials.codes_of(found),
        category_labels=CATEGORY_LABELS,
        status_labels=STATUS_LABELS,
        level_label=level_label,
        panels=[(template, context(found)) for template, context in current_app.extensions.get(PANELS, ())],
    )


@blueprint.get("/<ref>/people")
@member
def people(membership: UnitMember) -> ResponseReturnValue:
    """Who speaks for the unit."""
    return _people_page(membership, InviteForm(formdata=None))


@blueprint.post("/<ref>/people")
@limiter.limit("20 per hour", key_func=_who)
@member
def invite(membership: UnitMember) -> ResponseReturnValue:
    """Invite a colleague."""
    form = InviteForm()
    if not form.validate():
        return _people_page(membership, form, 422)
    contact = Contact(form.name.data or "", form.email.data or "")
    try:
        services.invite(membership.unit, contact, MemberRole(form.role.data), by=membership.person)
    except Invalid as refused:
        form.email.errors = list(map(str, refused.fields.values()))
        return _people_page(membership, form, refused.status)
    flash(_("The invitation leaves by e-mail. Its link can be used for 7 days."), "success")
    return redirect(url_for("my.people", ref=membership.unit.public_id))


@blueprint.post("/<ref>/people/<int:person_id>/<what>")
@member
def change(membership: UnitMember, person_id: int, what: str) -> ResponseReturnValue:
    """Make somebody an owner or a member, or end a membership."""
    acts: dict[str, Callable[[], object]] = {
        "owner": lambda: services.change_role(membership.unit, person_id, MemberRole.OWNER, by=membership.person),
        "member": lambda: services.change_role(membership.unit, person_id, MemberRole.MEMBER, by=membership.person),
        "remove": lambda: services.remove(membership.unit, person_id, by=membership.person),
    }
    if what not in acts:
        raise NotFound
    try:
        acts[what]()
    except DomainError as refused:
        flash(str(refused.message), "error")
    else:
        flash(_("Saved."), "success")
    gone = what == "remove" and person_id == membership.person_id
    return redirect(url_for("my.index") if gone else url_for("my.people", ref=membership.unit.public_id))


def _people_page(membership: UnitMember, form: InviteForm, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "my/people.html",
        membership=membership,
        unit=membership.unit,
        members=queries.members(membership.unit),
        invitations=[(item, sealing.contact_of(item)) for item in queries.open_invitations(membership.unit)],
        roles=MEMBER_LABELS,
        form=form,
    )
    return page, code


def _to_login() -> ResponseReturnValue:
    target = request.full_path if request.method == "GET" else None
    return redirect(url_for("security.login", next=target))
