"""when a filing was erased because the time of its retention had ended

Revision: 0003_retention
After: 0003_receipts
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_retention"
down_revision = "0003_receipts"
branch_labels = None
depends_on = None

FILINGS = ("complaint_case", "objection")


def upgrade() -> None:
    """Forward."""
    for table in FILINGS:
        op.add_column(table, sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back."""
    for table in FILINGS:
        op.drop_column(table, "erased_at")
