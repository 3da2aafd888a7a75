"""Use cases of duties: the authority tells who has filed the yearly form; the unit's people are reminded."""

from __future__ import annotations

from sqlalchemy import select

from portal.authorities.models import Person
from portal.credentials import sheets
from portal.credentials.duties import queries
from portal.credentials.duties.models import DutyReminder, DynamicForm
from portal.credentials.duties.rules import FORM_HEADINGS, WORDS, FormState, reminder
from portal.credentials.members import queries as members
from portal.credentials.members.models import UnitMember
from portal.credentials.sheets import Kind, Report
from portal.foundation import clock, outbox
from portal.foundation.database import db, transaction
from portal.register.duties import Duty, DutyState, duties_of
from portal.register.models import Unit

KIND, NEWS = "enterprise.duty", "enterprise.news"
#: The hour of Asia/Shanghai from which a day's mails may go out.
FROM_HOUR = 8
FIRST_YEAR = 2017


def tell_forms(content: bytes, year: int, *, accepted: str = "", by: Person) -> Report[FormState]:
    """Tell which units have filed the form of a year: all rows of a spreadsheet, or none. What was told before is replaced.

    Raises:
        NotPermitted, UnreadableList: as :func:`portal.credentials.sheets.take`, which also says what ``accepted`` is.
    """
    return sheets.take(FORMS, content, year, accepted=accepted, by=by)


def remind() -> int:
    """Put a mail for each member of each unit that a duty presses on today; how many. A second run puts none."""
    if clock.local(clock.now()).hour < FROM_HOUR:
        return 0
    units = db.session.scalars(select(UnitMember.unit_id).distinct().order_by(UnitMember.unit_id)).all()
    return sum(_remind(unit_id) for unit_id in units)


def tell_people(unit: Unit, key: str) -> None:
    """Put a mail for each member of a unit of whose duty something became, within the act by which it did."""
    for member in members.members(unit):
        outbox.put(NEWS, f"member:{member.id}", {"duty": key})


def _remind(unit_id: int) -> int:
    with transaction():
        # Held, so that of two workers the second finds what the first has put.
        query = select(Unit).where(Unit.id == unit_id).with_for_update(of=Unit)
        unit = db.session.scalars(query).unique().one()
        pressing = [duty for duty in duties_of(unit, clock.today()) if _mark(unit, duty)]
        people = members.members(unit) if pressing else []
        for duty in pressing:
            for member in people:
                outbox.put(KIND, f"member:{member.id}", {"duty": duty.key})
    return len(pressing) * len(people)


def _mark(unit: Unit, duty: Duty) -> bool:
    """Note the reminder that a duty calls for today; whether there was one to note."""
    if duty.state is not DutyState.OPEN or duty.due_on is None:
        return False
    days = reminder(duty.due_on, clock.today())
    if days is None:
        return False
    facts = {"unit_id": unit.id, "duty": duty.key, "due_on": duty.due_on, "days": days}
    if db.session.scalars(select(DutyReminder.id).filter_by(**facts)).first() is not None:
        return False
    db.session.add(DutyReminder(**facts))
    return True


def _keep(unit: Unit, year: int, state: FormState, by: Person, _digest: str) -> None:
    query = select(DynamicForm).where(DynamicForm.unit_id == unit.id, DynamicForm.year == year)
    kept = db.session.scalars(query).one_or_none() or DynamicForm(unit_id=unit.id, year=year)
    kept.state, kept.told_by_id, kept.told_at = state, by.id, clock.now()
    db.session.add(kept)


FORMS = Kind(FORM_HEADINGS, WORDS, FIRST_YEAR, "credentials.forms.told", queries.all_told, _keep)
