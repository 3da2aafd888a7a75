"""The page of one case: what happened, and what can be done now."""

from __future__ import annotations

from typing import Unpack

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities import queries as authorities
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import clocks, parts, queries, reading, services
from portal.complaints.desk.forms import ActForm
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.desk.prefilling import prefilled
from portal.complaints.handling import services as handling
from portal.complaints.handling.queries import surroundings
from portal.complaints.rectification.queries import running_order
from portal.filings import desk
from portal.filings.forms import IdentityForm
from portal.filings.sealing import Identity
from portal.filings.trying import Refused, attempt
from portal.foundation import clock
from portal.foundation.choices import choice


@staff(*CASE_STAFF)
def case(person: Person, case_id: int) -> ResponseReturnValue:
    """One case: what happened, and what can be done now."""
    form, act = prefilled(case_id, person)
    return case_page(person, case_id, form=form, failed=act)


@staff(*CASE_STAFF)
def identity(person: Person, case_id: int) -> ResponseReturnValue:
    """Open the identity once, for a reason that is recorded and shown to the complainant."""
    form = IdentityForm()

    def open_or_ask() -> Identity | None:
        if handling.opens_alone(queries.case_for(case_id, person), person):
            return services.open_identity(case_id, form.reason.data or "", by=person)
        handling.ask_for_identity(case_id, form.reason.data or "", by=person)
        return None

    shown = attempt(open_or_ask, form)
    if isinstance(shown, Refused):
        return case_page(person, case_id, identity_form=form, refused=shown)
    if shown is None:
        flash(_("Your request waits for a colleague's consent."), "success")
        return redirect(url_for(f"{queue_name()}.case", case_id=case_id))
    return case_page(person, case_id, identity=shown)


def case_page(person: Person, case_id: int, **shown: Unpack[desk.Shown]) -> ResponseReturnValue:
    """The page of a case in one of its states.

    Raises:
        NotFound, InterestDeclared: the case is not for this person, or no longer.
    """
    found = queries.case_for(case_id, person)
    return desk.page(
        "complaints/case.html",
        found,
        ActForm,
        shown,
        case=found,
        account=reading.account(found),
        order=running_order(found),
        acts=parts.possible_acts(found, person),
        authorities=[choice(item.code, str(item.name)) for item in authorities.verifying_authorities()],
        due=clocks.due(found),
        steps=clocks.steps(found),
        left=clocks.days_until(found, clock.today()),
        queue=queue_name(),
        took_part=queries.took_part(found, person),
        decided_review=queries.cannot_review(found, person),
        beside=surroundings(found, person),
    )
