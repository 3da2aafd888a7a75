"""The only source of time. Stored in UTC, shown and counted in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in Asia/Shanghai."""
    return now().astimezone(ZONE).date()


def local(moment: datetime) -> datetime:
    """The same moment on the clocks of Asia/Shanghai."""
    return moment.astimezone(ZONE)


def local_day(moment: datetime) -> date:
    """The day of a moment in Asia/Shanghai."""
    return local(moment).date()
