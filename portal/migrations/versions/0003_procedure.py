"""the whole procedure of complaints: allegations, on-site checks, rectification orders, take-overs, escalation

Revision: 0003_procedure
After: 0003_uploads
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_procedure"
down_revision = "0003_uploads"
branch_labels = None
depends_on = None

FOREIGN_KEY = "fk_complaint_evidence_event_id_complaint_event"


def upgrade() -> None:
    """Forward. Cases that run go on; those that were never taken over, escalated or listed stay so."""
    op.add_column("complaint_case", sa.Column("taken_over", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("complaint_case", sa.Column("escalated_due", sa.Date(), nullable=True))
    op.add_column("complaint_event", sa.Column("sealed_details", sa.LargeBinary(), nullable=True))
    op.add_column(
        "complaint_evidence", sa.Column("origin", sa.String(length=40), nullable=False, server_default="complainant")
    )
    if op.get_bind().dialect.name == "sqlite":
        # A constraint cannot be added to a table that stands; with its column it can, without copying the table.
        op.execute(
            f"ALTER TABLE complaint_evidence ADD COLUMN event_id INTEGER "
            f"CONSTRAINT {FOREIGN_KEY} REFERENCES complaint_event (id)"
        )
    else:
        op.add_column("complaint_evidence", sa.Column("event_id", sa.Integer(), nullable=True))
        op.create_foreign_key(FOREIGN_KEY, "complaint_evidence", "complaint_event", ["event_id"], ["id"])
    op.create_index(op.f("ix_complaint_evidence_event_id"), "complaint_evidence", ["event_id"])
    op.create_table(
        "complaint_allegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("finding", sa.String(length=40), nullable=True),
        sa.Column("sealed_grounds", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_case.id"], name=op.f("fk_complaint_allegation_case_id_complaint_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_allegation")),
    )
    op.create_index(op.f("ix_complaint_allegation_case_id"), "complaint_allegation", ["case_id"])
    op.create_table(
        "rectification_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_measures", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_case.id"], name=op.f("fk_rectification_order_case_id_complaint_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_order")),
        sa.UniqueConstraint("number", name=op.f("uq_rectification_order_number")),
    )
    op.create_index(op.f("ix_rectification_order_case_id"), "rectification_order", ["case_id"])


def downgrade() -> None:
    """Back: allegations and orders are lost with their tables."""
    op.drop_table("rectification_order")
    op.drop_table("complaint_allegation")
    op.drop_index(op.f("ix_complaint_evidence_event_id"), "complaint_evidence")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE complaint_evidence DROP COLUMN event_id")
    else:
        op.drop_constraint(FOREIGN_KEY, "complaint_evidence", type_="foreignkey")
        op.drop_column("complaint_evidence", "event_id")
    op.drop_column("complaint_evidence", "origin")
    op.drop_column("complaint_event", "sealed_details")
    op.drop_column("complaint_case", "escalated_due")
    op.drop_column("complaint_case", "taken_over")
