"""The authorities' side of profiles: look through what a unit wants to show, publish or return it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials.profile import public, queries, services
from portal.credentials.profile.forms import DecideForm
from portal.credentials.profile.models import ProfileFile, UnitProfile
from portal.credentials.profile.rules import STATE_LABELS, TONES, ProfileState
from portal.filings import opening
from portal.filings.forms import seen_version
from portal.foundation.errors import DomainError, Invalid

blueprint = Blueprint("showcase_desk", __name__, url_prefix="/desk/showcase")


@blueprint.get("/")
@staff(Permission.CONFIRM_UNITS)
def index(person: Person) -> ResponseReturnValue:
    """The versions, what waits first."""
    state = next((item for item in ProfileState if item == request.args.get("state")), None)
    number = request.args.get("page", "1")
    page = queries.profiles(person, state, int(number) if number.isdecimal() and len(number) < 7 else 1)
    return render_template(
        "showcase/desk_list.html", page=page, state=state, state_labels=STATE_LABELS, tones=TONES, shown_states=_SHOWN
    )


@blueprint.get("/<int:profile_id>")
@staff(Permission.CONFIRM_UNITS)
def profile(person: Person, profile_id: int) -> ResponseReturnValue:
    """One version as it would be shown."""
    found = queries.profile(profile_id, person)
    return _page(found, DecideForm(formdata=None))


@blueprint.get("/<int:profile_id>/files/<int:file_id>")
@opening.sandbox
@staff(Permission.CONFIRM_UNITS)
def file(person: Person, profile_id: int, file_id: int) -> ResponseReturnValue:
    """A file of a version."""
    return public.sent(queries.file_of(queries.profile(profile_id, person), file_id))


@blueprint.post("/<int:profile_id>/<any(publish,return,withdraw):what>")
@staff(Permission.CONFIRM_UNITS)
def decide(person: Person, profile_id: int, what: str) -> ResponseReturnValue:
    """Publish, return or withdraw."""
    form = DecideForm()
    found = queries.profile(profile_id, person)
    if not form.validate():
        return _page(found, form, code=422)
    seen, reason = seen_version(form.version.data), form.reason.data or ""
    try:
        if what == "publish":
            services.publish(profile_id, seen=seen, by=person)
        elif what == "return":
            services.send_back(profile_id, reason, seen=seen, by=person)
        else:
            services.withdraw(profile_id, reason, seen=seen, by=person)
    except Invalid as refused:
        form.reason.errors = list(map(str, refused.fields.values()))
        return _page(queries.profile(profile_id, person), form, code=refused.status)
    except DomainError as refused:
        shown = queries.profile(profile_id, person)
        return _page(shown, DecideForm(formdata=None), error=refused.message, code=refused.status)
    flash(_("Saved."), "success")
    return redirect(url_for("showcase_desk.index"))


_SHOWN = [state for state in ProfileState if state is not ProfileState.DRAFT]


def _page(found: UnitProfile, form: DecideForm, *, error: object = None, code: int = 200) -> ResponseReturnValue:
    def address(item: ProfileFile, *, small: bool = False) -> str:  # noqa: ARG001 - who reviews sees what others can open
        return url_for("showcase_desk.file", profile_id=found.id, file_id=item.id)

    published = queries.published_version(found.unit_id)
    page = render_template(
        "showcase/desk_profile.html",
        profile=found,
        before=published if published and published.id != found.id else None,
        shown={**public.shown(found), "file_url": address, "whole": True},
        state_labels=STATE_LABELS,
        tones=TONES,
        form=form,
        error=error,
    )
    return page, code
