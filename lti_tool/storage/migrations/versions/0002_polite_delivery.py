"""A column is made once, a silent platform is left alone, a token remembers what it was granted"""

import sqlalchemy as sa
from alembic import op

from lti_tool.storage import db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM access_token")  # what they were granted is not known; they are fetched again
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.add_column(sa.Column("granted", sa.String(length=700), nullable=False, server_default=""))
    with op.batch_alter_table("line_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("making_until", db.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("platform", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("quiet_until", db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("platform", schema=None) as batch_op:
        batch_op.drop_column("quiet_until")
        batch_op.drop_column("failures")
    with op.batch_alter_table("line_item", schema=None) as batch_op:
        batch_op.drop_column("making_until")
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.drop_column("granted")
