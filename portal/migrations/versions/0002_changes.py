"""statements of change, reports to the ministry, and decisions that share an announcement

Revision: 0002_changes
After: 0002_batches
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_changes"
down_revision = "0002_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Decisions that wait already each have their announcement: they count as removals at once."""
    _statements()
    op.create_table(
        "change_announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_change_announcement_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_announcement")),
        sa.UniqueConstraint("document_id", name=op.f("uq_change_announcement_document_id")),
    )
    with op.batch_alter_table("change_announcement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_announcement_state"), ["state"], unique=False)
    with op.batch_alter_table("pending_act", schema=None) as batch_op:
        batch_op.alter_column("document_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("timing", sa.String(length=40), nullable=False, server_default="at_once"))
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("dropped_for", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("statement_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_pending_act_statement_id"), ["statement_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_pending_act_statement_id_change_statement"), "change_statement", ["statement_id"], ["id"]
        )
    _reports()


def downgrade() -> None:
    """Back. Decisions that have no announcement yet are lost with their column, as nothing before could carry them."""
    op.drop_table("higher_report")
    op.execute("DELETE FROM pending_act WHERE document_id IS NULL")
    with op.batch_alter_table("pending_act", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_pending_act_statement_id_change_statement"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_pending_act_statement_id"))
        for name in ("version", "statement_id", "dropped_for", "note", "timing"):
            batch_op.drop_column(name)
        batch_op.alter_column("document_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("change_announcement")
    op.drop_table("change_event")
    op.drop_table("change_evidence")
    op.drop_table("change_statement")


def _statements() -> None:
    op.create_table(
        "change_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("old_name", sa.String(length=200), nullable=False),
        sa.Column("new_name", sa.String(length=200), nullable=False),
        sa.Column("new_name_bo", sa.String(length=400), nullable=False),
        sa.Column("new_authority_id", sa.Integer(), nullable=True),
        sa.Column("qualifies", sa.Boolean(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_change_statement_authority_id_authority")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_change_statement_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["new_authority_id"], ["authority.id"], name=op.f("fk_change_statement_new_authority_id_authority")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_change_statement_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_statement")),
    )
    with op.batch_alter_table("change_statement", schema=None) as batch_op:
        for column in ("authority_id", "document_id", "state", "unit_id"):
            batch_op.create_index(batch_op.f(f"ix_change_statement_{column}"), [column], unique=False)
    op.create_table(
        "change_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["change_statement.id"],
            name=op.f("fk_change_evidence_statement_id_change_statement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_evidence")),
        sa.UniqueConstraint("key", name=op.f("uq_change_evidence_key")),
    )
    op.create_table(
        "change_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_change_event_person_id_person")),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["change_statement.id"],
            name=op.f("fk_change_event_statement_id_change_statement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_event")),
    )
    for table in ("change_evidence", "change_event"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_statement_id"), ["statement_id"], unique=False)


def _reports() -> None:
    op.create_table(
        "higher_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'told') = (told_on IS NOT NULL)", name=op.f("ck_higher_report_told_has_a_day")),
        sa.ForeignKeyConstraint(["act_id"], ["pending_act.id"], name=op.f("fk_higher_report_act_id_pending_act")),
        sa.ForeignKeyConstraint(["entry_id"], ["list_entry.id"], name=op.f("fk_higher_report_entry_id_list_entry")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["change_statement.id"], name=op.f("fk_higher_report_statement_id_change_statement")
        ),
        sa.ForeignKeyConstraint(["told_by_id"], ["person.id"], name=op.f("fk_higher_report_told_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_higher_report")),
    )
    with op.batch_alter_table("higher_report", schema=None) as batch_op:
        for column in ("act_id", "entry_id", "state", "statement_id"):
            batch_op.create_index(batch_op.f(f"ix_higher_report_{column}"), [column], unique=False)
