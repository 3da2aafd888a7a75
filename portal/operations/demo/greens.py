"""Green codes and yearly forms of the demonstration: of sample units alone, recorded by one person and confirmed by another."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from portal.authorities.models import Person
from portal.credentials.duties import services as duties
from portal.credentials.green_codes import queries
from portal.credentials.green_codes import services as green_codes
from portal.credentials.green_codes.rules import CodeState
from portal.foundation import clock
from portal.register import queries as register

#: Credit code, years ago, level; the last one is left for a visitor to confirm.
LEVELS = (
    ("91540000MA6DEMK01J", 1, "A"),
    ("91540000MA6DEMK02M", 1, "B"),
    ("91540000MA6DEMK01J", 0, "A+"),
    ("91540000MA6DEMK02M", 0, "A"),
)


def record(people: Mapping[str, Person]) -> None:
    """Record and confirm, once: what is recorded already is known."""
    editor, officer = people["editor@portal.test"], people["officer.lhasa@portal.test"]
    year = clock.today().year
    content = _file("企业绿码等级", [(code, level, str(year - ago)) for code, ago, level in LEVELS])
    digest = green_codes.record_export(content, year, by=editor).digest
    if green_codes.record_export(content, year, accepted=digest, by=editor).taken:
        for code in dict.fromkeys(code for code, _ago, _level in LEVELS):
            unit = register.unit_by_ref(code)
            found = queries.codes_of(unit) if unit is not None else []
            mine = [item.id for item in found if item.unit.authority_id == officer.authority_id]
            past = [item.id for item in found if item.year < year]
            confirming = officer if mine else people["officer.shigatse@portal.test"]
            green_codes.confirm(
                [item.id for item in found if item.state is CodeState.WAITING and item.id in {*mine, *past}],
                by=confirming,
            )
    forms = _file("填报状态", [("91540000MA6DEMK01J", "已填报", str(year))])
    digest = duties.tell_forms(forms, year, by=editor).digest
    duties.tell_forms(forms, year, accepted=digest, by=editor)


def _file(heading: str, rows: Sequence[tuple[str, str, str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([("统一社会信用代码", heading, "年度"), *rows])
    return text.getvalue().encode()
