"""amendments of the rulebook, and the days and years that are entered into the calendar

Revision: 0002_rulebook
After: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_rulebook"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What the tables of the first release hold stays as it is."""
    op.create_table(
        "rulebook_amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'confirmed' OR (decided_by_id IS NOT NULL AND decided_by_id <> proposed_by_id)",
            name=op.f("ck_rulebook_amendment_confirmed_by_a_second"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_rulebook_amendment_proposed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_rulebook_amendment_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_amendment")),
    )
    op.create_index(op.f("ix_rulebook_amendment_rule"), "rulebook_amendment", ["rule"])
    op.create_index(op.f("ix_rulebook_amendment_state"), "rulebook_amendment", ["state"])
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        *_provenance("calendar_year"),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        *_provenance("calendar_day"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("place", "day", name=op.f("uq_calendar_day_place")),
    )
    op.create_index(op.f("ix_calendar_day_day"), "calendar_day", ["day"])


def _provenance(table: str) -> list[sa.schema.SchemaItem]:
    """Where an entered day or year is known from, who entered it, and when."""
    return [
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f(f"fk_{table}_entered_by_id_person")),
    ]


def downgrade() -> None:
    """Back: what was amended and entered is lost."""
    op.drop_table("calendar_day")
    op.drop_table("calendar_year")
    op.drop_table("rulebook_amendment")
