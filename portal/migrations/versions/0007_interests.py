"""a declared interest that was taken back stays on record

Revision: 0007_interests
After: 0006_own_changes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_interests"
down_revision = "0006_own_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: what was declared holds."""
    with op.batch_alter_table("case_interest") as table:
        table.drop_constraint("uq_case_interest_person", type_="unique")
        table.add_column(sa.Column("taken_back_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("taken_back_by_id", sa.Integer()))
        table.create_foreign_key("fk_case_interest_taken_back_by_id_person", "person", ["taken_back_by_id"], ["id"])
    held = sa.text("taken_back_at IS NULL")
    op.create_index(
        "uq_case_interest_held",
        "case_interest",
        ["person_id", "case_id"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )


def downgrade() -> None:
    """Back. What was taken back leaves nothing in this table; the diary and the audit log still tell it."""
    op.execute("DELETE FROM case_interest WHERE taken_back_at IS NOT NULL")
    op.drop_index("uq_case_interest_held", "case_interest")
    with op.batch_alter_table("case_interest") as table:
        table.drop_constraint("fk_case_interest_taken_back_by_id_person", type_="foreignkey")
        table.drop_column("taken_back_by_id")
        table.drop_column("taken_back_at")
        table.create_unique_constraint("uq_case_interest_person", ["person_id", "case_id"])
