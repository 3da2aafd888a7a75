"""What a unit may show of itself, and how it becomes public (Art. 28)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.content.rules import REQUIRED
from portal.foundation.errors import Invalid
from portal.foundation.languages import Localized


class ProfileState(StrEnum):
    """Where one version of a profile stands. Of a unit, one at most is open and one at most is published."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Measure(StrEnum):
    """What a figure measures."""

    ENERGY = "energy"
    ELECTRICITY = "electricity"
    RENEWABLE = "renewable"
    WATER = "water"
    WATER_REUSED = "water_reused"
    CARBON = "carbon"
    WASTE_USED = "waste_used"
    OTHER = "other"


class FileKind(StrEnum):
    """What a file of a profile is."""

    REPORT = "report"
    PICTURE = "picture"


OPEN = frozenset({ProfileState.DRAFT, ProfileState.SUBMITTED, ProfileState.RETURNED})
#: The unit writes in these; what lies with the authority changes under nobody's eyes.
EDITABLE = frozenset({ProfileState.DRAFT, ProfileState.RETURNED})

STATE_LABELS: Mapping[ProfileState, LazyString] = {
    ProfileState.DRAFT: _l("Draft"),
    ProfileState.SUBMITTED: _l("Pending review"),
    ProfileState.RETURNED: _l("Returned"),
    ProfileState.PUBLISHED: _l("Published"),
    ProfileState.SUPERSEDED: _l("Replaced by a newer version"),
    ProfileState.WITHDRAWN: _l("Withdrawn"),
}
TONES: Mapping[ProfileState, str] = {
    ProfileState.SUBMITTED: "saffron",
    ProfileState.RETURNED: "madder",
    ProfileState.PUBLISHED: "pine",
}
MEASURE_LABELS: Mapping[Measure, LazyString] = {
    Measure.ENERGY: _l("Energy use in the year"),
    Measure.ELECTRICITY: _l("Electricity use in the year"),
    Measure.RENEWABLE: _l("Share of renewable energy"),
    Measure.WATER: _l("Water use in the year"),
    Measure.WATER_REUSED: _l("Share of reused water"),
    Measure.CARBON: _l("Carbon emissions in the year"),
    Measure.WASTE_USED: _l("Share of solid waste put to use"),
    Measure.OTHER: _l("Another figure"),
}
#: Units of measure, the same in every language; only another figure brings its own.
UNITS: Mapping[Measure, str] = {
    Measure.ENERGY: "tce",
    Measure.ELECTRICITY: "MWh",
    Measure.RENEWABLE: "%",
    Measure.WATER: "m³",
    Measure.WATER_REUSED: "%",
    Measure.CARBON: "t CO₂",
    Measure.WASTE_USED: "%",
}
#: The parts of a profile's text after its title, in the order of Art. 28.
SECTION_LABELS: Mapping[str, LazyString] = {
    "technologies": _l("Green technologies"),
    "practices": _l("Good practices"),
    "disclosures": _l("Disclosure of environmental information"),
}

TITLE_LENGTH, TEXT_LENGTH, SOURCE_LENGTH, UNIT_LENGTH = 120, 4000, 200, 20
MOST_FIGURES, MOST_REPORTS, MOST_PICTURES = 200, 20, 12
FIRST_YEAR = 2000
MOST_DECIMALS = 4
_HIGHEST = Decimal(10) ** 15
_HUNDRED = Decimal(100)

NOT_A_NUMBER = _l("Please enter a number that is not below zero, with at most four decimal places.")
NOT_A_SHARE = _l("A share is between 0 and 100.")
NOT_A_YEAR = _l("Please enter a year that has been, from 2000 on.")
THERE_ALREADY = _l("There is a figure of this year already.")
TOO_MANY = _l("There are as many as a profile can have.")
NOTHING_YET = _l("A title and at least one text are needed before the profile can be reviewed.")
REASON_NEEDED = _l("Please say what has to be changed.")


@dataclass(frozen=True)
class Texts:
    """What a unit writes about itself."""

    title: Localized = field(default_factory=Localized)
    technologies: Localized = field(default_factory=Localized)
    practices: Localized = field(default_factory=Localized)
    disclosures: Localized = field(default_factory=Localized)


@dataclass(frozen=True)
class StatedFigure:
    """One figure as it is stated; ``name`` and ``unit`` count only for :attr:`Measure.OTHER`."""

    measure: Measure
    year: int
    value: str
    source: str
    unit: str = ""
    name: Localized = field(default_factory=Localized)


def checked(stated: StatedFigure, *, this_year: int) -> StatedFigure:
    """A figure as it is kept: its number in plain digits, and the unit of what it measures.

    Raises:
        Invalid: it is no number, no share, of no year that has been, or lacks its source, name or unit.
    """
    faults: dict[str, object] = {}
    own = stated.measure is Measure.OTHER
    unit = stated.unit.strip() if own else UNITS[stated.measure]
    value = number(stated.value)
    if value is None:
        faults["value"] = NOT_A_NUMBER
    elif unit == "%" and value > _HUNDRED:
        faults["value"] = NOT_A_SHARE
    if not FIRST_YEAR <= stated.year <= this_year:
        faults["year"] = NOT_A_YEAR
    if not stated.source.strip():
        faults["source"] = REQUIRED
    if own and not stated.name:
        faults["name_zh"] = REQUIRED
    if not unit:
        faults["unit"] = REQUIRED
    if faults or value is None:
        raise Invalid(faults)
    name = stated.name if own else Localized()
    return StatedFigure(stated.measure, stated.year, format(value, "f"), stated.source.strip(), unit, name)


def number(text: str) -> Decimal | None:
    """A measured number from text, also with commas between thousands; None for anything else."""
    try:
        value = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or value.is_signed() or value >= _HIGHEST:
        return None
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MOST_DECIMALS:
        return None
    whole = value == value.to_integral_value()
    return value.quantize(Decimal(1)) if whole else value.normalize()


def require_substance(texts: Texts) -> None:
    """Let only a profile go to review that says something.

    Raises:
        Invalid: no title, or no text.
    """
    if not (texts.title and any(getattr(texts, name) for name in SECTION_LABELS)):
        raise Invalid({"title": NOTHING_YET})
