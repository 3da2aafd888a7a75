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
    with op.batch_alter_table("change_statement") as table:
        table.add_column(sa.Column("origin", sa.String(length=40), nullable=False, server_default="authority"))
        table.add_column(sa.Column("mark", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("wrapped_key", sa.LargeBinary(), nullable=True))
        table.create_unique_constraint("uq_change_statement_mark", ["mark"])
    with op.batch_alter_table("change_statement") as table:
        table.alter_column("origin", server_default=None)
    with op.batch_alter_table("change_evidence") as table:
        table.add_column(sa.Column("sealed_name", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("change_evidence") as table:
        table.drop_column("sealed_name")
    with op.batch_alter_table("change_statement") as table:
        table.drop_constraint("uq_change_statement_mark", type_="unique")
        table.drop_column("wrapped_key")
        table.drop_column("mark")
        table.drop_column("origin")
