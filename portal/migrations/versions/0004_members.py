"""claims of units, the people who speak for them, invitations

Revision: 0004_members
After: 0003_tallies
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_members"
down_revision = "0003_tallies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "unit_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("filed_at", moment, nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_contact", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("store_key", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name="fk_unit_claim_decided_by_id_person"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_claim_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_claim"),
        sa.UniqueConstraint("mark", name="uq_unit_claim_mark"),
        sa.UniqueConstraint("store_key", name="uq_unit_claim_store_key"),
    )
    op.create_index("ix_unit_claim_state", "unit_claim", ["state"])
    op.create_index("ix_unit_claim_unit_id", "unit_claim", ["unit_id"])
    op.create_table(
        "unit_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_unit_member_person_id_person"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_member_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_member"),
        sa.UniqueConstraint("unit_id", "person_id", name="uq_unit_member_unit_id"),
    )
    op.create_index("ix_unit_member_person_id", "unit_member", ["person_id"])
    op.create_index("ix_unit_member_unit_id", "unit_member", ["unit_id"])
    op.create_table(
        "member_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_contact", sa.LargeBinary(), nullable=False),
        sa.Column("invited_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_member_invitation_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_member_invitation"),
        sa.UniqueConstraint("mark", name="uq_member_invitation_mark"),
        sa.UniqueConstraint("token_digest", name="uq_member_invitation_token_digest"),
    )
    op.create_index("ix_member_invitation_unit_id", "member_invitation", ["unit_id"])


def downgrade() -> None:
    """Back."""
    op.drop_table("member_invitation")
    op.drop_table("unit_member")
    op.drop_table("unit_claim")
