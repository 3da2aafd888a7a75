"""how often a document was named for filings, by digests, for a month

Revision: 0003_tallies
After: 0003_contact
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_tallies"
down_revision = "0003_contact"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "filing_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_tally")),
    )
    op.create_index("ix_filing_tally_digest", "filing_tally", ["digest", "at"])
    op.create_index(op.f("ix_filing_tally_at"), "filing_tally", ["at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("filing_tally")
