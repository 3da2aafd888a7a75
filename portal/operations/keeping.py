"""Chores that keep what is kept in order: what is no longer to be kept goes, and nothing lies about that belongs to nobody."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal.complaints.services import retaining as cases
from portal.filings import repeating
from portal.filings.scanning import scan_waiting
from portal.foundation import clock
from portal.foundation.chores import add_chore
from portal.foundation.database import Base, db
from portal.objections.services import retaining as objections
from portal.vault import current_vault

#: A file lies in the store before the row that names it is written; until then nobody sweeps it away.
SETTLED = timedelta(days=1)
SWEPT = "evidence"


def install(app: Flask) -> None:
    """Give the worker its chores."""
    add_chore(app, "complaints.erase", timedelta(hours=6), cases.erase_expired)
    add_chore(app, "objections.erase", timedelta(hours=6), objections.erase_expired)
    add_chore(app, "files.scan", timedelta(minutes=10), scan_waiting)
    add_chore(app, "tallies.forget", timedelta(days=1), repeating.forget_old)
    add_chore(app, "files.sweep", timedelta(days=1), sweep_files)


def sweep_files() -> int:
    """Remove evidence that no row names: what was left by a filing that was cut off. How many files there were."""
    store = current_vault().store
    settled = set(store.keys(SWEPT, before=clock.now() - SETTLED))
    # The rows are read after the files: a row that comes meanwhile belongs to a file that is too young.
    lost = sorted(settled - _named()) if settled else []
    for key in lost:
        store.delete(key)
    return len(lost)


def _named() -> set[str]:
    """The places in the store that the database names, of whatever table."""
    columns = [table.columns["store_key"] for table in Base.metadata.sorted_tables if "store_key" in table.columns]
    return {key for column in columns for key in db.session.scalars(select(column))}
