"""rounds with their candidates, examinations, opinions, steps and reconciliations

Revision: 0002_batches
After: 0002_rulebook
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_batches"
down_revision = "0002_rulebook"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What the tables of the first release hold stays as it is."""

    op.create_table(
        "agency_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_finding_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_finding")),
    )
    op.create_index(op.f("ix_agency_finding_agency_id"), "agency_finding", ["agency_id"], unique=False)
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("recommend_by", sa.Date(), nullable=False),
        sa.Column("report_by", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("announcement_id", sa.Integer(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["announcement_id"], ["document.id"], name=op.f("fk_batch_announcement_id_document")),
        sa.ForeignKeyConstraint(["notice_id"], ["document.id"], name=op.f("fk_batch_notice_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("level", "year", name=op.f("uq_batch_level")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_batch_notice_id")),
    )
    op.create_index(op.f("ix_batch_announcement_id"), "batch", ["announcement_id"], unique=False)
    op.create_index(op.f("ix_batch_state"), "batch", ["state"], unique=False)
    op.create_table(
        "batch_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("organ", sa.String(length=40), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_opinion_batch_id_batch")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_batch_opinion_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_opinion")),
    )
    op.create_index(op.f("ix_batch_opinion_batch_id"), "batch_opinion", ["batch_id"], unique=False)
    op.create_table(
        "candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("name_bo", sa.String(length=400), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("prefecture", sa.String(length=60), nullable=False),
        sa.Column("agency_name", sa.String(length=200), nullable=False),
        sa.Column("agency_key", sa.String(length=200), nullable=False),
        sa.Column("report_on", sa.Date(), nullable=True),
        sa.Column("recommended_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("publicised_on", sa.Date(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'listed') = (entry_id IS NOT NULL)", name=op.f("ck_candidate_listed_has_an_entry")
        ),
        sa.CheckConstraint(
            "(state IN ('publicised', 'held', 'dropped', 'listed')) = (publicised_on IS NOT NULL)",
            name=op.f("ck_candidate_publicised_has_a_day"),
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_candidate_authority_id_authority")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_candidate_batch_id_batch")),
        sa.ForeignKeyConstraint(["entry_id"], ["list_entry.id"], name=op.f("fk_candidate_entry_id_list_entry")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_candidate_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("batch_id", "category", "name_key", name=op.f("uq_candidate_batch_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_candidate_entry_id")),
    )
    op.create_index(op.f("ix_candidate_authority_id"), "candidate", ["authority_id"], unique=False)
    op.create_index(op.f("ix_candidate_batch_id"), "candidate", ["batch_id"], unique=False)
    op.create_index(op.f("ix_candidate_unit_id"), "candidate", ["unit_id"], unique=False)
    op.create_table(
        "adverse_opinion",
        sa.Column("opinion_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_adverse_opinion_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["opinion_id"], ["batch_opinion.id"], name=op.f("fk_adverse_opinion_opinion_id_batch_opinion")
        ),
        sa.PrimaryKeyConstraint("opinion_id", "candidate_id", name=op.f("pk_adverse_opinion")),
    )
    op.create_table(
        "batch_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.CheckConstraint("outcome IN ('listed', 'held', 'dropped')", name=op.f("ck_batch_line_outcome_of_publicity")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_batch_line_candidate_id_candidate")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_batch_line_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_line")),
        sa.UniqueConstraint("document_id", "candidate_id", name=op.f("uq_batch_line_document_id")),
    )
    op.create_index(op.f("ix_batch_line_candidate_id"), "batch_line", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_batch_line_document_id"), "batch_line", ["document_id"], unique=False)
    op.create_table(
        "batch_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_step_batch_id_batch")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_batch_step_candidate_id_candidate")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_batch_step_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_step")),
    )
    op.create_index(op.f("ix_batch_step_batch_id"), "batch_step", ["batch_id"], unique=False)
    op.create_index(op.f("ix_batch_step_candidate_id"), "batch_step", ["candidate_id"], unique=False)
    op.create_table(
        "candidate_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_candidate_check_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_candidate_check_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_check")),
    )
    op.create_index(op.f("ix_candidate_check_candidate_id"), "candidate_check", ["candidate_id"], unique=False)
    op.create_table(
        "candidate_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("expert", sa.String(length=80), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("on_site_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_candidate_review_score_of_100")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_candidate_review_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_candidate_review_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_review")),
    )
    op.create_index(op.f("ix_candidate_review_candidate_id"), "candidate_review", ["candidate_id"], unique=False)


def downgrade() -> None:
    """Back."""

    op.drop_index(op.f("ix_candidate_review_candidate_id"), table_name="candidate_review")
    op.drop_table("candidate_review")
    op.drop_index(op.f("ix_candidate_check_candidate_id"), table_name="candidate_check")
    op.drop_table("candidate_check")
    op.drop_index(op.f("ix_batch_step_candidate_id"), table_name="batch_step")
    op.drop_index(op.f("ix_batch_step_batch_id"), table_name="batch_step")
    op.drop_table("batch_step")
    op.drop_index(op.f("ix_batch_line_document_id"), table_name="batch_line")
    op.drop_index(op.f("ix_batch_line_candidate_id"), table_name="batch_line")
    op.drop_table("batch_line")
    op.drop_table("adverse_opinion")
    op.drop_index(op.f("ix_candidate_unit_id"), table_name="candidate")
    op.drop_index(op.f("ix_candidate_batch_id"), table_name="candidate")
    op.drop_index(op.f("ix_candidate_authority_id"), table_name="candidate")
    op.drop_table("candidate")
    op.drop_index(op.f("ix_batch_opinion_batch_id"), table_name="batch_opinion")
    op.drop_table("batch_opinion")
    op.drop_index(op.f("ix_batch_state"), table_name="batch")
    op.drop_index(op.f("ix_batch_announcement_id"), table_name="batch")
    op.drop_table("batch")
    op.drop_index(op.f("ix_agency_finding_agency_id"), table_name="agency_finding")
    op.drop_table("agency_finding")
