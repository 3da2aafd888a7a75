"""The order by which the department has a unit put right what was confirmed. What it says is sealed with the case."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.complaints.models import Case
from portal.complaints.rectification.rules import OrderState
from portal.foundation import clock
from portal.foundation.database import Base, EnumText, UtcDateTime


class RectificationOrder(Base):
    """One order. A case that comes back to the department may get another one."""

    __tablename__ = "rectification_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    #: Empty until a letter is printed; each letter carries a new secret.
    secret_digest: Mapped[str] = mapped_column(String(64), default="")
    #: What the unit must do, in words that are written for it.
    sealed_measures: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    due_on: Mapped[date]
    state: Mapped[OrderState] = mapped_column(EnumText(OrderState), default=OrderState.OPEN)

    case: Mapped[Case] = relationship()

    @property
    def duty_key(self) -> str:
        """Its name among the duties of its unit."""
        return f"rectification:{self.id}"
