"""Whom a complaint is about: found in the register, or named by the complainant; and the authority it goes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities import queries as authority_queries
from portal.authorities.models import Authority
from portal.authorities.rules import AuthorityKind
from portal.complaints.rules import NotOurs, RespondentKind, route
from portal.register import queries as register
from portal.register.cleaning import name_key
from portal.register.models import Agency, Unit
from portal.register.queries import Scope
from portal.register.rules import Category

MOST_FOUND = 12
LISTED_UNIT, AGENCY = _l("Listed unit"), _l("Third-party evaluation agency")


@dataclass(frozen=True)
class Respondent:
    """Whom a complaint is about, as found in the register; ``name`` alone where nothing was found."""

    name: str
    unit: Unit | None = None
    agency: Agency | None = None
    evaluated_unit: Unit | None = None

    @property
    def kind(self) -> RespondentKind:
        """Unit, agency, or only a name."""
        if self.unit is not None:
            return RespondentKind.UNIT
        return RespondentKind.AGENCY if self.agency is not None else RespondentKind.NAMED

    def authority_id(self) -> int:
        """The authority that will handle it (Art. 24).

        Raises:
            NotOurs: a unit that stands under none of the nine authorities.
        """
        for unit in (self.unit, self.evaluated_unit):
            if unit is not None and not unit.in_region:
                raise NotOurs(unit.name, unit.province)
        return route(
            unit_authority=self.unit.authority_id if self.unit else None,
            agency_authority=self.agency.authority_id if self.agency else None,
            evaluated_unit_authority=self.evaluated_unit.authority_id if self.evaluated_unit else None,
            department=authority_queries.department().id,
            self_interested=self.unit is not None and _own_park(self.unit),
        )

    @property
    def refusal(self) -> NotOurs | None:
        """Why none of the nine authorities handles it; None where one does."""
        try:
            self.authority_id()
        except NotOurs as refused:
            return refused
        return None

    @property
    def authority(self) -> Authority | None:
        """The authority that will handle it; None where none of the nine does."""
        return None if self.refusal else authority_queries.authority(self.authority_id())


@dataclass(frozen=True)
class Choice:
    """One answer to the question whom a complaint is about."""

    public_id: str
    name: str
    kind_label: LazyString
    authority: Authority | None
    province: str = ""


def respondent_of(reference: str, name: str = "", evaluated: str = "") -> Respondent | None:
    """Whom a form names: by the id of a unit or an agency, by a name that the register knows, or by a name alone.

    Args:
        reference: a public id such as ``u12`` or ``a7``, or a credit code; may be empty.
        name: the name as it was typed.
        evaluated: public id of the unit whose evaluation is complained about, for agencies.
    """
    unit = register.unit_by_ref(reference) if reference else _unit_named(name)
    agency = None
    if unit is None:
        agency = register.agency_by_ref(reference) if reference else _agency_named(name)
    known = unit or agency
    if known is None:
        return Respondent(name.strip()) if name.strip() and not reference else None
    about = register.unit_by_ref(evaluated) if evaluated and agency is not None else None
    return Respondent(known.name, unit, agency, about)


@dataclass(frozen=True)
class Search:
    """What was looked for in the register, and what was found; nothing is looked for where ``text`` is empty."""

    text: str
    found: Sequence[Choice]


def look_for(text: str, *, units_only: bool = False) -> Search:
    """The answers to the question whom a complaint is about, or which unit an agency evaluated."""
    wanted = text.strip()
    found = find_respondents(wanted) if wanted else []
    return Search(wanted, [item for item in found if not (units_only and item.kind_label is AGENCY)])


def find_respondents(text: str) -> list[Choice]:
    """Units and agencies with ``text`` in their names, the region's units first; those of elsewhere say where they are."""
    units = register.find_units(text, Scope.ALL, MOST_FOUND)
    agencies = register.find_agencies(text, MOST_FOUND - len(units)) if len(units) < MOST_FOUND else []
    return [Choice(unit.public_id, unit.name, LISTED_UNIT, unit.authority, unit.province) for unit in units] + [
        Choice(agency.public_id, agency.name, AGENCY, agency.authority) for agency in agencies
    ]


def _unit_named(name: str) -> Unit | None:
    """The one unit that bears or bore exactly this name; None where there is none or more than one."""
    key = name_key(name)
    if not key:
        return None
    found = [
        unit
        for unit in register.find_units(name, Scope.ALL, MOST_FOUND)
        if unit.name_key == key or any(other.key == key for other in unit.names)
    ]
    return register.unit_by_ref(found[0].public_id) if len(found) == 1 else None


def _agency_named(name: str) -> Agency | None:
    key = name_key(name)
    return (
        next((item for item in register.find_agencies(name, MOST_FOUND) if item.name_key == key), None) if key else None
    )


def _own_park(unit: Unit) -> bool:
    """Whether the park committee would have to verify its own park."""
    return (
        unit.authority is not None
        and unit.authority.kind is AuthorityKind.PARK_COMMITTEE
        and any(entry.category is Category.PARK for entry in unit.entries)
    )
