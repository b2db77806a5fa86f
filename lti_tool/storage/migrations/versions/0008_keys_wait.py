"""A new key is published before it signs"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage import db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tool_key", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signs_from", db.UtcDateTime(timezone=True), nullable=True))
    op.execute("UPDATE tool_key SET signs_from = created_at")
    with op.batch_alter_table("tool_key", schema=None) as batch_op:
        batch_op.alter_column("signs_from", existing_type=db.UtcDateTime(timezone=True), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("tool_key", schema=None) as batch_op:
        batch_op.drop_column("signs_from")
