"""What authorities told of the yearly forms, and which reminders were sent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.credentials.duties.rules import FormState
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime


class DynamicForm(Base):
    """Whether a unit has filed its form of a year on the national platform, as its authority told last."""

    __tablename__ = "dynamic_form"
    __table_args__ = (UniqueConstraint("unit_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int] = mapped_column(index=True)
    state: Mapped[FormState] = mapped_column(EnumText(FormState))
    told_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class DutyReminder(Base):
    """One reminder of one duty, for one due day: another day brings reminders of its own."""

    __tablename__ = "duty_reminder"
    __table_args__ = (UniqueConstraint("unit_id", "duty", "due_on", "days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    duty: Mapped[str] = mapped_column(String(60))
    due_on: Mapped[date]
    days: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
