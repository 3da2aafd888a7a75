"""An enterprise's page of what is due when."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.credentials.members.models import UnitMember
from portal.credentials.members.my import member
from portal.foundation import clock
from portal.register.duties import duties_of

blueprint = Blueprint("my_duties", __name__, url_prefix="/my")


@blueprint.get("/<ref>/duties")
@member
def index(membership: UnitMember) -> ResponseReturnValue:
    """What the unit has to do, by its day, and how."""
    today, unit = clock.today(), membership.unit
    duties = duties_of(unit, today)
    return render_template("duties/my.html", membership=membership, unit=unit, duties=duties, today=today)
