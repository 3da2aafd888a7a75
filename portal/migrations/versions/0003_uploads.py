"""files on their way into drafts

Revision: 0003_uploads
After: 0003_retention
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_uploads"
down_revision = "0003_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "filing_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=32), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("sealed_metadata", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.String(length=32), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["filing_draft.id"],
            name=op.f("fk_filing_upload_draft_id_filing_draft"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_upload")),
        sa.UniqueConstraint("handle", name=op.f("uq_filing_upload_handle")),
    )
    op.create_index(op.f("ix_filing_upload_draft_id"), "filing_upload", ["draft_id"], unique=False)
    op.create_index(op.f("ix_filing_upload_expires_at"), "filing_upload", ["expires_at"], unique=False)
    op.create_table(
        "filing_upload_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("store_key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["filing_upload.id"],
            name=op.f("fk_filing_upload_part_upload_id_filing_upload"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_upload_part")),
        sa.UniqueConstraint("store_key", name=op.f("uq_filing_upload_part_store_key")),
    )
    op.create_index(op.f("ix_filing_upload_part_upload_id"), "filing_upload_part", ["upload_id"], unique=False)


def downgrade() -> None:
    """Back. What was on its way must be sent again."""
    op.drop_table("filing_upload_part")
    op.drop_table("filing_upload")
