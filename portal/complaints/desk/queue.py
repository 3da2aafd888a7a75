"""The verification queue of the authorities and the determination queue of the department."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.complaints import clocks, queries
from portal.complaints.desk.frame import CASE_STAFF, queue_name
from portal.complaints.rules import DETERMINATION_QUEUE, VERIFICATION_QUEUE, CaseStatus
from portal.foundation import clock

CLOSED = (CaseStatus.CLOSED, CaseStatus.REFUSED)
QUEUES = {"verification": VERIFICATION_QUEUE, "determination": DETERMINATION_QUEUE}


@staff(*CASE_STAFF)
def queue(person: Person) -> ResponseReturnValue:
    """Cases by due date; one's own for officers, all for the department."""
    name = queue_name()
    statuses = (*QUEUES[name], *CLOSED)
    try:
        status = CaseStatus(request.args["status"]) if request.args.get("status") else None
    except ValueError:
        status = None
    text = request.args.get("q", "").strip()[:100]
    shown = QUEUES[name] if status is None and not text else statuses
    return render_template(
        "complaints/queue.html",
        page=queries.queue(person, shown, status, text),
        counts=queries.counts(person, statuses),
        status=status,
        q=text,
        queue=name,
        unassigned=queries.unassigned(person) if name == "determination" else [],
        days_until=lambda case: clocks.days_until(case, clock.today()),
        due=clocks.due,
    )
