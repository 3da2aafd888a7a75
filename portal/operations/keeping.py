"""Chores that keep what is kept in order: what is no longer to be kept goes, and nothing lies about that belongs to nobody."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal.complaints.services import retaining as cases
from portal.credentials.members import services as members
from portal.filings import repeating
from portal.filings.scanning import scan_waiting
from portal.foundation import clock
from portal.foundation.chores import add_chore
from portal.foundation.database import Base, db
from portal.objections.services import retaining as objections
from portal.vault import current_vault
from portal.vault.columns import naming

#: A file lies in the store before the row that names it is written; until then nobody sweeps it away.
SETTLED = timedelta(days=1)


def install(app: Flask) -> None:
    """Give the worker its chores."""
    add_chore(app, "complaints.erase", timedelta(hours=6), cases.erase_expired)
    add_chore(app, "objections.erase", timedelta(hours=6), objections.erase_expired)
    add_chore(app, "members.erase", timedelta(hours=6), members.erase_expired)
    add_chore(app, "files.scan", timedelta(minutes=10), scan_waiting)
    add_chore(app, "tallies.forget", timedelta(days=1), repeating.forget_old)
    add_chore(app, "files.sweep", timedelta(days=1), sweep_files)


def sweep_files() -> int:
    """Remove files that no row names: what was left by something that was cut off. How many there were."""
    store, before = current_vault().store, clock.now() - SETTLED
    columns = list(naming(Base.metadata))
    folders = {folder for _column, kind in columns for folder in kind.folders}
    settled = {key for folder in folders for key in store.keys(folder, before=before)}
    # The rows are read after the files: a row that comes meanwhile belongs to a file that is too young.
    found = ((kind, key) for column, kind in columns for key in db.session.scalars(select(column)) if settled and key)
    lost = sorted(settled.difference(*(kind.named(key) for kind, key in found)))
    for key in lost:
        store.delete(key)
    return len(lost)
