"""errata of documents, and acts of the ledger that carry all facts of what they make

Revision: 0002_ledger
After: 0002_changes
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002_ledger"
down_revision = "0002_changes"
branch_labels = None
depends_on = None

FOREIGN_KEY = "fk_document_erratum_of_id_document"

UNIT = sa.table(
    "unit",
    *(sa.column(name) for name in ("id", "name", "name_bo", "uscc", "province", "prefecture", "authority_id")),
    sa.column("attribution_confirmed", sa.Boolean()),
    sa.column("is_sample", sa.Boolean()),
)
NAME = sa.table("unit_name", *(sa.column(name) for name in ("id", "unit_id", "name", "kind")))
AUTHORITY = sa.table("authority", sa.column("id"), sa.column("code"))
EXCLUSION = sa.table("exclusion", *(sa.column(name) for name in ("id", "agency_id", "document_id")))
EVENT = sa.table(
    "register_event",
    *(sa.column(name) for name in ("id", "kind", "unit_id", "agency_id", "document_id")),
    sa.column("data", sa.JSON()),
)


def upgrade() -> None:
    """Forward. The acts of the first release told only what they changed; the tables tell the rest."""
    if op.get_bind().dialect.name == "sqlite":
        # A table that others refer to is not copied: dropping the old one would empty them.
        op.execute(
            f"ALTER TABLE document ADD COLUMN erratum_of_id INTEGER CONSTRAINT {FOREIGN_KEY} REFERENCES document (id)"
        )
    else:
        op.add_column("document", sa.Column("erratum_of_id", sa.Integer(), nullable=True))
        op.create_foreign_key(FOREIGN_KEY, "document", "document", ["erratum_of_id"], ["id"])
    op.create_index(op.f("ix_document_erratum_of_id"), "document", ["erratum_of_id"])
    _complete(op.get_bind())


def downgrade() -> None:
    """Back. What the acts tell beyond the first release disturbs nothing and stays."""
    op.drop_index(op.f("ix_document_erratum_of_id"), "document")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE document DROP COLUMN erratum_of_id")
    else:
        op.drop_constraint(FOREIGN_KEY, "document", type_="foreignkey")
        op.drop_column("document", "erratum_of_id")


def _complete(connection: sa.Connection) -> None:
    """Give each unit's first act all facts of the unit, and the others what a replay needs of them.

    Later acts tell again what they changed, so that a replay ends with what the tables hold now.
    """
    codes = {row[0]: row[1] for row in connection.execute(sa.select(AUTHORITY.c.id, AUTHORITY.c.code))}
    units = {row["id"]: dict(row) for row in connection.execute(sa.select(UNIT)).mappings()}
    names: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(sa.select(NAME).order_by(NAME.c.id)).mappings():
        told = {"id": row["id"], "name": row["name"], "kind": row["kind"]}
        names.setdefault(row["unit_id"], []).append(told)
    exclusions: dict[tuple[int, int], list[int]] = {}
    for row in connection.execute(sa.select(EXCLUSION).order_by(EXCLUSION.c.id)).mappings():
        exclusions.setdefault((row["agency_id"], row["document_id"]), []).append(row["id"])
    first: set[int] = set()
    for event in connection.execute(sa.select(EVENT).order_by(EVENT.c.id)).mappings().all():
        data = dict(event["data"] or {})
        unit = units.get(event["unit_id"])
        if event["kind"] in {"imported", "listed"} and unit is not None and unit["id"] not in first:
            first.add(unit["id"])
            data = _facts(unit, codes, names.get(unit["id"], [])) | data
        elif event["kind"] == "moved" and unit is not None:
            data.setdefault("confirmed", bool(unit["attribution_confirmed"]))
        elif event["kind"] == "excluded":
            known = exclusions.get((event["agency_id"], event["document_id"]), [])
            if known and "exclusion" not in data:
                data["exclusion"] = known.pop(0)
        if data != event["data"]:
            connection.execute(sa.update(EVENT).where(EVENT.c.id == event["id"]).values(data=data))


def _facts(unit: dict[str, Any], codes: dict[int, str], names: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": unit["name"],
        "name_bo": unit["name_bo"],
        "uscc": unit["uscc"],
        "province": unit["province"],
        "prefecture": unit["prefecture"],
        "authority": codes.get(unit["authority_id"]),
        "attribution_confirmed": bool(unit["attribution_confirmed"]),
        "is_sample": bool(unit["is_sample"]),
        "names": names,
    }
