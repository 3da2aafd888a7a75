"""national green codes

Revision: 0005_green_codes
After: 0004_members
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_green_codes"
down_revision = "0004_members"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "green_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("store_key", sa.String(length=120), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name="fk_green_code_decided_by_id_person"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name="fk_green_code_recorded_by_id_person"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_green_code_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_green_code"),
        sa.UniqueConstraint("mark", name="uq_green_code_mark"),
        sa.UniqueConstraint("store_key", name="uq_green_code_store_key"),
    )
    op.create_index("ix_green_code_state", "green_code", ["state"])
    op.create_index("ix_green_code_unit_id_year", "green_code", ["unit_id", "year"])


def downgrade() -> None:
    """Back."""
    op.drop_table("green_code")
