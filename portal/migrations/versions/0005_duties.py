"""what was told of the yearly forms, reminders of duties

Revision: 0005_duties
After: 0005_profile
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_duties"
down_revision = "0005_profile"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "dynamic_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("told_by_id", sa.Integer(), nullable=False),
        sa.Column("told_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["told_by_id"], ["person.id"], name="fk_dynamic_form_told_by_id_person"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_dynamic_form_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_dynamic_form"),
        sa.UniqueConstraint("unit_id", "year", name="uq_dynamic_form_unit_id"),
    )
    op.create_index("ix_dynamic_form_year", "dynamic_form", ["year"])
    op.create_table(
        "duty_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=60), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_duty_reminder_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_reminder"),
        sa.UniqueConstraint("unit_id", "duty", "due_on", "days", name="uq_duty_reminder_unit_id"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("duty_reminder")
    op.drop_table("dynamic_form")
