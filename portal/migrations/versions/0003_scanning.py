"""what a scan for harmful software said of each file

Revision: 0003_scanning
After: 0004_codes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_scanning"
down_revision = "0004_codes"
branch_labels = None
depends_on = None

TABLES = ("complaint_evidence", "objection_evidence", "filing_draft_file")


def upgrade() -> None:
    """Forward. Files that are there were not scanned; the worker scans them where there is a scanner."""
    for table in TABLES:
        op.add_column(table, sa.Column("scan", sa.String(40), nullable=True))


def downgrade() -> None:
    """Back."""
    for table in TABLES:
        op.drop_column(table, "scan")
