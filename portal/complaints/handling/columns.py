"""What the table of cases carries for the desk: who works on a case, what it belongs together with, how queues are sorted."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, validates

from portal.authorities.models import Person
from portal.complaints.handling.rules import NEVER, at_the_department
from portal.complaints.rules import CaseStatus
from portal.foundation import clock
from portal.foundation.database import UtcDateTime


class Handled:
    """A case as its desk sees it."""

    #: Who works on the case now, and who worked on it on the other side, verification or determination, before it went over.
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resting_assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Cases that belong together carry the same number, that of one of them.
    related_group: Mapped[int | None] = mapped_column(index=True)
    #: The promised date, or a day that never comes: an index can be walked along it on every database.
    due_order: Mapped[date] = mapped_column(default=NEVER)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)

    if TYPE_CHECKING:
        status: Mapped[CaseStatus]
        authority_id: Mapped[int]

    @declared_attr
    def assignee(cls) -> Mapped[Person | None]:  # noqa: N805 - a declared attribute is given the class
        """Who works on the case."""
        return relationship(foreign_keys=[cls.assignee_id])  # type: ignore[list-item]

    @validates("due_on")
    def _keep_order(self, _name: str, due: date | None) -> date | None:
        self.due_order = due or NEVER
        return due

    @validates("status")
    def _change_sides(self, _name: str, status: CaseStatus) -> CaseStatus:
        """A case that goes over to the department, or comes back, goes to whoever worked on it there."""
        before = self.__dict__.get("status")
        if before is not None and at_the_department(before) is not at_the_department(status):
            self.assignee_id, self.resting_assignee_id = self.resting_assignee_id, self.assignee_id
        return status

    @validates("authority_id")
    def _change_authority(self, _name: str, authority_id: int) -> int:
        """Who worked on a case at one authority does not at the next; the department's own side stays."""
        if self.__dict__.get("authority_id") not in {None, authority_id}:
            if at_the_department(self.status):
                self.resting_assignee_id = None
            else:
                self.assignee_id = None
        return authority_id


def queue_indexes() -> tuple[Index, ...]:
    """One index per way of walking a queue: by state, within one authority or in all, in each order."""
    rest = ("problem_kind", "assignee_id")
    return (
        Index("ix_complaint_case_queue", "authority_id", "status", "due_order", "id", *rest),
        Index("ix_complaint_case_due", "status", "due_order", "id", *rest),
        Index("ix_complaint_case_received_here", "authority_id", "status", "filed_at", "id"),
        Index("ix_complaint_case_received", "status", "filed_at", "id"),
        Index("ix_complaint_case_changed_here", "authority_id", "status", "changed_at", "id"),
        Index("ix_complaint_case_changed", "status", "changed_at", "id"),
        Index("ix_complaint_case_assignee", "assignee_id", "status", "due_order", "id"),
        Index("ix_complaint_case_found", "respondent_name", "receipt"),
    )
