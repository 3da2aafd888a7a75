"""Units and agencies as search results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.foundation.database import db
from portal.foundation.languages import Localized
from portal.register.models import Agency, Unit
from portal.register.rules import parse_public_id
from portal.search.findings import Finding


def find_units(ids: Sequence[str]) -> Mapping[str, Finding]:
    """The units of public ids, with names, entries and authority."""
    query = (
        select(Unit)
        .where(Unit.id.in_(_numbers(ids)))
        .options(selectinload(Unit.names), selectinload(Unit.entries), joinedload(Unit.authority))
    )
    return {unit.public_id: _unit(unit) for unit in db.session.scalars(query).unique()}


def find_agencies(ids: Sequence[str]) -> Mapping[str, Finding]:
    """The agencies of public ids, with their authority and exclusions."""
    query = select(Agency).where(Agency.id.in_(_numbers(ids))).options(joinedload(Agency.authority))
    return {agency.public_id: _agency(agency) for agency in db.session.scalars(query).unique()}


def _unit(unit: Unit) -> Finding:
    words = [unit.uscc or "", *(item.name for item in unit.names)]
    return Finding(
        type="unit",
        id=unit.public_id,
        slug=unit.ref,
        title=Localized(zh=unit.name, bo=unit.name_bo),
        text=Localized(zh=" · ".join(word for word in words if word)),
        date=max((entry.listed_on for entry in unit.entries if entry.listed_on), default=None),
        address=partial(url_for, "register.unit", ref=unit.ref),
        thing=unit,
    )


def _agency(agency: Agency) -> Finding:
    return Finding(
        type="agency",
        id=agency.public_id,
        slug=agency.public_id,
        title=Localized(zh=agency.name),
        text=Localized(zh=agency.uscc or ""),
        date=None,
        address=partial(url_for, "register.agency", ref=agency.public_id),
        thing=agency,
    )


def _numbers(ids: Sequence[str]) -> list[int]:
    return [parsed[1] for text in ids if (parsed := parse_public_id(text))]
