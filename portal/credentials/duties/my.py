"""An enterprise's page of what is due when, and the page of each duty that is answered here."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.credentials.members.models import UnitMember
from portal.credentials.members.my import member
from portal.foundation import clock
from portal.register.duties import duties_of, duty_page

blueprint = Blueprint("my_duties", __name__, url_prefix="/my")


@blueprint.get("/<ref>/duties")
@member
def index(membership: UnitMember) -> ResponseReturnValue:
    """What the unit has to do, by its day, and how."""
    today, unit = clock.today(), membership.unit
    duties = duties_of(unit, today)
    return render_template("duties/my.html", membership=membership, unit=unit, duties=duties, today=today)


@blueprint.route("/<ref>/duties/<kind>/<int:number>", methods=["GET", "POST"])
@member
def duty(membership: UnitMember, kind: str, number: int) -> ResponseReturnValue:
    """One duty: what is asked, where it stands, and its answer. Any person of the unit may give it."""
    found = duty_page(membership.unit, kind, number, membership.person)
    if found is None:
        return redirect(request.path)
    page = render_template(
        "duties/my_duty.html", **found.context, membership=membership, unit=membership.unit, page=found
    )
    return page, found.status
