"""filings that are being written, and how a complaint came in

Revision: 0003_drafts
After: 0003_outbox
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_drafts"
down_revision = "0003_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What was filed so far came in online."""
    op.create_table(
        "filing_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("box", sa.String(length=24), nullable=False),
        sa.Column("receipt", sa.String(length=24), nullable=False),
        sa.Column("handle", sa.String(length=48), nullable=False),
        sa.Column("resume_digest", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assurance", sa.String(length=40), nullable=False),
        sa.Column("sealed_proof", sa.LargeBinary(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_fields", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_filing_draft_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_draft")),
        sa.UniqueConstraint("handle", name=op.f("uq_filing_draft_handle")),
        sa.UniqueConstraint("resume_digest", name=op.f("uq_filing_draft_resume_digest")),
    )
    op.create_index(op.f("ix_filing_draft_expires_at"), "filing_draft", ["expires_at"], unique=False)
    op.create_index(op.f("ix_filing_draft_receipt"), "filing_draft", ["receipt"], unique=False)
    op.create_table(
        "filing_draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("store_key", sa.String(length=120), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("sealed_details", sa.LargeBinary(), nullable=True),
        sa.Column("as_it_is", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["filing_draft.id"], name=op.f("fk_filing_draft_file_draft_id_filing_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_draft_file")),
        sa.UniqueConstraint("store_key", name=op.f("uq_filing_draft_file_store_key")),
    )
    op.create_index(op.f("ix_filing_draft_file_draft_id"), "filing_draft_file", ["draft_id"], unique=False)
    with op.batch_alter_table("complaint_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(length=40), nullable=False, server_default="online"))


def downgrade() -> None:
    """Back. What was being written is lost with its tables."""
    with op.batch_alter_table("complaint_case", schema=None) as batch_op:
        batch_op.drop_column("channel")
    op.drop_table("filing_draft_file")
    op.drop_table("filing_draft")
