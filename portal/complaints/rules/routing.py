"""Where a complaint goes (Art. 24)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.foundation.errors import Invalid


class NotOurs(Invalid):
    """The unit stands under none of the nine authorities (Art. 2, 24); ``province`` is where it belongs."""

    def __init__(self, name: str, province: str) -> None:
        self.name, self.province = name, province
        self.message = _l(
            "This unit is not under an authority of the region, so its complaint cannot be taken here. Please turn to the "
            "competent department for industry and information technology of: %(province)s",
            province=province,
        )
        super().__init__({"respondent_name": self.message})


def route(
    *,
    unit_authority: int | None,
    agency_authority: int | None,
    evaluated_unit_authority: int | None,
    department: int,
    self_interested: bool = False,
) -> int:
    """The authority that a complaint goes to (Art. 24).

    A unit: where it is located. An agency of the region: where it is located; one from elsewhere: to the authority of the
    unit whose evaluation is complained about. Where nobody is named, and where the authority has a stake (the park
    committee and its own park), the department, which assigns.
    """
    if self_interested:
        return department
    return unit_authority or agency_authority or evaluated_unit_authority or department
