"""signed receipts, sealed with the act that they are for

Revision: 0003_receipts
After: 0003_desk
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_receipts"
down_revision = "0003_desk"
branch_labels = None
depends_on = None

TABLES = ("complaint_event", "objection_event")


def upgrade() -> None:
    """Forward. What was filed before has no receipt that could be checked, and gets none."""
    for table in TABLES:
        op.add_column(table, sa.Column("sealed_receipt", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back."""
    for table in TABLES:
        op.drop_column(table, "sealed_receipt")
