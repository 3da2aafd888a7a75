"""The use case of every kind of sheet: look at a file, and take it when the same file comes again."""

from __future__ import annotations

from dataclasses import replace

from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials.sheets.reading import look
from portal.credentials.sheets.rules import Kind, Report, T
from portal.foundation import audit
from portal.foundation.database import transaction


def take(kind: Kind[T], content: bytes, year: int, *, accepted: str, by: Person) -> Report[T]:
    """Keep what a file tells: all of its rows, or none.

    Args:
        year: of rows that name none.
        accepted: the preview that was looked at. Any other file, or year, is only looked at.

    Raises:
        NotPermitted: ``by`` tells of no units.
        UnreadableList: the file is no list of credit codes with what is told of them.
    """
    authorities.require(by, Permission.CONFIRM_UNITS)
    with transaction():
        report = look(content, kind, year, by)
        if accepted != report.preview or report.bad or not report.good:
            return report
        for row in report.good:
            if row.unit is not None and row.value is not None and row.year is not None:
                kind.keep(row.unit, row.year, row.value, by, report.digest)
        facts = {"rows": len(report.good), "file": report.digest[:16]}
        audit.record(kind.act, f"authority:{by.authority.code}", by.actor, facts)
    return replace(report, taken=True)
