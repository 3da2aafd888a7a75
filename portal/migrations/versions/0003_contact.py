"""codes that confirm a telephone or a mailbox

Revision: 0003_contact
After: 0003_scanning
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_contact"
down_revision = "0003_scanning"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Nothing was verified before."""
    op.create_table(
        "contact_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=48), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_code")),
    )
    for column in ("handle", "address_digest", "sent_at"):
        op.create_index(op.f(f"ix_contact_code_{column}"), "contact_code", [column])


def downgrade() -> None:
    """Back: codes that are out no longer hold."""
    op.drop_table("contact_code")
