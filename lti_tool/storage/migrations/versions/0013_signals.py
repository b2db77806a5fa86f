"""Which launch a grade came from, and when each worker came round last"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage import db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "score_report", sa.Column("origin", sa.String(length=32), nullable=False, server_default="")
    )
    op.create_table(
        "worker_beat",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("started_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("beat_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_beat")),
    )


def downgrade() -> None:
    op.drop_table("worker_beat")
    with op.batch_alter_table("score_report", schema=None) as batch_op:
        batch_op.drop_column("origin")
