"""What lies in the file store and belongs to nobody goes; everything that a row names stays."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from portal.credentials.profile.models import SMALLER
from portal.foundation import clock
from portal.foundation.database import Base, db
from portal.operations import keeping
from portal.register.changes.models import ChangeEvidence, ChangeStatement
from portal.register.changes.rules import ChangeKind
from portal.register.models import Unit
from portal.vault import current_vault
from portal.vault.columns import naming
from tests.samples import list_unit

PORTAL = Path(__file__).parents[2] / "portal"
#: What is on its way has an end of its own and a chore that waits for it.
APART = {"uploads"}


def folders():
    return {folder for _column, kind in naming(Base.metadata) for folder in kind.folders}


def test_every_folder_in_which_something_is_kept_is_known():
    made = {
        folder
        for path in PORTAL.rglob("*.py")
        for folder in re.findall(r"key = f\"([a-z]+)/", path.read_text(encoding="utf-8"))
    }
    assert made - APART == folders() - {SMALLER}
    named = {
        (column.table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in {"key", "store_key"} and "size" in table.columns
    }
    assert named - {("filing_upload_part", "store_key")} == {
        (column.table.name, column.name) for column, _kind in naming(Base.metadata)
    }


def test_what_no_row_names_is_swept_up_when_it_is_a_day_old(app):
    list_unit("拉萨示例一厂")
    unit = db.session.query(Unit).one()
    store = current_vault().store
    kept = [f"{folder}/kept" for folder in sorted(folders())]
    statement = ChangeStatement(
        unit_id=unit.id,
        kind=ChangeKind.SCOPE,
        happened_on=clock.today(),
        text="样本",
        old_name=unit.name,
        authority_id=unit.authority_id,
    )
    # One table stands for all: whichever names a key, it stays.
    statement.evidence = [
        ChangeEvidence(name="样本.png", media_type="image/png", size=1, sha256="", key=key) for key in kept
    ]
    db.session.add(statement)
    db.session.commit()
    for folder in folders() | APART:
        store.put_stream(f"{folder}/lost", [b"x"])
    for key in kept:
        store.put_stream(key, [b"x"])
    assert keeping.sweep_files() == 0
    with clock.at(clock.now() + timedelta(days=2)):
        assert keeping.sweep_files() >= len(kept)
    left = set(store.keys())
    assert {f"{folder}/lost" for folder in APART} <= left
    assert not {f"{folder}/lost" for folder in folders()} & left
    assert set(kept) <= left
