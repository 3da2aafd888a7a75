"""who entered a statement of change; its evidence is sealed

Revision: 0006_own_changes
After: 0005_duties
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_own_changes"
down_revision = "0005_duties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: what stands was entered by staff, and its files stay as they lie."""
    # Column by column: SQLite would make a whole table anew, and what hangs on its rows would go with the old one.
    op.add_column(
        "change_statement", sa.Column("origin", sa.String(length=40), nullable=False, server_default="authority")
    )
    op.add_column("change_statement", sa.Column("mark", sa.String(length=32), nullable=True))
    op.add_column("change_statement", sa.Column("wrapped_key", sa.LargeBinary(), nullable=True))
    op.create_index("ix_change_statement_mark", "change_statement", ["mark"], unique=True)
    op.add_column("change_evidence", sa.Column("sealed_name", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("change_evidence", "sealed_name")
    op.drop_index("ix_change_statement_mark", table_name="change_statement")
    for column in ("wrapped_key", "mark", "origin"):
        op.drop_column("change_statement", column)
