"""The only source of time. Stored in UTC, shown and counted in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

_set: ContextVar[datetime | None] = ContextVar("set", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """The present day in Asia/Shanghai."""
    return now().astimezone(ZONE).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Live a block at another moment: the demonstration's history and the tests' days are made so."""
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)


def local(moment: datetime) -> datetime:
    """The same moment on the clocks of Asia/Shanghai."""
    return moment.astimezone(ZONE)


def local_day(moment: datetime) -> date:
    """The day of a moment in Asia/Shanghai."""
    return local(moment).date()
