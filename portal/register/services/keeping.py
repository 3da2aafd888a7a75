"""The register kept by hand: names, codes, and the authority to which a unit belongs."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities import queries as authority_queries
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.authorities.services import require
from portal.foundation import audit, clock, sanitizing
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, Stale
from portal.foundation.identifiers import InvalidIdentifier
from portal.foundation.identifiers import uscc as plausible_uscc
from portal.register.cleaning import is_name, name_key, tidy
from portal.register.ledger import Writer
from portal.register.models import Unit
from portal.register.rules import EventKind, NameKind
from portal.search import mark_changed

BAD_CODE = _l("The unified social credit code is not valid.")
CODE_TAKEN = _l("This credit code belongs to another unit of the register.")
OLD_FONT = _l("This text was made with an old Tibetan font and cannot be read elsewhere. Please convert it to Unicode.")
NOT_A_NAME = _l("This does not look like the name of a unit.")
NO_SUCH_AUTHORITY = _l("Please choose an authority.")
NAME_BO_LENGTH = 400


@dataclass(frozen=True)
class UnitDetails:
    """What staff keep of a unit. ``authority`` is a code, empty for a unit of another province."""

    name_bo: str = ""
    uscc: str = ""
    authority: str = ""
    attribution_confirmed: bool = False
    former_name: str = ""


def keep_unit(unit: Unit, details: UnitDetails, *, version: int, by: Person) -> Unit:
    """Record a unit's Tibetan name, credit code, authority and a former name; each change is an event of its own kind.

    Raises:
        Invalid: a code that cannot be right or is taken, an unknown authority, a former name that is none.
        NotPermitted: where ``by`` does not keep the register.
        Stale: where somebody else changed the unit after ``version``.
    """
    with transaction():
        require(by, Permission.KEEP_REGISTER)
        db.session.refresh(unit)
        if unit.version != version:
            raise Stale
        code = _checked(unit, details)
        # One writer for all acts, so that the unit is saved once and its version counts one change.
        ledger = Writer()
        data: dict[str, object] = {}
        name_bo = sanitizing.normalize(details.name_bo).strip()
        if name_bo != unit.name_bo:
            data["name_bo"] = name_bo
        if code != unit.uscc:
            data["uscc"] = code
        if data:
            _event(ledger, EventKind.CHANGED, unit, by, data)
        moved = _move(ledger, unit, details, by)
        named = _former(ledger, unit, details.former_name, by)
        if data or moved or named:
            ledger.write()
            mark_changed(f"unit:{unit.public_id}")
            changed = sorted(data) + ["authority"] * moved + ["former_name"] * named
            audit.record("register.unit.kept", f"unit:{unit.public_id}", by.actor, {"changed": changed})
    return unit


def _checked(unit: Unit, details: UnitDetails) -> str | None:
    """The code as it is kept.

    Raises:
        Invalid: naming every field at fault.
    """
    faults: dict[str, object] = {}
    code: str | None = None
    if details.uscc.strip():
        try:
            code = plausible_uscc(details.uscc)
        except InvalidIdentifier:
            faults["uscc"] = BAD_CODE
        taken = select(Unit.id).where(Unit.uscc == code, Unit.id != unit.id)
        if code and db.session.scalars(taken).first():
            faults["uscc"] = CODE_TAKEN
    if sanitizing.has_private_use(details.name_bo):
        faults["name_bo"] = OLD_FONT
    if details.former_name.strip() and not is_name(tidy(details.former_name)):
        faults["former_name"] = NOT_A_NAME
    if details.authority and authority_queries.authority_by_code(details.authority) is None:
        faults["authority"] = NO_SUCH_AUTHORITY
    if faults:
        raise Invalid(faults)
    return code


def _move(ledger: Writer, unit: Unit, details: UnitDetails, by: Person) -> bool:
    authority = authority_queries.authority_by_code(details.authority) if details.authority else None
    confirmed = details.attribution_confirmed and authority is not None
    old = unit.authority.code if unit.authority else None
    new = authority.code if authority else None
    if (old, unit.attribution_confirmed) == (new, confirmed):
        return False
    _event(ledger, EventKind.MOVED, unit, by, {"to": new, "confirmed": confirmed}, article="5")
    return True


def _former(ledger: Writer, unit: Unit, text: str, by: Person) -> bool:
    name = tidy(text)
    key = name_key(name)
    if not key or key == unit.name_key or any(item.key == key for item in unit.names):
        return False
    _event(ledger, EventKind.CHANGED, unit, by, {"names": [{"name": name, "kind": NameKind.FORMER}]}, article="19")
    return True


def _event(ledger: Writer, kind: EventKind, unit: Unit, by: Person, data: dict[str, object], article: str = "") -> None:
    ledger.record(kind, unit=unit, effective_on=clock.today(), by_actor=by.actor, article=article, data=data)
