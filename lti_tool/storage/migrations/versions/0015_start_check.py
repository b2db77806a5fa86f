"""Answers to the start check"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage.db import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "start_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("percents", sa.JSON(), nullable=False),
        sa.Column("saved_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_start_try_person_id_person")),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name=op.f("fk_start_try_context_id_context")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_try")),
    )
    op.create_index(
        op.f("ix_start_try_context_id_start_try_person_id"), "start_try", ["context_id", "person_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_start_try_context_id_start_try_person_id"), "start_try")
    op.drop_table("start_try")
