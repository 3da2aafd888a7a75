"""A form of an act that is filled in already: from a template, or as a linked case was determined."""

from __future__ import annotations

from flask import request

from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.desk.forms import ActForm
from portal.complaints.handling import queries as handling
from portal.complaints.handling.rules import NotRelated
from portal.complaints.models import Case
from portal.complaints.rules import OUTCOMES, STAFF_ACTS, CaseAct, CaseStatus
from portal.filings import sealing
from portal.filings.forms import LONGEST_NUMBER
from portal.foundation import clock


def prefilled(case_id: int, person: Person) -> tuple[ActForm | None, CaseAct | None]:
    """The form that the address asks for, and its act; nothing where it asks for none."""
    if (like := _number("like")) is not None:
        return _like(queries.case_for(case_id, person), queries.case_for(like, person))
    template, act = _number("template"), request.args.get("act", "")
    if template is None or act not in set(map(str, STAFF_ACTS)):
        return None, None
    form = ActForm(formdata=None)
    language = queries.case_for(case_id, person).language
    form.note.data = handling.template(template, person).text.choose(language).text
    return form, CaseAct(act)


def _like(case: Case, other: Case) -> tuple[ActForm | None, CaseAct | None]:
    """As a linked case was determined: the ground, the date and the words, to be made this case's own answer."""
    if case.related_group is None or case.related_group != other.related_group:
        raise NotRelated
    act = next((act for act, outcome in OUTCOMES.items() if outcome is other.outcome), None)
    if act is None or case.status is not CaseStatus.REPORTED:
        return None, None
    box = sealing.open_filing(other)
    said = next((event for event in reversed(other.events) if event.act is act), None)
    form = ActForm(formdata=None)
    form.note.data = sealing.note_of(said, box) if said else ""
    form.removal_ground.data = form.exclusion_ground.data = other.ground or None
    if act is CaseAct.ORDER_RECTIFICATION and other.due_on is not None and other.due_on > clock.today():
        form.rectify_by.data = other.due_on
    return form, act


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER // 2 else None
