"""Use cases of green codes: recorded from the platform's export, claimed with evidence, confirmed by a second person."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.credentials import sheets
from portal.credentials.green_codes import queries
from portal.credentials.green_codes.models import GreenCode
from portal.credentials.green_codes.rules import (
    FIRST_YEAR,
    GREEN_HEADINGS,
    WORDS,
    AlreadyDecided,
    AlreadyKnown,
    CodeState,
    GreenLevel,
    SamePerson,
    Source,
)
from portal.credentials.members import queries as members
from portal.credentials.sheets import Kind, Report
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.register.models import Unit
from portal.vault import current_vault
from portal.vault.boxes import Box

FILE_NAME = "file name"


def record_export(content: bytes, year: int, *, accepted: str = "", by: Person) -> Report[GreenLevel]:
    """Record the codes of the national platform's export: all of its rows, or none. A second person confirms them.

    Raises:
        NotPermitted, UnreadableList: as :func:`portal.credentials.sheets.take`, which also says what ``accepted`` is.
    """
    return sheets.take(EXPORT, content, year, accepted=accepted, by=by)


def claim_code(unit: Unit, year: int, level: GreenLevel, evidence: tuple[str, BinaryIO], *, by: Person) -> GreenCode:
    """Take what an enterprise says of its own code, with evidence; the authority confirms it.

    Raises:
        AlreadyKnown: the same is recorded, or another claim of this year waits.
        Invalid: a year for which none can have been granted.
        NotAMember: ``by`` does not belong to the unit.
        portal.vault.evidence.EvidenceRefused: the file is empty, too large or of a wrong type; nothing is kept.
    """
    members.membership(by, unit.public_id)
    if not EXPORT.possible(year, clock.today()):
        raise Invalid({"year": sheets.NO_YEAR})
    mark = secrets.token_hex(16)
    box = current_vault().new_box(GreenCode(mark=mark).box_context)
    name, stream = evidence
    key = f"greencodes/{secrets.token_hex(16)}"
    taken = current_vault().take_in(stream, name, box, key)
    try:
        with transaction():
            _hold(unit.id)
            same = [code for code in queries.codes_of(unit) if code.year == year]
            if any(
                code.state is CodeState.WAITING or (code.state is CodeState.CONFIRMED and code.level is level)
                for code in same
            ):
                raise AlreadyKnown
            code = _add(unit, year, level, Source.ENTERPRISE, by, sha256=taken.sha256)
            code.mark, code.wrapped_key, code.store_key = mark, box.wrapped, key
            code.sealed_name, code.size = box.seal_text(taken.name, FILE_NAME), taken.size
            db.session.flush()
            audit.record("credentials.green_code.claimed", _subject(code), by.actor, _facts(code))
    except BaseException:
        current_vault().store.delete(key)
        raise
    return code


def confirm(code_ids: Sequence[int], *, by: Person) -> list[GreenCode]:
    """Confirm records that somebody else made; each supersedes what was confirmed of its unit and year before.

    Raises:
        AlreadyDecided: somebody was quicker.
        NotFound, NotPermitted: one of them is not this person's.
        SamePerson: one of them was recorded by this person.
    """
    with transaction():
        return [_confirm(code_id, by) for code_id in sorted(set(code_ids))]


def refuse(code_id: int, *, reason: str, by: Person) -> GreenCode:
    """Do not confirm a record, for a reason that the enterprise reads.

    Raises:
        AlreadyDecided, NotFound, NotPermitted: as for :func:`confirm`.
        Invalid: without a reason.
    """
    with transaction():
        code = _open(code_id, by)
        if not reason.strip():
            raise Invalid({"reason": _l("Please say why the claim is not confirmed.")})
        code.state, code.reason = CodeState.REFUSED, reason.strip()
        code.decided_by_id, code.decided_at = by.id, clock.now()
        audit.record("credentials.green_code.refused", _subject(code), by.actor, _facts(code))
    return code


def read_evidence(code_id: int, *, by: Person) -> tuple[GreenCode, Iterator[bytes]]:
    """A record with the content of its evidence; that it was read is noted.

    Raises:
        NotFound: it is not this person's, or came without evidence.
    """
    with transaction():
        code = queries.record(code_id, by)
        authorities.require(by, Permission.CONFIRM_UNITS, code.unit.authority_id)
        if code.store_key is None:
            raise NotFound
        audit.record("credentials.green_code.evidence_read", _subject(code), by.actor)
    return code, current_vault().read_back(box_of(code), code.store_key)


def box_of(code: GreenCode) -> Box:
    """The box of a record's evidence.

    Raises:
        ValueError: it came without evidence.
    """
    if code.wrapped_key is None:
        raise ValueError
    return current_vault().open_box(code.wrapped_key, code.box_context)


def file_name(code: GreenCode) -> str:
    """The name of a record's evidence; empty where it came without."""
    return box_of(code).open_text(code.sealed_name, FILE_NAME) if code.sealed_name else ""


def _confirm(code_id: int, by: Person) -> GreenCode:
    code = _open(code_id, by)
    if code.recorded_by_id == by.id:
        raise SamePerson
    for other in queries.codes_of(code.unit):
        if other.year == code.year and other.state is CodeState.CONFIRMED:
            other.state = CodeState.SUPERSEDED
    code.state, code.decided_by_id, code.decided_at = CodeState.CONFIRMED, by.id, clock.now()
    audit.record("credentials.green_code.confirmed", _subject(code), by.actor, _facts(code))
    return code


def _open(code_id: int, by: Person) -> GreenCode:
    code = queries.record(code_id, by)
    authorities.require(by, Permission.CONFIRM_UNITS, code.unit.authority_id)
    # Held, so that two confirmations of one year come one after the other.
    _hold(code.unit_id)
    db.session.refresh(code)
    if code.state is not CodeState.WAITING:
        raise AlreadyDecided
    return code


def _hold(unit_id: int) -> None:
    db.session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update())


def _add(unit: Unit, year: int, level: GreenLevel, source: Source, by: Person, *, sha256: str) -> GreenCode:
    code = GreenCode(
        unit_id=unit.id, unit=unit, year=year, level=level, source=source, recorded_by_id=by.id, sha256=sha256
    )
    db.session.add(code)
    return code


def _subject(code: GreenCode) -> str:
    return f"green_code:{code.id}"


def _facts(code: GreenCode) -> dict[str, object]:
    return {"unit": code.unit.public_id, "year": code.year, "level": str(code.level)}


def _record(unit: Unit, year: int, level: GreenLevel, by: Person, digest: str) -> None:
    _add(unit, year, level, Source.PLATFORM, by, sha256=digest)


EXPORT = Kind(GREEN_HEADINGS, WORDS, FIRST_YEAR, "credentials.green_code.recorded", queries.current, _record)
