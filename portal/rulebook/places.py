"""For whom a day of the calendar holds: the country, the region, or one of the eight authorities under it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.authorities import queries

NATIONAL, REGION = "national", "region"
NATIONAL_LABEL = _l("The whole country")


def names() -> dict[str, object]:
    """Every place by its code, widest first; the region is called as the department's own place is."""
    known = {REGION if item.is_department else item.code: item.place for item in queries.authorities()}
    return {NATIONAL: NATIONAL_LABEL, **known}
