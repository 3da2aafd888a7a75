"""codes of list membership and the places of their credentials

Revision: 0004_codes
After: 0003_procedure
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_codes"
down_revision = "0003_procedure"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Entries that stand already get their codes by the command that brings the database up to date."""
    op.create_table(
        "list_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["list_entry.id"], name="fk_list_code_entry_id_list_entry"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_list_code_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_list_code"),
        sa.UniqueConstraint("code", name="uq_list_code_code"),
        sa.UniqueConstraint("entry_id", name="uq_list_code_entry_id"),
    )
    op.create_index("ix_list_code_unit_id", "list_code", ["unit_id"])
    op.create_table(
        "revocation_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["code_id"], ["list_code.id"], name="fk_revocation_place_code_id_list_code"),
        sa.PrimaryKeyConstraint("id", name="pk_revocation_place"),
    )
    op.create_index("ix_revocation_place_code_id", "revocation_place", ["code_id"])


def downgrade() -> None:
    """Back."""
    op.drop_table("revocation_place")
    op.drop_table("list_code")
