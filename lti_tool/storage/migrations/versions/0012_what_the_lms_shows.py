"""What the LMS shows of each grade, and when it was read"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage import db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEW = ("shown", "shown_at", "shown_words", "shown_since", "shown_by", "overrule", "overtaken")


def upgrade() -> None:
    for column in (
        sa.Column("shown", sa.Double(), nullable=True),
        sa.Column("shown_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("shown_words", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("shown_since", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("shown_by", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("overrule", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("overtaken", sa.JSON(), nullable=False, server_default="[]"),
    ):
        op.add_column("score_report", column)
    # Of grades on their way now nobody remembered what they replace: they are sent as they would have been before.
    op.execute(
        "UPDATE score_report SET overrule = true WHERE state IN ('queued', 'sending') AND delivered_at IS NOT NULL"
    )
    op.create_table(
        "reading",
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("due_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("rest_until", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("read_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_item_id"], ["line_item.id"], name=op.f("fk_reading_line_item_id_line_item")
        ),
        sa.PrimaryKeyConstraint("line_item_id", name=op.f("pk_reading")),
    )
    op.create_index(op.f("ix_reading_due_at"), "reading", ["due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_reading_due_at"), table_name="reading")
    op.drop_table("reading")
    # A version before this one knows neither word: to it, what the LMS took was delivered.
    op.execute(
        "UPDATE score_report SET state = 'delivered', reason = '' WHERE state IN ('confirmed', 'drifted')"
    )
    with op.batch_alter_table("score_report", schema=None) as batch_op:
        for name in reversed(NEW):
            batch_op.drop_column(name)
