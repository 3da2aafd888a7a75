"""Notes of the staff on a case. The complainant never reads them, nor does the respondent."""

from __future__ import annotations

from portal.authorities.models import Person
from portal.complaints import queries
from portal.complaints.handling import diary
from portal.complaints.handling.models import DeskEntry
from portal.complaints.handling.rules import DeskAct
from portal.filings.forms import REQUIRED
from portal.foundation.database import transaction
from portal.foundation.errors import Invalid


def add_note(case_id: int, text: str, *, by: Person) -> DeskEntry:
    """Write into the diary of a case; the case itself does not change.

    Raises:
        NotFound, InterestDeclared: no such case for this person.
        Invalid: nothing was written.
    """
    if not text.strip():
        raise Invalid({"text": REQUIRED})
    with transaction():
        return diary.write(queries.case_for(case_id, by), DeskAct.NOTE, by, text=text)
