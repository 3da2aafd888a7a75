"""What the tests of the rulebook share: days to live on, and a sample calendar of a year that nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time

from portal.foundation import clock
from portal.rulebook.importing import DayRow, Days, read_text
from portal.rulebook.services import Provenance

NOTICE = Provenance("样本：某年部分节假日安排", "https://example.org/notice")
#: A sample, not the State Council's own arrangement, which is announced in the autumn before.
SAMPLE_2027 = """日期,结束,类型,名称
2027-01-01,2027-01-03,休,元旦
2027-02-05,2027-02-11,休,春节
2027-02-20,,班,春节
2027-04-03,2027-04-05,休,清明
2027-05-01,2027-05-05,休,劳动节
2027-05-08,,班,劳动节
2027-06-09,,休,端午
2027-09-15,,休,中秋
2027-10-01,2027-10-07,休,国庆节
2027-10-09,,班,国庆节
"""


@contextmanager
def at(day: date) -> Iterator[None]:
    """A working morning in Lhasa."""
    with clock.at(datetime.combine(day, time(9, 30), clock.ZONE)):
        yield


def year_2027() -> Days:
    return read_text(SAMPLE_2027, 2027)


def free(*days: date, name: str = "") -> tuple[DayRow, ...]:
    return tuple(DayRow(day, working=False, name=name) for day in days)
