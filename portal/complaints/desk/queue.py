"""The verification queue of the authorities and the determination queue of the department."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities import queries as authorities
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import clocks, queries
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.handling import queries as handling
from portal.complaints.handling import queue as queues
from portal.complaints.handling import services, staffing
from portal.complaints.handling.rules import MOST_COUNTED, SORTING_LABELS, QueueView, Within
from portal.complaints.models import Case
from portal.complaints.rules import DETERMINATION_QUEUE, VERIFICATION_QUEUE, CaseStatus
from portal.foundation import clock
from portal.foundation.errors import DomainError, Invalid

CLOSED = (CaseStatus.CLOSED, CaseStatus.REFUSED)
QUEUES = {"verification": VERIFICATION_QUEUE, "determination": DETERMINATION_QUEUE}
LONGEST_NUMBER = 10
#: So many overdue cases of the authorities are named above the department's queue, the longest overdue first.
MOST_ESCALATED = 10


@staff(*CASE_STAFF)
def queue(person: Person) -> ResponseReturnValue:
    """Cases by due date; one's own for officers, all for the department."""
    name, view = queue_name(), QueueView.read(request.args)
    statuses = (*QUEUES[name], *CLOSED)
    shown = QUEUES[name] if view.status is None and not view.text else statuses
    determines = name == "determination"
    return render_template(
        "complaints/queue.html",
        page=queues.page(person, shown, view, queues.Place.read(request.args.get("from", "")), own=VERIFICATION_QUEUE),
        counts=queues.counts(person, statuses, view.authority),
        view=view,
        queue=name,
        views=handling.views_of(person, name),
        colleagues=staffing.colleagues_of(person),
        authorities=authorities.authorities() if determines else [],
        sortings=SORTING_LABELS,
        withins=list(Within),
        most=MOST_COUNTED,
        requests=handling.requests_waiting(person),
        unassigned=queries.unassigned(person) if determines else [],
        escalated=_escalated(person, view) if determines else [],
        days_until=_days_until(),
        due=clocks.due,
        day=clock.local_day,
        person=person,
    )


def _escalated(person: Person, view: QueueView) -> list[Case]:
    """What is overdue with the authorities that verify, for the department, which may reassign it or take it over."""
    overdue = QueueView(within=Within.OVERDUE, authority=view.authority)
    found = queues.page(person, VERIFICATION_QUEUE, overdue, None).items
    return [case for case in found if case.authority_id != person.authority_id][:MOST_ESCALATED]


@staff(*CASE_STAFF)
def assign_many(person: Person) -> ResponseReturnValue:
    """Give the chosen cases to one person; what could not go over is named."""
    seen = list(_seen(request.form.getlist("case")))
    to = request.form.get("to", "")
    view = QueueView.read(request.form)
    if not seen or not (to == "nobody" or _number(to)):
        flash(_("Choose cases and a person first."), "error")
        return _back(view)
    try:
        assigned = services.assign_many(seen, None if to == "nobody" else int(to), by=person)
    except DomainError as refused:
        flash(str(refused.message), "error")
        return _back(view)
    flash(_("%(n)s cases were given to this person.", n=assigned.done), "success")
    if assigned.skipped:
        named = " ".join(assigned.skipped)
        flash(
            _("These changed meanwhile or cannot go to this person, and were left as they are: %(cases)s", cases=named)
        )
    return _back(view)


@staff(*CASE_STAFF)
def save_view(person: Person) -> ResponseReturnValue:
    """Keep the view that is shown under a name."""
    view = QueueView.read(request.form)
    try:
        services.save_view(queue_name(), request.form.get("name", ""), view, by=person)
    except Invalid as refused:
        flash(" ".join(map(str, refused.fields.values())), "error")
    else:
        flash(_("Saved."), "success")
    return _back(view)


@staff(*CASE_STAFF)
def delete_view(person: Person, view_id: int) -> ResponseReturnValue:
    """Forget a view of one's own."""
    services.delete_view(view_id, by=person)
    return _back(QueueView.read(request.form))


def _days_until() -> Callable[[Case], int | None]:
    """Working days left, counted once for all cases of a page with the same date and the same calendar."""
    known: dict[object, int | None] = {}

    def days_until(case: Case) -> int | None:
        key = (case.authority_id, case.status, clocks.due(case))
        if key not in known:
            known[key] = clocks.days_until(case, clock.today())
        return known[key]

    return days_until


def _back(view: QueueView) -> ResponseReturnValue:
    values: dict[str, Any] = dict(view.args)
    return redirect(url_for(f"{queue_name()}.queue", **values))


def _seen(sent: list[str]) -> Iterator[tuple[int, int]]:
    """Numbers and versions as the boxes carry them: ``12.3``."""
    for item in sent:
        number, _dot, version = item.partition(".")
        if _number(number) and _number(version):
            yield int(number), int(version)


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER
