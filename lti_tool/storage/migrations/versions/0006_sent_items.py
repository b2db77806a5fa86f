"""What was handed to the LMS to place, so that it is not offered again as missing"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage import db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_item",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=100), nullable=False),
        sa.Column("sent_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["context_id"], ["context.id"], name=op.f("fk_sent_item_context_id_context")),
        sa.PrimaryKeyConstraint("context_id", "node", name=op.f("pk_sent_item")),
    )


def downgrade() -> None:
    op.drop_table("sent_item")
