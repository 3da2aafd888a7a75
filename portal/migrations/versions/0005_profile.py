"""what units show of themselves: versions of profiles with figures and files

Revision: 0005_profile
After: 0005_green_codes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_profile"
down_revision = "0005_green_codes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "unit_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("technologies", sa.JSON(), nullable=False),
        sa.Column("practices", sa.JSON(), nullable=False),
        sa.Column("disclosures", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_profile_unit_id_unit"),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name="fk_unit_profile_submitted_by_id_person"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name="fk_unit_profile_decided_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_profile"),
    )
    op.create_index("ix_unit_profile_unit_id", "unit_profile", ["unit_id"])
    op.create_index("ix_unit_profile_state", "unit_profile", ["state"])
    op.create_table(
        "profile_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("series", sa.String(length=300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["unit_profile.id"], name="fk_profile_figure_profile_id_unit_profile", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_profile_figure"),
        sa.UniqueConstraint("profile_id", "series", "year", name="uq_profile_figure_profile_id"),
    )
    op.create_index("ix_profile_figure_profile_id", "profile_figure", ["profile_id"])
    op.create_table(
        "profile_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("store_key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["unit_profile.id"], name="fk_profile_file_profile_id_unit_profile", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_profile_file"),
    )
    op.create_index("ix_profile_file_profile_id", "profile_file", ["profile_id"])
    op.create_index("ix_profile_file_store_key", "profile_file", ["store_key"])


def downgrade() -> None:
    """Back."""
    op.drop_table("profile_file")
    op.drop_table("profile_figure")
    op.drop_table("unit_profile")
