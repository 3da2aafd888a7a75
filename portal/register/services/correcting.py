"""Corrections: what was recorded wrongly stays in the ledger, and an act of its own puts it right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import require
from portal.content import queries as content_queries
from portal.foundation import audit, clock, sanitizing
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, Stale
from portal.register import ledger
from portal.register.cleaning import is_name, name_key, tidy
from portal.register.models import ListEntry, RegisterEvent, Unit
from portal.register.rules import EntryStatus, EventKind
from portal.register.services.keeping import NOT_A_NAME, OLD_FONT
from portal.search import mark_changed

REQUIRED = _l("This field is required.")
NOTHING_NEW = _l("Nothing is different from what is recorded.")
NAME_TAKEN = _l("Another unit of the register bears this name.")
NO_DOCUMENT = _l("No published document has this name in its address.")
#: What may be put right as a slip of the pen. Who is listed where is no slip: that takes an announcement.
UNIT_FACTS = ("name", "name_bo", "prefecture")
ENTRY_FACTS = ("batch", "listed_on", "source_url", "source_name")
RESTORED: Mapping[str, Any] = {"status": EntryStatus.ACTIVE, "removed_on": None, "ground": None}


@dataclass(frozen=True)
class Correction:
    """What holds instead. ``unit`` and ``entry`` hold facts by name; those that do not differ are left out.

    ``restore`` takes a removal back; ``document`` is the slug of the published document that says so.
    """

    reason: str
    unit: Mapping[str, Any] = field(default_factory=dict)
    entry: Mapping[str, Any] = field(default_factory=dict)
    restore: bool = False
    document: str = ""


def correct(event: RegisterEvent, correction: Correction, *, version: int, by: Person) -> RegisterEvent:
    """Put right what an act recorded wrongly. The correction cites the act, holds from today, and is audited.

    Raises:
        Invalid: without a reason or a difference, for a name that is none or taken, or a restoration that no published
            document announces.
        NotPermitted: where ``by`` does not keep the register, or for a restoration may not determine.
        Stale: where somebody else changed the unit after ``version``.
    """
    with transaction():
        require(by, Permission.DETERMINE if correction.restore else Permission.KEEP_REGISTER)
        event = db.session.get_one(RegisterEvent, event.id)
        unit, entry = event.unit, event.entry
        if unit is None:
            raise Invalid({"reason": NOTHING_NEW})
        db.session.refresh(unit)
        if unit.version != version:
            raise Stale
        data = _differences(unit, entry, correction)
        document = content_queries.by_slug(correction.document) if correction.document else None
        _check(unit, correction, data, document_found=document is not None and document.is_public)
        if "name" in data.get("unit", {}):
            # Lists that printed the wrong name still find their unit.
            data["names"] = [{"name": unit.name, "kind": "alias"}]
        made = ledger.record(
            EventKind.CORRECTED,
            unit=unit,
            entry=entry,
            effective_on=clock.today(),
            by_actor=by.actor,
            article=event.article,
            document=document,
            data={"corrects": event.id, "reason": sanitizing.normalize(correction.reason).strip(), **data},
        )
        mark_changed(f"unit:{unit.public_id}")
        changed = sorted([*data.get("unit", {}), *data.get("entry", {})])
        audit.record(
            "register.event.corrected",
            f"unit:{unit.public_id}",
            by.actor,
            {"event": event.id, "by": made.id, "changed": changed},
        )
    return made


def _differences(unit: Unit, entry: ListEntry | None, correction: Correction) -> dict[str, Any]:
    found: dict[str, Any] = {}
    told = {name: _clean(name, value) for name, value in correction.unit.items() if name in UNIT_FACTS}
    other = {name: value for name, value in told.items() if value != getattr(unit, name)}
    if other:
        found["unit"] = other
    if entry is not None:
        facts = {name: value for name, value in correction.entry.items() if name in ENTRY_FACTS}
        other = {name: value for name, value in facts.items() if value != getattr(entry, name)}
        if correction.restore and entry.status is EntryStatus.REMOVED:
            other |= RESTORED
        if other:
            found["entry"] = other
    return found


def _clean(name: str, value: str) -> str:
    return tidy(value) if name == "name" else sanitizing.normalize(value).strip()


def _check(unit: Unit, correction: Correction, data: Mapping[str, Any], *, document_found: bool) -> None:
    faults: dict[str, object] = {}
    if not correction.reason.strip():
        faults["reason"] = REQUIRED
    elif not data:
        faults["reason"] = NOTHING_NEW
    name = data.get("unit", {}).get("name")
    if name is not None:
        same = select(Unit.id).where(
            Unit.name_key == name_key(name), Unit.province == unit.province, Unit.id != unit.id
        )
        if not is_name(name):
            faults["name"] = NOT_A_NAME
        elif db.session.scalars(same).first():
            faults["name"] = NAME_TAKEN
    if sanitizing.has_private_use(str(data.get("unit", {}).get("name_bo", ""))):
        faults["name_bo"] = OLD_FONT
    if (correction.restore or correction.document) and not document_found:
        faults["document"] = NO_DOCUMENT
    if faults:
        raise Invalid(faults)
