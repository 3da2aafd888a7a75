"""Scanning what could not be scanned when it came: the scanner was not there, or came to be used only later."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import Any, cast

from sqlalchemy import inspect, select

from portal.filings.models import FilingEvidence
from portal.foundation import audit
from portal.foundation.database import db, transaction
from portal.vault import current_vault
from portal.vault.boxes import Unsealable
from portal.vault.scanning import ScanState
from portal.vault.store import FileMissing

log = logging.getLogger(__name__)

AT_ONCE = 100


def scan_waiting() -> int:
    """Scan files that have no verdict, the newest first; how many have one now.

    One in which harmful software is found stays, for the case rests on it; staff can look at it drawn anew only.
    """
    scanner = current_vault().scanner
    if scanner is None or not scanner.answers():
        return 0
    return sum(_scan(model, number) for model in _kinds() for number in _waiting(model))


def _kinds() -> list[type[Any]]:
    """Every table of files."""
    return [model for model in FilingEvidence.__subclasses__() if hasattr(model, "__table__")]


def _waiting(model: type[Any]) -> list[int]:
    wanted = select(model.id).where(model.scan.is_(None)).order_by(model.id.desc()).limit(AT_ONCE)
    return list(db.session.scalars(wanted))


def _scan(model: type[Any], number: int) -> bool:
    item = db.session.get(model, number)
    owner = _owner(item) if item is not None else None
    if item is None or owner is None or not owner.wrapped_key:
        return False
    vault = current_vault()
    try:
        content = vault.read_back(vault.open_box(owner.wrapped_key, owner.box_context), item.store_key)
        with closing(cast("Any", content)):
            verdict = vault.scanner.scan(content) if vault.scanner else None
    except (FileMissing, Unsealable):
        log.exception("file %s of %s could not be scanned", number, model.__tablename__)
        return False
    if verdict is None:
        return False
    with transaction():
        # It may have been moved or dropped meanwhile.
        item = db.session.get(model, number, populate_existing=True)
        if item is None:
            return False
        item.scan = verdict
        if verdict is ScanState.INFECTED:
            audit.record("filings.evidence.infected", f"{model.__tablename__}:{number}", "system")
    return True


def _owner(item: Any) -> Any:
    """The filing or draft that a file belongs to: whatever it points to that has a box."""
    names = (link.key for link in inspect(type(item)).relationships if hasattr(link.mapper.class_, "box_context"))
    return next((getattr(item, name) for name in names), None)
