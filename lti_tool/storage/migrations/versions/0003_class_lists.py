"""People on the class list who never came, people who left, and when each class list is read"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage import db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("due_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("synced_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("whole_at", db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("differences_url", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name=op.f("fk_roster_context_id_context")),
        sa.PrimaryKeyConstraint("context_id", name=op.f("pk_roster")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.alter_column("last_launch_at", existing_type=db.UtcDateTime(timezone=True), nullable=True)
        batch_op.add_column(
            sa.Column("status", sa.String(length=10), nullable=False, server_default="active")
        )
        batch_op.add_column(sa.Column("left_at", db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("listed_at", db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM membership WHERE last_launch_at IS NULL")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("listed_at")
        batch_op.drop_column("left_at")
        batch_op.drop_column("status")
        batch_op.alter_column("last_launch_at", existing_type=db.UtcDateTime(timezone=True), nullable=False)
    op.drop_table("roster")
