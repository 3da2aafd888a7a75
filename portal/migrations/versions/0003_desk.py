"""who works on a case, its diary at the desk, interests, requests to open identities, views and templates

Revision: 0003_desk
After: 0003_drafts
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_desk"
down_revision = "0003_drafts"
branch_labels = None
depends_on = None

PEOPLE = ("assignee_id", "resting_assignee_id")
INDEXES = {
    "ix_complaint_case_queue": ("authority_id", "status", "due_order", "id", "problem_kind", "assignee_id"),
    "ix_complaint_case_due": ("status", "due_order", "id", "problem_kind", "assignee_id"),
    "ix_complaint_case_received_here": ("authority_id", "status", "filed_at", "id"),
    "ix_complaint_case_received": ("status", "filed_at", "id"),
    "ix_complaint_case_changed_here": ("authority_id", "status", "changed_at", "id"),
    "ix_complaint_case_changed": ("status", "changed_at", "id"),
    "ix_complaint_case_assignee": ("assignee_id", "status", "due_order", "id"),
    "ix_complaint_case_found": ("respondent_name", "receipt"),
    "ix_complaint_case_related_group": ("related_group",),
}


def upgrade() -> None:
    """Forward. Open cases are nobody's yet; each was last changed by the last line of its timeline."""
    _people()
    op.add_column("complaint_case", sa.Column("related_group", sa.Integer(), nullable=True))
    never, long_ago = sa.text("'9999-12-31'"), sa.text("'1970-01-01 00:00:00'")
    op.add_column("complaint_case", sa.Column("due_order", sa.Date(), nullable=False, server_default=never))
    op.add_column(
        "complaint_case", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=long_ago)
    )
    op.execute("UPDATE complaint_case SET due_order = due_on WHERE due_on IS NOT NULL")
    op.execute(
        "UPDATE complaint_case SET changed_at = coalesce("
        "(SELECT max(at) FROM complaint_event WHERE complaint_event.case_id = complaint_case.id), filed_at)"
    )
    op.drop_index("ix_complaint_case_queue", "complaint_case")
    for name, columns in INDEXES.items():
        op.create_index(name, "complaint_case", list(columns))
    _tables_of_cases()
    _tables_of_people()


def _people() -> None:
    for column in PEOPLE:
        key = f"fk_complaint_case_{column}_person"
        if op.get_bind().dialect.name == "sqlite":
            # A table that others refer to is not copied: dropping the old one would empty them.
            op.execute(
                f"ALTER TABLE complaint_case ADD COLUMN {column} INTEGER CONSTRAINT {key} REFERENCES person (id)"
            )
        else:
            op.add_column("complaint_case", sa.Column(column, sa.Integer(), nullable=True))
            op.create_foreign_key(key, "complaint_case", "person", [column], ["id"])


def _tables_of_cases() -> None:
    op.create_table(
        "complaint_desk_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("colleague_id", sa.Integer(), nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_case.id"], name=op.f("fk_complaint_desk_entry_case_id_complaint_case")
        ),
        sa.ForeignKeyConstraint(
            ["colleague_id"], ["person.id"], name=op.f("fk_complaint_desk_entry_colleague_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_complaint_desk_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_desk_entry")),
    )
    op.create_index(op.f("ix_complaint_desk_entry_case_id"), "complaint_desk_entry", ["case_id"])
    op.create_table(
        "case_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_case.id"], name=op.f("fk_case_interest_case_id_complaint_case")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_interest_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_interest")),
        sa.UniqueConstraint("person_id", "case_id", name="uq_case_interest_person"),
    )
    op.create_index(op.f("ix_case_interest_case_id"), "case_interest", ["case_id"])
    op.create_table(
        "identity_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_identity_request_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_case.id"], name=op.f("fk_identity_request_case_id_complaint_case")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_identity_request_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_request")),
    )
    op.create_index(op.f("ix_identity_request_case_id"), "identity_request", ["case_id"])


def _tables_of_people() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("person_id", "queue", "name", name="uq_saved_view_name"),
    )
    op.create_table(
        "reply_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_reply_template_authority_id_authority")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_template")),
    )
    op.create_index("ix_reply_template_authority", "reply_template", ["authority_id", "name"])


def downgrade() -> None:
    """Back. Who worked on a case and what was noted there is lost."""
    for table in ("reply_template", "saved_view", "identity_request", "case_interest", "complaint_desk_entry"):
        op.drop_table(table)
    for name in INDEXES:
        op.drop_index(name, "complaint_case")
    op.create_index("ix_complaint_case_queue", "complaint_case", ["authority_id", "status", "due_on"])
    for column in ("changed_at", "due_order", "related_group", *PEOPLE):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"ALTER TABLE complaint_case DROP COLUMN {column}")
        else:
            if column in PEOPLE:
                op.drop_constraint(f"fk_complaint_case_{column}_person", "complaint_case", type_="foreignkey")
            op.drop_column("complaint_case", column)
